"""The line in a queue that has the outbox drained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from jada_flask.adapters.aws.clients import lazily
from jada_flask.adapters.aws.nudge import QueueNudge, address_of
from tests.contracts.aws_stand_in import stand_in

QUEUE = "arn:aws:sqs:us-west-2:123456789012:nudges"


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    with stand_in() as address:
        yield address


@pytest.fixture(scope="module")
def queue(aws: str) -> Any:
    return boto3.resource("sqs", endpoint_url=aws).create_queue(QueueName="nudges")


def lines(queue: Any) -> int:
    found = queue.receive_messages(MaxNumberOfMessages=10)
    for line in found:
        line.delete()
    return len(found)


def test_however_often_something_is_promised_one_line_is_dropped(
    aws: str, queue: Any
) -> None:
    nudge = QueueNudge(lazily("sqs", aws), QUEUE)

    nudge()
    nudge()
    assert lines(queue) == 0
    nudge.send()
    nudge.send()

    assert lines(queue) == 1


def test_without_a_queue_nothing_is_dropped() -> None:
    nudge = QueueNudge(lazily("sqs", "http://127.0.0.1:9"), "")

    nudge()
    nudge.send()


@pytest.mark.parametrize(
    ("queue", "address"),
    [
        (
            "arn:aws:sqs:us-west-2:123456789012:jada-dev-nudge",
            "https://sqs.us-west-2.amazonaws.com/123456789012/jada-dev-nudge",
        ),
        (
            "arn:aws-cn:sqs:cn-north-1:123456789012:jada-dev-nudge",
            "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/jada-dev-nudge",
        ),
    ],
)
def test_the_address_of_a_queue_follows_from_its_name(queue: str, address: str) -> None:
    assert address_of(queue) == address
