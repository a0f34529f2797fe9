"""A stage from nothing, deployed into moto as far as moto goes.

moto makes the tables (but neither TTL nor point-in-time recovery), the buckets (but
neither who may read them, nor lifecycle, nor CORS, nor locks), roles, queues, topic
and logs. Of the rest (distribution, function, policies of buckets, alarms, pipe) it
keeps here what was asked for, with every reference resolved. What it lacks is looked up
in the template. An update does not look at conditions again, so that a stage with
functions and one without are two stages here.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from moto.events.models import EventPattern

from infra.template import template, text
from infra.watch import TAMPERING
from jada_flask.access_log import NO_ROUTE
from jada_flask.adapters.aws.dynamo_tables import create_tables
from jada_flask.tables import ALL, PAYMENTS, Table
from tests.infra.conftest import Stage

ROOT = Path(__file__).parents[2]
RESOURCES = template()["Resources"]
BUCKETS = ("Guest", "Static", "Photo", "Record")


def properties(name: str) -> Any:
    return RESOURCES[name]["Properties"]


def test_the_linter_of_cloudformation_finds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "stage.json"
    file.write_text(text())
    cfn_lint = Path(sys.executable).parent / "cfn-lint"

    run = subprocess.run(
        [cfn_lint, "--regions", "us-west-2", "--", str(file)],
        capture_output=True,
        text=True,
    )

    assert (run.returncode, run.stdout) == (0, "")


def test_it_fits_into_one_call() -> None:
    assert len(text().encode()) <= 51_200


def test_a_stage_names_what_a_deployment_needs(bare: Stage) -> None:
    outputs = bare.outputs()

    assert outputs["TablePrefix"] == "jada-dev"
    assert outputs["GuestBucketName"] == "jada-dev-guest-123456789012"
    assert outputs["NudgeQueueArn"].endswith(":123456789012:jada-dev-nudge")
    assert outputs["PublicRoleArn"].endswith(":role/jada-dev-public-us-west-2")
    assert all(outputs.values())


# Tables


@pytest.mark.parametrize("table", ALL, ids=lambda each: each.name)
def test_a_table_is_the_one_that_the_adapter_was_tried_on(
    bare: Stage, table: Table
) -> None:
    client = bare.client("dynamodb")
    create_tables(client, f"tried-{table.name}", [table])

    ours = described(client, f"jada-dev-{table.name}")
    tried = described(client, f"tried-{table.name}-{table.name}")

    assert ours == tried


def described(client: Any, name: str) -> Any:
    said = client.describe_table(TableName=name)["Table"]
    indexes = [
        (each["IndexName"], each["KeySchema"], each["Projection"])
        for each in said.get("GlobalSecondaryIndexes", [])
    ]
    attributes = sorted(map(str, said["AttributeDefinitions"]))
    return said["KeySchema"], attributes, indexes, said["BillingModeSummary"]


@pytest.mark.parametrize("table", ALL, ids=lambda each: each.name)
def test_a_table_cannot_be_lost(bare: Stage, table: Table) -> None:
    said = bare.client("dynamodb").describe_table(TableName=f"jada-dev-{table.name}")
    made = RESOURCES[f"{table.name}Table"]

    assert said["Table"]["DeletionProtectionEnabled"]
    assert made["DeletionPolicy"] == made["UpdateReplacePolicy"] == "Retain"
    asked = made["Properties"]
    assert asked["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    assert asked["TimeToLiveSpecification"] == {
        "AttributeName": table.expires,
        "Enabled": True,
    }


def test_only_the_payment_log_is_watched(bare: Stage) -> None:
    client = bare.client("dynamodb")
    watched = [
        table
        for table in ALL
        if "StreamSpecification"
        in client.describe_table(TableName=f"jada-dev-{table.name}")["Table"]
    ]

    assert watched == [PAYMENTS]
    assert ":table/jada-dev-Payments/stream/" in bare.asked("PaymentWatch")["Source"]


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"eventName": "INSERT"}, False),
        ({"eventName": "MODIFY"}, True),
        ({"eventName": "REMOVE"}, True),
        (
            {
                "eventName": "REMOVE",
                "userIdentity": {
                    "type": "Service",
                    "principalId": "dynamodb.amazonaws.com",
                },
            },
            False,
        ),
    ],
    ids=["written", "changed", "taken away", "expired"],
)
def test_a_change_of_a_payment_is_told(record: dict[str, Any], *, told: bool) -> None:
    event: Any = {"eventSource": "aws:dynamodb", "dynamodb": {}} | record
    patterns = [EventPattern.load(json.dumps(each)) for each in TAMPERING]

    assert any(pattern.matches_event(event) for pattern in patterns) is told


# Buckets


@pytest.mark.parametrize("name", BUCKETS)
def test_no_bucket_is_public(bare: Stage, name: str) -> None:
    asked = properties(f"{name}Bucket")
    statements = bare.asked(f"{name}BucketPolicy")["PolicyDocument"]["Statement"]

    assert all(asked["PublicAccessBlockConfiguration"].values())
    assert len(asked["PublicAccessBlockConfiguration"]) == 4
    assert asked["VersioningConfiguration"] == {"Status": "Enabled"}
    plain = statements[0]
    assert (plain["Effect"], plain["Principal"], plain["Action"]) == (
        "Deny",
        "*",
        "s3:*",
    )
    assert plain["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(plain["Resource"]) == 2


@pytest.mark.parametrize(
    ("name", "read"),
    [("Guest", True), ("Static", True), ("Photo", False), ("Record", False)],
)
def test_only_our_distribution_reads_a_bucket(
    bare: Stage, name: str, *, read: bool
) -> None:
    statements = bare.asked(f"{name}BucketPolicy")["PolicyDocument"]["Statement"]
    allowed = [each for each in statements if each["Effect"] == "Allow"]
    distribution = bare.outputs()["DistributionId"]

    assert bool(allowed) is read
    for each in allowed:
        assert each["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert each["Condition"]["StringEquals"]["AWS:SourceArn"].endswith(
            f":distribution/{distribution}"
        )


def test_what_was_uploaded_and_never_used_goes_after_a_day() -> None:
    rules = properties("PhotoBucket")["LifecycleConfiguration"]["Rules"]
    (arriving,) = [rule for rule in rules if rule.get("Prefix")]

    assert arriving["Prefix"] == "incoming/"
    assert arriving["ExpirationInDays"] == 1
    assert arriving["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


def test_only_our_pages_may_upload() -> None:
    (rule,) = properties("PhotoBucket")["CorsConfiguration"]["CorsRules"]

    assert rule["AllowedMethods"] == ["POST"]
    assert rule["AllowedOrigins"][0] == {"Ref": "BaseUrl"}
    assert rule["AllowedOrigins"][1]["Fn::If"][:2] == [
        "GuestsApart",
        {"Ref": "GuestUrl"},
    ]


# Schedules and alarms


def test_the_outbox_is_drained_each_minute(served: Stage) -> None:
    """By a rule of Zappa's, whose silence is noticed here."""
    settings = json.loads((ROOT / "zappa_settings.json").read_text("utf-8"))["staging"]
    drains = [each for each in settings["events"] if each["function"] == "drain"]
    (watched,) = served.asked("NobodyDrainsAlarm")["Dimensions"]

    assert [each["expression"] for each in drains] == ["rate(1 minute)"]
    assert watched == {
        "Name": "RuleName",
        "Value": f"{settings['project_name']}-staging-drain",
    }
    assert served.asked("NobodyDrainsAlarm")["TreatMissingData"] == "breaching"


