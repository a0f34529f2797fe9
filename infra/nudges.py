"""How a commit that promised messages has them sent at once.

Lambda freezes a function after its answer, so another call has to do it: whoever
promised something drops a line into a queue, and the office's function drains the
outbox when there is one. What is lost here is found by the schedule of each minute.
"""

from __future__ import annotations

from infra.words import DISPATCH, SERVED, Resources, att, resource, sub

_LONGEST_RUN = 120  # seconds; the time that the office's function has


def nudges() -> Resources:
    queue = {
        "QueueName": sub("jada-${Stage}-nudge"),
        # Long enough for one try; a second would come after the schedule's.
        "VisibilityTimeout": _LONGEST_RUN,
        "MessageRetentionPeriod": _LONGEST_RUN,
        "SqsManagedSseEnabled": True,
    }
    source = {
        "EventSourceArn": att("Nudges", "Arn"),
        "FunctionName": sub(DISPATCH),
        "BatchSize": 10,
        "ScalingConfig": {"MaximumConcurrency": 2},
    }
    # Lambda looks at once whether the function's role may read the queue.
    when = {"Condition": SERVED, "DependsOn": "DispatchRole"}
    return {
        "Nudges": resource("SQS::Queue", queue),
        "Nudged": resource("Lambda::EventSourceMapping", source, **when),
    }
