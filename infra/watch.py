"""What tells somebody that all is not as it should be."""

from __future__ import annotations

import json

from infra.alarms import alarms
from infra.words import (
    DISPATCH,
    FUNCTIONS,
    SERVED,
    Node,
    Resources,
    allow,
    att,
    policy,
    ref,
    resource,
    sub,
    trusted,
)

_FORTNIGHT = 1_209_600  # seconds, the longest that a queue keeps anything
# Whatever happens to an entry of the log but being written, or going at its time.
TAMPERING = (
    {"eventName": ["MODIFY"]},
    {"eventName": ["REMOVE"], "userIdentity": {"principalId": [{"exists": False}]}},
)


def watch() -> Resources:
    return {
        **_logs(),
        **_calls(),
        **_queues(),
        **_payment_watch(),
        "Alerts": resource("SNS::Topic", {"TopicName": sub("jada-${Stage}-alerts")}),
        "AlertMail": resource(
            "SNS::Subscription",
            {
                "TopicArn": ref("Alerts"),
                "Protocol": "email",
                "Endpoint": ref("AlertEmail"),
            },
            Condition="Alerted",
        ),
        **alarms(),
    }


def _logs() -> Resources:
    return {
        f"{name}Log": resource(
            "Logs::LogGroup",
            {"LogGroupName": sub(f"/aws/lambda/{function}"), "RetentionInDays": 90},
        )
        for name, function in FUNCTIONS.items()
    }


def _calls() -> Resources:
    """How the function is called by its schedules.

    Once: the task finds by itself what it did not get done. The schedules are Zappa's.
    """
    failed = {"OnFailure": {"Destination": att("FailedCalls", "Arn")}}
    properties = {
        "FunctionName": sub(DISPATCH),
        "Qualifier": "$LATEST",
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": 60,
        "DestinationConfig": failed,
    }
    made = resource("Lambda::EventInvokeConfig", properties, Condition=SERVED)
    return {"CallsFromWithin": made}


def _queues() -> Resources:
    return {
        name: resource(
            "SQS::Queue",
            {
                "QueueName": sub(f"jada-${{Stage}}-{ending}"),
                "MessageRetentionPeriod": _FORTNIGHT,
                "SqsManagedSseEnabled": True,
            },
        )
        for name, ending in (
            ("FailedCalls", "failed-calls"),
            ("PaymentChanges", "payment-changes"),
        )
    }


def _payment_watch() -> Resources:
    """Every change of an entry goes to a queue, with what stood there before."""
    filters = [{"Pattern": json.dumps(each)} for each in TAMPERING]
    source = {
        "DynamoDBStreamParameters": {
            "StartingPosition": "TRIM_HORIZON",
            "BatchSize": 1,
        },
        "FilterCriteria": {"Filters": filters},
    }
    return {
        "PaymentWatch": resource(
            "Pipes::Pipe",
            {
                "Name": sub("jada-${Stage}-payment-watch"),
                "RoleArn": att("PaymentWatchRole", "Arn"),
                "Source": att("PaymentsTable", "StreamArn"),
                "SourceParameters": source,
                "Target": att("PaymentChanges", "Arn"),
            },
        ),
        "PaymentWatchRole": resource(
            "IAM::Role",
            {
                "AssumeRolePolicyDocument": trusted("pipes"),
                "Policies": [_watching()],
            },
        ),
    }


def _watching() -> Node:
    reading = ["DescribeStream", "GetRecords", "GetShardIterator"]
    document = policy(
        allow(
            "Read",
            [f"dynamodb:{action}" for action in reading],
            att("PaymentsTable", "StreamArn"),
        ),
        allow("Find", ["dynamodb:ListStreams"], "*"),
        allow("Tell", ["sqs:SendMessage"], att("PaymentChanges", "Arn")),
    )
    return {"PolicyName": "watch", "PolicyDocument": document}
