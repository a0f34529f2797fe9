"""The minute's task, and whatever tells somebody that all is not as it should be."""

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
    arn,
    att,
    policy,
    ref,
    resource,
    sub,
    trusted,
)

# By the task's name, which ends the rule's name: so Lambda's door knows it.
SCHEDULES = {"drain": "rate(1 minute)"}
_FORTNIGHT = 1_209_600  # seconds, the longest that a queue keeps anything
# Whatever happens to an entry of the log but being written, or going at its time.
TAMPERING = (
    {"eventName": ["MODIFY"]},
    {"eventName": ["REMOVE"], "userIdentity": {"principalId": [{"exists": False}]}},
)


def watch() -> Resources:
    return {
        **_logs(),
        **_schedules(),
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


def _schedules() -> Resources:
    function = arn("lambda", f"function:{DISPATCH}")
    made: Resources = {
        # Once: the task finds by itself what it did not get done.
        "CallsFromWithin": resource(
            "Lambda::EventInvokeConfig",
            {
                "FunctionName": sub(DISPATCH),
                "Qualifier": "$LATEST",
                "MaximumRetryAttempts": 0,
                "MaximumEventAgeInSeconds": 60,
                "DestinationConfig": {
                    "OnFailure": {"Destination": att("FailedCalls", "Arn")}
                },
            },
            Condition=SERVED,
        )
    }
    for task, every in SCHEDULES.items():
        rule = f"{task.capitalize()}Rule"
        made[rule] = resource(
            "Events::Rule",
            {
                "Name": sub(f"{DISPATCH}-{task}"),
                "ScheduleExpression": every,
                "Targets": [{"Id": task, "Arn": function}],
            },
            Condition=SERVED,
        )
        made[f"{rule}Call"] = resource(
            "Lambda::Permission",
            {
                "Action": "lambda:InvokeFunction",
                "FunctionName": sub(DISPATCH),
                "Principal": "events.amazonaws.com",
                "SourceArn": att(rule, "Arn"),
            },
            Condition=SERVED,
        )
    return made


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
