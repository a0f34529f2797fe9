"""What becomes of mails: SES tells a topic, the topic a queue, the queue the function.

A topic stands between, since SES writes to no queue; a queue, since a notification that
finds nobody awake must wait instead of being lost.
"""

from __future__ import annotations

from infra.words import (
    DISPATCH,
    SERVED,
    Node,
    Resources,
    arn,
    att,
    policy,
    ref,
    resource,
    sub,
)

_LONGEST_RUN = 120  # seconds; the time that the office's function has
_FORTNIGHT = 1_209_600  # seconds, the longest that a queue keeps anything
_TRIES = 5  # of one notification, each after the last is known to have failed
_SET = "jada-${Stage}"  # as the mailer derives it from the stage


def mail() -> Resources:
    return {**_ses(), **_topic(), **_queue()}


def _ses() -> Resources:
    return {
        "Mails": resource(
            "SES::ConfigurationSet",
            {
                "Name": sub(_SET),
                "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
                "ReputationOptions": {"ReputationMetricsEnabled": True},
                # Mails that bounce are held back here, where staff see it and can lift
                # it. Who complained stays on SES's own list besides.
                "SuppressionOptions": {"SuppressedReasons": ["COMPLAINT"]},
            },
        ),
        "MailFeedbackSource": resource(
            "SES::ConfigurationSetEventDestination",
            {
                "ConfigurationSetName": ref("Mails"),
                "EventDestination": {
                    "Name": "feedback",
                    "Enabled": True,
                    # Neither opens nor clicks: SES would rewrite the crew's links.
                    "MatchingEventTypes": ["bounce", "complaint", "reject"],
                    "SnsDestination": {"TopicARN": ref("MailFeedback")},
                },
            },
            DependsOn="MailFeedbackTopicPolicy",
        ),
    }


def _topic() -> Resources:
    publishes = _by(
        "ses",
        "sns:Publish",
        ref("MailFeedback"),
        {
            "StringEquals": {
                "AWS:SourceAccount": ref("AWS::AccountId"),
                "AWS:SourceArn": arn("ses", f"configuration-set/{_SET}"),
            }
        },
    )
    return {
        "MailFeedback": resource(
            "SNS::Topic", {"TopicName": sub("jada-${Stage}-mail-feedback")}
        ),
        "MailFeedbackTopicPolicy": resource(
            "SNS::TopicPolicy",
            {"Topics": [ref("MailFeedback")], "PolicyDocument": policy(publishes)},
        ),
        "MailFeedbackSubscription": resource(
            "SNS::Subscription",
            {
                "TopicArn": ref("MailFeedback"),
                "Protocol": "sqs",
                "Endpoint": att("MailFeedbackQueue", "Arn"),
                "RawMessageDelivery": True,
            },
            DependsOn="MailFeedbackQueuePolicy",
        ),
    }


def _queue() -> Resources:
    sends = _by(
        "sns",
        "sqs:SendMessage",
        att("MailFeedbackQueue", "Arn"),
        {"ArnEquals": {"aws:SourceArn": ref("MailFeedback")}},
    )
    queue = {
        "QueueName": sub("jada-${Stage}-mail-feedback"),
        "MessageRetentionPeriod": _FORTNIGHT,
        "VisibilityTimeout": 6 * _LONGEST_RUN,  # as AWS advises for a function
        "SqsManagedSseEnabled": True,
        "RedrivePolicy": {
            "deadLetterTargetArn": att("FailedCalls", "Arn"),
            "maxReceiveCount": _TRIES,
        },
    }
    source = {
        "EventSourceArn": att("MailFeedbackQueue", "Arn"),
        "FunctionName": sub(DISPATCH),
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 2},
    }
    return {
        "MailFeedbackQueue": resource("SQS::Queue", queue),
        "MailFeedbackQueuePolicy": resource(
            "SQS::QueuePolicy",
            {"Queues": [ref("MailFeedbackQueue")], "PolicyDocument": policy(sends)},
        ),
        "MailFeedbackRead": resource(
            "Lambda::EventSourceMapping", source, Condition=SERVED
        ),
    }


def _by(service: str, action: str, to: Node, when: Node) -> Node:
    """One service of AWS may do one thing, on behalf of one thing of ours."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": action,
        "Resource": to,
        "Condition": when,
    }
