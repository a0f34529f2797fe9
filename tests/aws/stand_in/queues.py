"""What lies in a queue reaches the function that listens, as Lambda brings it."""

from __future__ import annotations

from typing import Any

from moto.sqs.models import sqs_backends

from tests.aws.stand_in import permissions, stacks
from tests.aws.stand_in.account import ACCOUNT, REGION
from tests.aws.stand_in.functions import Functions

# Lambda takes on the function's role to look into a queue.
_NEEDED = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def hold() -> None:
    """Keep moto from running a function by itself: it needs Docker, and waits."""
    for queue in list(sqs_backends[ACCOUNT][REGION].queues.values()):
        queue.lambda_event_source_mappings.clear()


def bring(functions: Functions) -> None:
    """Hand over what lies there, in the batches that were asked for."""
    for mapping in stacks.parts("Lambda::EventSourceMapping").values():
        if ":sqs:" in mapping["EventSourceArn"]:
            _bring(functions, mapping)


def _bring(functions: Functions, mapping: dict[str, Any]) -> None:
    backend = sqs_backends[ACCOUNT][REGION]
    source, name = mapping["EventSourceArn"], mapping["FunctionName"]
    role = functions.find(name).role
    for action in _NEEDED:
        assert permissions.allows(role, action, source), f"{role} lacks {action}"
    queue = source.rpartition(":")[2]
    messages = backend.receive_message(queue, mapping["BatchSize"], 0, 120)
    if not messages:
        return
    event = {"Records": [_record(each, source) for each in messages]}
    if functions.invoke(name, event).error is None:
        for each in messages:
            backend.delete_message(queue, str(each.receipt_handle))


def _record(message: Any, source: str) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": source,
        "awsRegion": REGION,
    }
