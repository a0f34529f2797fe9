"""What is measured, and from where on somebody is told."""

from __future__ import annotations

from typing import Any

from infra.words import (
    DISPATCH,
    FUNCTIONS,
    SERVED,
    Node,
    Resources,
    att,
    ref,
    resource,
    sub,
)

_FIVE_MINUTES, _HOUR = 300, 3600
_OURS = "Jada/${Stage}"
# By fields of `outbox` in the one line of JSON that the draining task prints a run.
_MEASURED = {"DeadLetters": "dead", "OutboxAge": "oldest_seconds"}
# In the line of each request: what the edge's secret was missing from has no route.
_COUNTED = {
    "PastTheEdge": ("-", 403),
    "TriesToSignIn": ("/admin/login", 429),
}


def alarms() -> Resources:
    return {
        **_metrics(),
        **_of_the_outbox(),
        **_of_requests(),
        **_of_functions(),
        **_of_queues(),
        **_of_mails(),
    }


def _metrics() -> Resources:
    measured = {
        f"{name}Metric": _metric(
            name, f"{{ $.outbox.{field} = * }}", f"$.outbox.{field}"
        )
        for name, field in _MEASURED.items()
    }
    counted = {
        f"{name}Metric": _metric(name, _requests(route, status), "1")
        for name, (route, status) in _COUNTED.items()
    }
    route, status = _COUNTED["PastTheEdge"]
    made = _metric("PastTheEdge", _requests(route, status), "1", log="PublicLog")
    return measured | counted | {"PastThePublicEdgeMetric": made}


def _requests(route: str, status: int) -> str:
    return f'{{ ($.access.route = "{route}") && ($.access.status = {status}) }}'


def _metric(name: str, pattern: str, value: str, *, log: str = "DispatchLog") -> Node:
    transformation = {
        "MetricName": name,
        "MetricNamespace": sub(_OURS),
        "MetricValue": value,
    }
    return resource(
        "Logs::MetricFilter",
        {
            "LogGroupName": ref(log),
            "FilterPattern": pattern,
            "MetricTransformations": [transformation],
        },
    )


def _of_requests() -> Resources:
    ours = sub(_OURS)
    return {
        "PastTheEdgeAlarm": _alarm(
            "Somebody calls the functions past CloudFront.",
            (ours, "PastTheEdge", {}),
            "Sum",
            above=20,
            Period=_HOUR,
        ),
        "TriesToSignInAlarm": _alarm(
            "Somebody tries passwords.", (ours, "TriesToSignIn", {}), "Sum", above=50
        ),
    }


def _of_the_outbox() -> Resources:
    ours = sub(_OURS)
    return {
        "DeadLettersAlarm": _alarm(
            "A message was given up; somebody has to look at the outbox.",
            (ours, "DeadLetters", {}),
            "Maximum",
            above=0,
        ),
        "OutboxAgeAlarm": _alarm(
            "A message has been due for more than ten minutes.",
            (ours, "OutboxAge", {}),
            "Maximum",
            above=600,
        ),
        "NobodyDrainsAlarm": _alarm(
            "The schedule has not called for five minutes.",
            ("AWS/Events", "Invocations", {"RuleName": sub(f"{DISPATCH}-drain")}),
            "Sum",
            ComparisonOperator="LessThanThreshold",
            Threshold=1,
            TreatMissingData="breaching",
        )
        | {"Condition": SERVED},
    }


def _of_functions() -> Resources:
    made: Resources = {}
    for name, function in FUNCTIONS.items():
        mine = {"FunctionName": sub(function)}
        api = {"ApiName": sub(function)}
        made |= {
            f"{name}ErrorsAlarm": _alarm(
                "A function failed.", ("AWS/Lambda", "Errors", mine), "Sum", above=0
            ),
            f"{name}ThrottlesAlarm": _alarm(
                "Lambda turned calls away.",
                ("AWS/Lambda", "Throttles", mine),
                "Sum",
                above=0,
            ),
            f"{name}FaultsAlarm": _alarm(
                "More than one answer of a thousand was a fault of ours.",
                ("AWS/ApiGateway", "5XXError", api),
                "Average",
                above=0.001,
            ),
            f"{name}SlowAlarm": _alarm(
                "One answer of twenty took more than two seconds.",
                ("AWS/ApiGateway", "Latency", api),
                "p95",
                above=2000,
            ),
        }
    return made


def _of_queues() -> Resources:
    metric = "ApproximateNumberOfMessagesVisible"
    pipe = {"PipeName": sub("jada-${Stage}-payment-watch")}
    return {
        "FailedCallsAlarm": _alarm(
            "A task was called and did not end well.",
            ("AWS/SQS", metric, {"QueueName": att("FailedCalls", "QueueName")}),
            "Maximum",
            above=0,
        ),
        "PaymentChangesAlarm": _alarm(
            "An entry of the payment log was changed or taken away.",
            ("AWS/SQS", metric, {"QueueName": att("PaymentChanges", "QueueName")}),
            "Maximum",
            above=0,
        ),
        "PaymentWatchAlarm": _alarm(
            "Nobody watches the payment log.",
            ("AWS/EventBridge/Pipes", "ExecutionFailed", pipe),
            "Sum",
            above=0,
        ),
    }


def _of_mails() -> Resources:
    """Of the whole account: SES stops whoever bounces more, production included."""
    return {
        "BounceAlarm": _alarm(
            "More than two mails of a hundred come back.",
            ("AWS/SES", "Reputation.BounceRate", {}),
            "Maximum",
            above=0.02,
        ),
        "ComplaintAlarm": _alarm(
            "More than one mail of a thousand is called spam.",
            ("AWS/SES", "Reputation.ComplaintRate", {}),
            "Maximum",
            above=0.001,
        ),
    }


def _alarm(
    says: str,
    metric: tuple[Any, str, Node],
    statistic: str,
    *,
    above: float = 0,
    **other: Any,
) -> Node:
    namespace, name, dimensions = metric
    kind = "ExtendedStatistic" if statistic.startswith("p") else "Statistic"
    properties = {
        "AlarmDescription": says,
        "Namespace": namespace,
        "MetricName": name,
        kind: statistic,
        "Dimensions": [
            {"Name": each, "Value": value} for each, value in dimensions.items()
        ],
        "Period": _FIVE_MINUTES,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": above,
        "TreatMissingData": "notBreaching",
        "AlarmActions": [ref("Alerts")],
        "OKActions": [ref("Alerts")],
    }
    return resource("CloudWatch::Alarm", properties | other)
