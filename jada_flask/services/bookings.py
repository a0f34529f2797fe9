"""Bookings: what starts, changes and ends a charter, with the money. Staff only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from jada_flask.domain.audit import Actor
from jada_flask.domain.booking import (
    Booking,
    Caution,
    Status,
    Terms,
    local_start,
    margin_for,
)
from jada_flask.domain.cautions import cautions_for
from jada_flask.domain.deadlines import deadlines_for
from jada_flask.domain.errors import ConflictError
from jada_flask.domain.ids import booking_id, event_id
from jada_flask.domain.outbox import Message
from jada_flask.domain.rates import House
from jada_flask.records.money import BOOKING, CALENDAR
from jada_flask.records.operations import (
    EVENT,
    PATRON,
)
from jada_flask.services import automation, events
from jada_flask.services.board import Card
from jada_flask.services.booked import (
    HOST,
    draw_slug,
    entry_of,
    event_of,
    host_of,
    promise_summary,
    with_own_words,
)
from jada_flask.services.decades import by_decade
from jada_flask.services.engagements import engagements, near
from jada_flask.services.rates import house as load_house
from jada_flask.sun import sunset
from jada_flask.unit_of_work import UnitOfWork


class Outcome(StrEnum):
    """What became of a booking that came in."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class Taken:
    """A booking that came in, and what became of it."""

    outcome: Outcome
    booking: Booking
    messages: list[Message] = field(default_factory=list)


def take_booking(work: UnitOfWork, terms: Terms, *, by: Actor, at: datetime) -> Taken:
    """Take a booking: new, the same again, or changed.

    The same again writes and sends nothing. A change is an amendment: it touches only
    the steps it concerns and tells only the people it concerns. Raises `ConflictError`
    when an approved booking is said to be open again.
    """
    key = booking_id(terms.source, terms.source_ref)
    known = work.get(BOOKING, key)
    if known and known.terms == terms:
        return _unchanged(work, known)
    house = load_house(work)
    if known is None:
        booking = _create(work, key, terms, house, at)
        taken = Taken(Outcome.CREATED, booking, work.promised)
    else:
        taken = _amended(work, known, terms, house, at)
    work.commit(by=by, did=f"booking.{taken.outcome}", at=at, about=key, result=taken)
    return taken


def cancel_booking(
    work: UnitOfWork, key: str, *, by: Actor, at: datetime, reason: str = ""
) -> Taken:
    """Cancel a booking; crew, guest page and operator are told. Twice is once."""
    known = work.need(BOOKING, key, otherwise="There is no such booking.")
    if known.cancelled:
        return _unchanged(work, known)
    terms = replace(known.terms, status=Status.CANCELLED)
    taken = _amended(work, known, terms, load_house(work), at)
    work.commit(
        by=by, did="booking.cancelled", at=at, about=key, detail=reason, result=taken
    )
    return taken


def by_date(
    work: UnitOfWork, first: date, last: date, *, limit: int, after: Any = None
) -> tuple[list[Booking], Any]:
    """Bookings from one day (UTC) to another, both included, and where to go on."""
    return between(work, str(first), f"{last}~", limit=limit, after=after)


def between(
    work: UnitOfWork, lo: str, hi: str, *, limit: int, after: Any = None
) -> tuple[list[Booking], Any]:
    """Bookings that start between two moments (texts that sort by time)."""
    found, more = by_decade(work, BOOKING, "BOOKING#", lo, hi, limit=limit, after=after)
    return [one.value for one in found], more


def cautions(
    work: UnitOfWork,
    key: str,
    terms: Terms,
    house: House,
    *,
    at: datetime,
    nearby: Sequence[Card] | None = None,
) -> tuple[Caution, ...]:
    """What a person should look at.

    Against the charters that stand nearby right now, which are looked up where nobody
    has.
    """
    if terms.status is Status.CANCELLED:
        return ()
    cards = near(work, [terms]) if nearby is None else nearby
    dock = house.operations.dock(terms.dock)
    return cautions_for(
        terms,
        house,
        sunset=sunset(
            dock.latitude, dock.longitude, dock.zone, local_start(terms).date()
        ),
        others=engagements(cards, event_id(key), terms),
        at=at,
    )


def _unchanged(work: UnitOfWork, known: Booking) -> Taken:
    taken = Taken(Outcome.UNCHANGED, known, automation.messages(work, known))
    work.settle(taken)
    return taken


def _amended(
    work: UnitOfWork, known: Booking, terms: Terms, house: House, at: datetime
) -> Taken:
    earlier = automation.messages(work, known)
    booking = _amend(work, known, terms, house, at)
    return Taken(Outcome.AMENDED, booking, earlier + work.promised)


def _create(
    work: UnitOfWork, key: str, terms: Terms, house: House, at: datetime
) -> Booking:
    approved = terms.status is Status.APPROVED
    booking = Booking(
        booking_id=key,
        terms=terms,
        margin=margin_for(terms, house),
        taken_at=at,
        event_id=event_id(key) if approved else None,
        slug=draw_slug() if approved else None,
        warnings=cautions(work, key, terms, house, at=at),
        deadlines=deadlines_for(terms, taken_at=at),
    )
    work.save(BOOKING, booking)
    if approved:
        _launch(work, booking, house, at)
    return booking


def _amend(
    work: UnitOfWork, known: Booking, terms: Terms, house: House, at: datetime
) -> Booking:
    approved = terms.status is Status.APPROVED
    if known.event_id and terms.status in (Status.INQUIRY, Status.PENDING):
        raise ConflictError(
            "This booking was approved and its crew asked; change it or cancel it, "
            "but it cannot become an open request again."
        )
    booking = known.amended(
        terms=terms,
        margin=margin_for(terms, house),
        warnings=cautions(work, known.booking_id, terms, house, at=at),
        deadlines=deadlines_for(terms, taken_at=known.taken_at),
        amended_at=at,
        event_id=known.event_id or (event_id(known.booking_id) if approved else None),
        slug=known.slug or (draw_slug() if approved else None),
    )
    work.save(BOOKING, booking)
    if known.event_id is None:
        if approved:
            _launch(work, booking, house, at)
        return booking
    _carry_over(work, known, booking, house, at)
    return booking


def _launch(work: UnitOfWork, booking: Booking, house: House, at: datetime) -> None:
    """All of the office's work for a booking that has just been approved."""
    event = event_of(booking, house.operations)
    work.save(CALENDAR, entry_of(booking))
    events.launch(
        work,
        event,
        booking.terms.places,
        house.operations,
        at=at,
        host=host_of(booking),
    )
    promise_summary(work, booking, at)


def _carry_over(
    work: UnitOfWork, known: Booking, booking: Booking, house: House, at: datetime
) -> None:
    """Bring calendar, event, crew and summary to where an amended booking stands."""
    work.get(CALENDAR, booking.booking_id)
    work.save(CALENDAR, entry_of(booking))
    before = work.need(EVENT, booking.event_id, otherwise="Its event is missing.")
    if booking.cancelled:
        if not before.cancelled:
            events.cancel(work, before, at=at)
    else:
        planned = event_of(known, house.operations)
        after = with_own_words(before, planned, event_of(booking, house.operations))
        events.amend(work, before, after, booking.terms.places, house.operations, at=at)
    if host_of(known) != host_of(booking):
        work.get(PATRON, before.event_id, HOST)
        work.save(PATRON, host_of(booking))
    promise_summary(work, booking, at)
