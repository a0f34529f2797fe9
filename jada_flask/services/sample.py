"""One sample booking, so that whoever tries it out has something to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from jada_flask.domain.audit import Actor
from jada_flask.domain.booking import Guest, Terms
from jada_flask.domain.clock import start_of
from jada_flask.domain.house import Operations
from jada_flask.domain.ids import booking_id
from jada_flask.domain.money import Money
from jada_flask.records.money import BOOKING
from jada_flask.services import bookings, events
from jada_flask.services.house import operations
from jada_flask.unit_of_work import UnitOfWork

_SOURCE, _REF = "boatsetter", "BS-SAMPLE"


@dataclass(frozen=True, slots=True)
class Sample:
    """Where the sample can be looked at."""

    guest_page: str
    crew_link: str


def show_sample(begin: Callable[[], UnitOfWork], *, day: date, at: datetime) -> Sample:
    """Take the sample booking, unless it was taken before, and say where it leads."""
    booking = begin().get(BOOKING, booking_id(_SOURCE, _REF))
    if booking is None:
        work = begin()
        terms = _terms(operations(work), day)
        booking = bookings.take_booking(work, terms, by=Actor("sample"), at=at).booking
    work = begin()
    event_id = booking.event_id or ""
    aboard = [one for one in events.assignments(work, event_id) if not one.removed]
    deckhand = next((one for one in aboard if one.role != "captain"), None)
    token = (
        work.links.crew_token(event_id, deckhand.crew_id, deckhand.nonce)
        if deckhand
        else ""
    )
    return Sample(
        work.links.guest_page(booking.slug or ""), work.links.crew(event_id, token)
    )


def _terms(house: Operations, day: date) -> Terms:
    boat, dock = house.boats[0], house.docks[0]
    return Terms(
        source=_SOURCE,
        source_ref=_REF,
        boat=boat.boat_id,
        dock=dock.dock_id,
        start=start_of(day, time(14, 30), dock.zone),
        duration_minutes=180,
        guest=Guest("Robin Sample", "robin.sample@example.com", "+1 619 555 0142"),
        party_size=4,
        gross=Money(84075),
        time_zone=dock.time_zone,
        list_price=Money(95000),
        platform_fee=Money(10925),
        captain_id=boat.standard_captain,
        crew=boat.standard_crew,
        special_requests="A birthday on board: could we hang a small banner?",
    )
