"""A booking's terms, its ids and its revisions; and the event without its money."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from jada_flask.domain.audit import SYSTEM, Actor
from jada_flask.domain.booking import Status
from jada_flask.domain.changes import changes_between
from jada_flask.domain.errors import InvalidError
from jada_flask.domain.event import EventStatus
from jada_flask.domain.house import CrewRole
from jada_flask.domain.ids import booking_id, event_id
from jada_flask.domain.places import check_places, places_of
from jada_flask.domain.staff import Role, Session
from jada_flask.domain.summary import hours, summary_of
from jada_flask.house import default_operations
from tests.domain.builders import DECKHANDS, booking, event, terms


def test_the_captains_place_is_the_first() -> None:
    assert terms().places == (CrewRole("CAP_001", "captain"), *DECKHANDS)
    assert terms(captain_id=None).places == DECKHANDS


def test_a_difference_is_named() -> None:
    later = terms(start=terms().start + timedelta(hours=1), party_size=5)

    assert terms().changed(later) == {"start", "party_size"}
    assert terms().changed(terms()) == frozenset()


def test_the_charters_date_is_the_docks() -> None:
    assert terms().start.date() == booking().charter_date == date(2026, 5, 30)
    late = terms(start=datetime(2026, 5, 31, 3, tzinfo=UTC))
    assert booking(terms=late).charter_date == date(2026, 5, 30)


def test_an_amendment_is_the_next_revision() -> None:
    amended = booking().amended(terms=terms(status=Status.CANCELLED))

    assert (amended.revision, amended.cancelled) == (2, True)
    assert not booking().cancelled


def test_the_same_source_and_reference_give_the_same_id() -> None:
    key = booking_id("boatsetter", "BS-1")

    assert key == booking_id("boatsetter", "BS-1")
    assert key != booking_id("boatsette", "rBS-1")
    assert event_id(key) == event_id(key) != key.replace("BK_", "EV_")
    assert len(key) == len("BK_") + 16


def test_an_event_shows_its_dock_time_and_status() -> None:
    assert f"{event().local_start:%H:%M}" == "16:30"
    assert event().end - event().start == timedelta(minutes=210)
    assert not event().cancelled
    assert event(status=EventStatus.CANCELLED).cancelled


def test_crew_are_told_what_is_different() -> None:
    after = replace(
        event(), start=event().start + timedelta(days=1, hours=1), location="Pier 5"
    )

    changes = changes_between(event(), after)

    assert [(c.label, c.before, c.after) for c in changes] == [
        ("Date", "Saturday, May 30, 2026", "Sunday, May 31, 2026"),
        ("Departure", "4:30 PM", "5:30 PM"),
        ("Return", "8:00 PM", "9:00 PM"),
        ("Place", "Sheraton", "Pier 5"),
    ]
    assert changes_between(event(), replace(event(), notes="new")) == ()


def test_the_operator_reads_what_the_contract_says() -> None:
    summary = summary_of(
        booking(), guest_page_url="https://g.example", dispatch_url="https://d.example"
    )

    assert summary["start_time"] == "16:30"
    assert summary["duration_hours"] == 3.5
    assert summary["margin"]["net"] == booking().margin.net.plain
    assert summary["crew"][0] == {"crew_id": "CAP_001", "role": "captain"}


def test_whole_hours_are_shown_whole() -> None:
    assert (hours(180), hours(150)) == (3, 2.5)
    assert isinstance(hours(180), int)


def test_a_session_ends_after_a_while() -> None:
    start = datetime(2026, 5, 1, 8, tzinfo=UTC)
    session = Session("hash", "ana", "Ana", Role.DISPATCHER, start, start)

    assert session.serves(start + timedelta(hours=7, minutes=59))
    assert not session.serves(start + timedelta(hours=8))
    seen = replace(session, seen_at=start + timedelta(hours=11))
    assert seen.serves(start + timedelta(hours=11, minutes=59))
    assert not seen.serves(start + timedelta(hours=12))


def test_an_actor_is_named() -> None:
    assert (str(SYSTEM), str(Actor("staff", "ana"))) == ("system", "staff:ana")


def test_all_that_is_wrong_with_a_crew_is_told_at_once() -> None:
    crew = places_of(
        [
            {"crew_id": "CREW_001", "role": "deckhand"},
            {"crew_id": "CAP_001", "role": "deckhand"},
            {"crew_id": "CREW_99", "role": "deckhand"},
        ]
    )

    with pytest.raises(InvalidError) as refusal:
        check_places(crew, "CAP_001", default_operations())

    fields = [fault.field for fault in refusal.value.faults]
    assert fields == ["crew.1.crew_id", "crew.2.crew_id"]


def test_a_crew_that_is_right_passes() -> None:
    check_places(DECKHANDS, None, default_operations(), listing="crew_assignments")
