"""The log on the engine of production: the same words from another store."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from jada_flask.adapters.aws.dynamo import DynamoStore, connect
from jada_flask.adapters.aws.dynamo_tables import create_tables
from jada_flask.services import payment_log
from tests.payments.desk import Desk


@pytest.fixture(scope="module")
def dynamo(ministack_url: str) -> Iterator[DynamoStore]:
    client = connect(endpoint_url=ministack_url)
    prefix = f"test-{uuid.uuid4().hex}"
    create_tables(client, prefix)
    yield DynamoStore(lambda: client, prefix)
    client.close()


@pytest.fixture
def desk(dynamo: DynamoStore) -> Desk:
    return Desk(dynamo, event_id=f"EV_{uuid.uuid4().hex[:8]}").open()


def test_a_payment_is_logged_repeated_and_taken_back(desk: Desk) -> None:
    ana = desk.board("Ana", "60.00")
    first = desk.log(ana)

    again = desk.log(ana)
    second = desk.log(ana, second_entry_reason="Another cabin.")
    desk.void(first.entry)
    desk.void(second.entry)
    third = desk.log(ana)

    assert (again.duplicate, again.entry) == (True, first.entry)
    assert (second.duplicate, third.duplicate) == (False, False)
    assert desk.account(ana).cleared
    assert desk.ledger().count == 5


def test_of_many_at_once_exactly_one_writes(desk: Desk) -> None:
    ana = desk.board("Ana", "60.00")

    with ThreadPoolExecutor(6) as pool:
        logged = list(pool.map(lambda _: desk.log(ana), range(6)))

    assert sum(not one.duplicate for one in logged) == 1


def test_lists_go_on_where_they_stopped(desk: Desk) -> None:
    ana = desk.board("Ana", "60.00")
    desk.batch((ana, "1.00"), (ana, "2.00"), (ana, "3.00"))
    work = desk.begin()

    first = payment_log.of_event(work, desk.event_id, limit=2)
    rest = payment_log.of_event(work, desk.event_id, limit=2, after=first.after)

    amounts = [one.amount.plain for one in first.entries + rest.entries]
    assert amounts == ["1.00", "2.00", "3.00"]
    assert desk.verify().breaks == []
