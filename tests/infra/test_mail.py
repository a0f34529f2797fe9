"""What becomes of mails: from SES by a topic and a queue to the office's function."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.template import template
from tests.infra.conftest import Stage

ROOT = Path(__file__).parents[2]
RESOURCES = template()["Resources"]


def properties(name: str) -> Any:
    return RESOURCES[name]["Properties"]


def queue_of(stage: Stage, name: str) -> dict[str, Any]:
    client = stage.client("sqs")
    url = client.get_queue_url(QueueName=f"jada-{stage.name}-{name}")["QueueUrl"]
    attributes: dict[str, Any] = client.get_queue_attributes(
        QueueUrl=url, AttributeNames=["All"]
    )["Attributes"]
    return attributes


def test_each_stage_sends_with_a_set_of_its_own(served: Stage) -> None:
    asked = served.asked("Mails")

    assert asked["Name"] == "jada-staging"
    assert asked["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}
    assert asked["SuppressionOptions"] == {"SuppressedReasons": ["COMPLAINT"]}


def test_ses_tells_what_came_back_and_rewrites_no_link(served: Stage) -> None:
    """Counting opens and clicks would rewrite the links of the crew."""
    told = served.asked("MailFeedbackSource")["EventDestination"]

    assert told["Enabled"]
    assert told["MatchingEventTypes"] == ["bounce", "complaint", "reject"]
    assert told["SnsDestination"]["TopicARN"].endswith(":jada-staging-mail-feedback")


def test_only_our_set_tells_the_topic(served: Stage) -> None:
    (only,) = served.asked("MailFeedbackTopicPolicy")["PolicyDocument"]["Statement"]

    assert only["Principal"] == {"Service": "ses.amazonaws.com"}
    assert only["Action"] == "sns:Publish"
    assert only["Condition"] == {
        "StringEquals": {
            "AWS:SourceAccount": "123456789012",
            "AWS:SourceArn": (
                "arn:aws:ses:us-west-2:123456789012:configuration-set/jada-staging"
            ),
        }
    }


def test_only_that_topic_writes_into_the_queue(served: Stage) -> None:
    (only,) = served.asked("MailFeedbackQueuePolicy")["PolicyDocument"]["Statement"]
    topic = served.asked("MailFeedbackSubscription")["TopicArn"]

    assert only["Principal"] == {"Service": "sns.amazonaws.com"}
    assert only["Action"] == "sqs:SendMessage"
    assert only["Resource"].endswith(":jada-staging-mail-feedback")
    assert only["Condition"] == {"ArnEquals": {"aws:SourceArn": topic}}


def test_a_line_is_what_ses_said_and_nothing_around_it(served: Stage) -> None:
    asked = served.asked("MailFeedbackSubscription")

    assert (asked["Protocol"], asked["RawMessageDelivery"]) == ("sqs", True)
    assert asked["Endpoint"] == queue_of(served, "mail-feedback")["QueueArn"]


def test_a_line_that_never_succeeds_ends_where_an_alarm_looks(served: Stage) -> None:
    redrive = json.loads(queue_of(served, "mail-feedback")["RedrivePolicy"])

    assert redrive["maxReceiveCount"] == 5
    assert redrive["deadLetterTargetArn"] == served.outputs()["FailedCallsArn"]


def test_a_line_stays_hidden_for_as_long_as_a_call_may_take(served: Stage) -> None:
    settings = json.loads((ROOT / "zappa_settings.json").read_text("utf-8"))["staging"]
    hidden = int(queue_of(served, "mail-feedback")["VisibilityTimeout"])

    assert hidden >= 6 * settings["timeout_seconds"]


def test_the_queue_calls_the_offices_function_line_by_line(served: Stage) -> None:
    (source,) = served.client("lambda").list_event_source_mappings(
        EventSourceArn=queue_of(served, "mail-feedback")["QueueArn"]
    )["EventSourceMappings"]

    assert source["FunctionArn"].endswith(":function:jada-staging")
    assert properties("MailFeedbackRead")["FunctionResponseTypes"] == [
        "ReportBatchItemFailures"
    ]


def test_before_the_function_is_there_nothing_calls_it(bare: Stage) -> None:
    stack = bare.client("cloudformation").list_stack_resources(StackName="jada-dev")
    made = {each["LogicalResourceId"] for each in stack["StackResourceSummaries"]}

    assert "MailFeedbackRead" not in made
    assert "MailFeedbackQueue" in made


def test_the_office_reads_the_queue_and_crew_and_guests_do_not(served: Stage) -> None:
    office = json.dumps(served.policy("jada-staging", "dispatch"))
    public = json.dumps(served.policy("jada-staging-public", "public"))

    assert ":jada-staging-mail-feedback" in office
    assert "mail-feedback" not in public
