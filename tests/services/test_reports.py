"""What the calendar comes to, and what looking at it costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jada_flask.domain.months import Month
from jada_flask.services import reports
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from tests.builders import booking, calendar_entry, crew_event
from tests.callers import Caller

ZONES = {ZoneInfo("America/Los_Angeles")}
MAY = Month(2026, 5)


class Counting:
    """A store that counts what it is asked."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.queries = 0

    def query(self, *args: Any, **how: Any) -> Any:
        self.queries += 1
        return self._store.query(*args, **how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.fixture
def store(parts: Parts) -> Counting:
    return Counting(parts.ports.store)


@pytest.fixture
def work(parts: Parts, store: Counting) -> UnitOfWork:
    return UnitOfWork(replace(parts.office, store=store))


def take(scripts: Caller, reference: str, **changes: Any) -> Any:
    taken = scripts.post("/api/bookings", booking(source_ref=reference, **changes))
    assert taken.status_code == 201, taken.text
    return taken.json


def test_an_entry_and_its_event_are_one_charter(
    scripts: Caller, work: UnitOfWork
) -> None:
    taken = take(scripts, "BS-1")

    view = reports.month_view(work, MAY, ZONES)

    [(day, [slot])] = view.days.items()
    assert day == date(2026, 5, 30)
    assert slot.event is not None
    assert slot.event.event_id == taken["event_id"]
    assert slot.title == "Avery Example"
    assert str(slot.net) == "$289.41"


def test_what_came_without_the_other_half_is_there_too(
    scripts: Caller, service: Caller, work: UnitOfWork
) -> None:
    scripts.post("/api/calendar", calendar_entry(charter_date="2026-05-02"))
    service.post("/events/", crew_event(event_date="2026-05-02T08:00:00-07:00"))

    view = reports.month_view(work, MAY, ZONES)

    [entry, event] = view.days[date(2026, 5, 2)]
    assert (entry.title, entry.event, str(entry.net)) == ("boatsetter", None, "$289.41")
    assert (event.title, event.entry, event.net) == ("Delivery to Ensenada", None, None)


def test_a_month_has_the_days_of_the_dock(scripts: Caller, work: UnitOfWork) -> None:
    """The last evening in May is June already by the clock of the store."""
    take(scripts, "BS-1", charter_date="2026-05-31", start_time="20:00")
    take(scripts, "BS-2", charter_date="2026-06-01", start_time="06:00")
    take(scripts, "BS-3", charter_date="2026-04-30", start_time="20:00")

    view = reports.month_view(work, MAY, ZONES)

    assert list(view.days) == [date(2026, 5, 31)]
    assert all(
        slot.event and slot.entry for slots in view.days.values() for slot in slots
    )


def test_a_dock_far_away_brings_no_charter_of_another_month(
    service: Caller, work: UnitOfWork
) -> None:
    """While it is still May in Hawaii, June has begun in California."""
    service.post("/events/", crew_event(event_date="2026-06-01T01:00:00-07:00"))

    view = reports.month_view(work, MAY, {*ZONES, ZoneInfo("Pacific/Honolulu")})

    assert not view.days


def test_a_cancelled_charter_is_shown_and_earns_nothing(
    scripts: Caller, work: UnitOfWork
) -> None:
    take(scripts, "BS-1")
    off = take(scripts, "BS-2", start_time="08:00")
    scripts.post(f"/api/bookings/{off['booking_id']}/cancel", {})

    view = reports.month_view(work, MAY, ZONES)

    assert [slot.cancelled for slot in view.days[date(2026, 5, 30)]] == [True, False]
    assert (view.earnings.charters, view.cancelled) == (1, 1)
    assert str(view.earnings.net) == "$289.41"


@pytest.mark.parametrize(
    ("year", "number", "queries"),
    [(2026, 5, 2), (2026, 12, 2), (2027, 1, 2), (2029, 11, 2), (2029, 12, 3)],
)
def test_a_month_takes_two_queries_whatever_is_in_it(
    scripts: Caller,
    work: UnitOfWork,
    store: Counting,
    year: int,
    number: int,
    queries: int,
) -> None:
    """The dock's last December of a decade ends in the next decade of the store."""
    for place in range(4):
        day = f"{year}-{number:02}-{place + 3:02}"
        take(scripts, f"BS-{place}", charter_date=day, crew=[], captain_id=None)
    store.queries = 0

    view = reports.month_view(work, Month(year, number), ZONES)

    assert view.earnings.charters == 4
    assert store.queries == queries


def test_a_year_is_summed_by_month_and_source_in_one_query(
    scripts: Caller, work: UnitOfWork, store: Counting
) -> None:
    take(scripts, "BS-1")
    take(scripts, "BS-2", charter_date="2026-07-04", source="direct")
    scripts.post("/api/calendar", calendar_entry(charter_date="2025-12-31"))
    store.queries = 0

    view = reports.year_view(work, 2026)

    assert store.queries == 1
    assert [str(month) for month, one in view.months if one.earnings.charters] == [
        "2026-05",
        "2026-07",
    ]
    assert {one.label: str(one.earnings.net) for one in view.sources} == {
        "boatsetter": "$289.41",
        "direct": "$289.41",
    }
    assert str(view.total.earnings.net) == "$578.82"