def test_a_task_that_fails_is_kept_and_not_tried_again(served: Stage) -> None:
    asked = served.asked("CallsFromWithin")

    assert asked["FunctionName"] == "jada-staging"
    assert asked["MaximumRetryAttempts"] == 0
    assert asked["DestinationConfig"]["OnFailure"] == {
        "Destination": served.outputs()["FailedCallsArn"]
    }


def test_a_line_in_the_queue_calls_the_offices_function(served: Stage) -> None:
    (source,) = served.client("lambda").list_event_source_mappings(
        EventSourceArn=served.outputs()["NudgeQueueArn"]
    )["EventSourceMappings"]

    assert source["FunctionArn"].endswith(":function:jada-staging")
    assert properties("Nudged")["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_a_line_in_the_queue_counts_for_one_try(served: Stage) -> None:
    """Lambda asks that it stays hidden for as long as a call may take."""
    settings = json.loads((ROOT / "zappa_settings.json").read_text("utf-8"))["staging"]
    queue = properties("Nudges")

    assert queue["VisibilityTimeout"] >= settings["timeout_seconds"]
    assert queue["MessageRetentionPeriod"] <= queue["VisibilityTimeout"]
    assert queue["SqsManagedSseEnabled"]
    assert "RedrivePolicy" not in queue


def test_before_the_functions_are_there_nothing_asks_for_them(bare: Stage) -> None:
    stack = bare.client("cloudformation").list_stack_resources(StackName="jada-dev")
    made = {each["LogicalResourceId"] for each in stack["StackResourceSummaries"]}

    assert "NobodyDrainsAlarm" not in made
    assert "CallsFromWithin" not in made
    assert "Nudged" not in made


def test_every_alarm_tells_somebody(served: Stage) -> None:
    alarms = [
        name
        for name, made in RESOURCES.items()
        if made["Type"] == "AWS::CloudWatch::Alarm"
    ]
    topic = served.outputs()["AlertsArn"]

    assert {"DeadLettersAlarm", "OutboxAgeAlarm", "PaymentChangesAlarm"} <= set(alarms)
    assert {"DispatchErrorsAlarm", "PublicErrorsAlarm"} <= set(alarms)
    for name in alarms:
        assert served.asked(name)["AlarmActions"] == [topic]
    assert served.asked("AlertMail")["Endpoint"] == "office@example.com"


def test_what_alarms_look_at_is_measured(served: Stage) -> None:
    for name in ("DeadLetters", "OutboxAge"):
        (made,) = served.asked(f"{name}Metric")["MetricTransformations"]
        alarm = served.asked(f"{name}Alarm")

        assert made["MetricName"] == alarm["MetricName"]
        assert made["MetricNamespace"] == alarm["Namespace"] == "Jada/staging"


@pytest.mark.parametrize("name", ["PastTheEdge", "TriesToSignIn"])
def test_requests_that_somebody_should_know_of_are_counted(
    served: Stage, name: str
) -> None:
    (made,) = served.asked(f"{name}Metric")["MetricTransformations"]
    alarm = served.asked(f"{name}Alarm")

    assert made["MetricName"] == alarm["MetricName"] == name
    assert made["MetricNamespace"] == alarm["Namespace"]
    assert served.asked("PastThePublicEdgeMetric")["LogGroupName"].endswith("-public")


def test_what_is_counted_is_what_the_log_says(app: Flask) -> None:
    """A route that was renamed would count nothing, and nobody would notice."""
    rules = {rule.rule for rule in app.url_map.iter_rules()}

    for name in ("PastTheEdge", "TriesToSignIn"):
        pattern = properties(f"{name}Metric")["FilterPattern"]
        (route,) = re.findall(r'access\.route = "([^"]+)"', pattern)
        assert route in rules | {NO_ROUTE}


def test_no_secret_is_in_the_template() -> None:
    parameter = template()["Parameters"]["OriginSecret"]

    assert parameter["NoEcho"] is True
    assert "Default" not in parameter
