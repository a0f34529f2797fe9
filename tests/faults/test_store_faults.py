"""A store that refuses, forgets and lags: each thing happens once, or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from jada_flask.app import create_app
from jada_flask.domain.outbox import State
from jada_flask.ports import Item, Key, Operation, Page, Store
from jada_flask.tables import Table
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests.builders import booking
from tests.callers import Answer, Caller, mails, stored
from tests.conftest import DrainAll, Keys
from tests.fakes import SetClock
from tests.faults.dynamo_way import KINDS, Way

CASH = {"amount": 120, "method": "cash"}
LONGEST = 8.0  # seconds


@pytest.fixture
def way(ministack_url: str) -> Iterator[Way]:
    made = Way(ministack_url)
    yield made
    made.close()


@pytest.fixture
def parts(way: Way, keys: Keys, clock: SetClock, tmp_path: Path) -> Iterator[Parts]:
    """An installation that reaches its store by this way alone."""
    config = keys.config(
        tmp_path / "var",
        JADA_STORE="dynamodb",
        JADA_TABLE_PREFIX=f"f-{uuid4().hex}",
        AWS_ENDPOINT_URL=way.url,
    )
    made = build(config, clock=clock)
    yield made
    made.ports.store.close()


def pay(office: Caller, event_id: str, **more: Any) -> Answer:
    path = f"/api/events/{event_id}/PT_host/payment"
    return office.post(path, CASH, **more)


def held(parts: Parts) -> dict[str, int]:
    """How many bookings, events, messages and payments there are."""
    items = stored(parts)
    return {
        "bookings": sum(one["pk"].startswith("BOOKING#") for one in items["Finance"]),
        "events": sum(
            one["pk"].startswith("EVENT#") and one["sk"] == "#"
            for one in items["Events"]
        ),
        "messages": sum(
            one["pk"].startswith("MSG#") for one in items["Events"] + items["Jobs"]
        ),
        "payments": len(items["Payments"]),
    }


NOTHING = {"bookings": 0, "events": 0, "messages": 0, "payments": 0}
BOOKED = {"bookings": 1, "events": 1, "messages": 5, "payments": 0}
PAID = BOOKED | {"messages": 7, "payments": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_wrong_on_the_way_happens_once_all_the_same(
    way: Way, parts: Parts, scripts: Caller, office: Caller, kind: str
) -> None:
    way.faults = [kind]
    taken = scripts.post("/api/bookings", booking())
    assert (taken.status_code, held(parts)) == (201, BOOKED)

    way.faults = [kind]
    paid = pay(office, taken.json["event_id"])
    assert (paid.status_code, paid.json["duplicate"]) == (200, False)
    assert held(parts) == PAID
    assert way.faults == []


def test_contention_without_end_is_said_within_seconds_and_nothing_is_written(
    way: Way, parts: Parts, scripts: Caller
) -> None:
    way.always = "conflict"
    begun = time.monotonic()

    busy = scripts.post("/api/bookings", booking())

    assert time.monotonic() - begun < LONGEST
    assert busy.status_code == 503
    assert int(busy.headers["Retry-After"]) >= 1
    assert busy.json["detail"] == "The store is busy. Please try again."
    way.always = ""
    assert held(parts) == NOTHING
    assert scripts.post("/api/bookings", booking()).status_code == 201
    assert held(parts) == BOOKED


def test_an_answer_that_never_comes_is_made_up_for_by_the_same_key(
    way: Way, parts: Parts, scripts: Caller
) -> None:
    """All the answers to a request are lost: nobody knows, so one may ask again."""
    key = {"Idempotency-Key": "once"}
    way.always = "lost"
    begun = time.monotonic()

    unknown = scripts.post("/api/bookings", booking(), headers=key)

    assert time.monotonic() - begun < LONGEST
    assert unknown.status_code == 504
    assert "look whether this was saved" in unknown.json["detail"]
    way.always = ""
    again = scripts.post("/api/bookings", booking(), headers=key)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.status_code == 201
    assert held(parts) == BOOKED


def test_an_answer_that_is_late_is_not_waited_for_and_counts_once(
    way: Way, parts: Parts, scripts: Caller, office: Caller
) -> None:
    event_id = scripts.post("/api/bookings", booking()).json["event_id"]
    way.faults = ["late"]
    begun = time.monotonic()

    paid = pay(office, event_id)

    assert 1.5 < time.monotonic() - begun < LONGEST
    assert (paid.status_code, paid.json["duplicate"]) == (200, False)
    assert held(parts) == PAID


def test_an_outbox_whose_writes_are_lost_sends_each_mail_once(
    way: Way, parts: Parts, scripts: Caller, drain: DrainAll
) -> None:
    scripts.post("/api/bookings", booking())
    way.faults = ["lost", "", "conflict", "lost"]

    tally = drain()

    assert tally == {State.DONE: 5}
    assert len(mails(parts)) == 3


class LaggingStore:
    """A `Store` whose indexes know nothing of what was written since they stopped."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.lags = True

    def query(
        self, table: Table, partition: str, index: str | None = None, **how: Any
    ) -> Page:
        if index and self.lags:
            return Page([], None)
        return self._store.query(table, partition, index=index, **how)

    def get(self, table: Table, partition: str, sort: str | int) -> Item | None:
        return self._store.get(table, partition, sort)

    def get_many(self, *wanted: tuple[Table, Key]) -> list[Item | None]:
        return self._store.get_many(*wanted)

    def write(self, *operations: Operation) -> None:
        self._store.write(*operations)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.fixture
def lagging(parts: Parts) -> tuple[Parts, LaggingStore]:
    store = LaggingStore(parts.ports.store)
    ports = replace(parts.ports, store=store)
    return replace(parts, ports=ports, office=replace(parts.office, store=store)), store


def test_nothing_is_decided_by_an_index_that_lags(
    lagging: tuple[Parts, LaggingStore], keys: Keys, drain: DrainAll
) -> None:
    parts, store = lagging
    app = create_app(parts)
    scripts, office = Caller(app, X_Dashboard_Token=keys.dashboard), Caller(app)
    office.sign_in(keys.password)

    first = scripts.post("/api/bookings", booking())
    again = scripts.post("/api/bookings", booking())
    paid, repeated = (pay(office, first.json["event_id"]) for _ in range(2))
    shown = office.get(f"/api/events/{first.json['event_id']}/PT_host/payment")
    unsent = drain(parts)
    store.lags = False
    sent = drain(parts)

    assert (first.status_code, again.json["outcome"]) == (201, "unchanged")
    assert (paid.json["duplicate"], repeated.json["duplicate"]) == (False, True)
    assert len(shown.json["entries"]) == 1
    assert held(parts) == PAID
    assert (sum(unsent.values()), sent) == (0, {State.DONE: 7})
