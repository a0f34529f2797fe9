"""Whole values for the tests of the domain: the charter that the contract knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from jada_flask.domain.booking import Booking, Guest, Terms, margin_for
from jada_flask.domain.event import Event
from jada_flask.domain.house import CrewRole
from jada_flask.domain.money import Money
from jada_flask.house.rates import default_house

TAKEN = datetime(2026, 4, 1, 18, tzinfo=UTC)
SUNSET = datetime(2026, 5, 31, 2, 49, 40, tzinfo=UTC)  # 19:49 at the dock
DECKHANDS = (CrewRole("CREW_001", "deckhand"), CrewRole("CREW_002", "deckhand"))


def terms(**changes: Any) -> Terms:
    """30 May 2026, 16:30 to 20:00 in San Diego, with captain and two deckhands."""
    usual = Terms(
        source="boatsetter",
        source_ref="BS-1048213",
        boat="jada",
        dock="sheraton",
        start=datetime(2026, 5, 30, 23, 30, tzinfo=UTC),
        duration_minutes=210,
        guest=Guest("Ana Lima", "ana@example.com"),
        party_size=4,
        gross=Money(84075),
        time_zone="America/Los_Angeles",
        list_price=Money(95000),
        platform_fee=Money(10925),
        captain_id="CAP_001",
        crew=DECKHANDS,
    )
    return replace(usual, **changes)


def booking(**changes: Any) -> Booking:
    """The charter of `terms`, approved."""
    usual = Booking(
        booking_id="BK_x",
        terms=terms(),
        margin=margin_for(terms(), default_house()),
        taken_at=TAKEN,
        event_id="EV_x",
    )
    return replace(usual, **changes)


def event(**changes: Any) -> Event:
    """The same charter as crew and guests see it."""
    usual = Event(
        event_id="EV_x",
        name="JADA: Ana Lima, party of 4",
        start=terms().start,
        duration_minutes=210,
        time_zone="America/Los_Angeles",
        location="Sheraton",
        boat="jada",
        boat_name="JADA",
        party_size=4,
    )
    return replace(usual, **changes)
