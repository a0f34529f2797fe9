"""What a booking brings about: its event, its host, its calendar entry, its summary."""

from __future__ import annotations

import json
from base64 import b32encode
from dataclasses import replace
from datetime import datetime
from secrets import token_bytes

from jada_flask.domain.amounts import without_amounts
from jada_flask.domain.booking import Booking
from jada_flask.domain.calendar import CalendarEntry
from jada_flask.domain.event import Event, Patron
from jada_flask.domain.house import Operations
from jada_flask.domain.outbox import Message
from jada_flask.domain.summary import summary_of
from jada_flask.unit_of_work import UnitOfWork

HOST = "PT_host"


def draw_slug() -> str:
    """130 bits in 26 letters and digits: nobody guesses a guest page."""
    return b32encode(token_bytes(17)).decode().lower()[:26]


def event_of(booking: Booking, operations: Operations) -> Event:
    """The event of a booking, with nothing of its money."""
    terms = booking.terms
    boat, dock = operations.boat(terms.boat), operations.dock(terms.dock)
    return Event(
        event_id=booking.event_id or "",
        name=f"{boat.name}: {terms.guest.name}, party of {terms.party_size}",
        start=terms.start,
        duration_minutes=terms.duration_minutes,
        time_zone=terms.time_zone,
        location=dock.name,
        boat=boat.boat_id,
        boat_name=boat.name,
        dock=dock.dock_id,
        host=terms.guest.name,
        party_size=terms.party_size,
        notes=without_amounts(terms.special_requests),
        slug=booking.slug or "",
        booking_id=booking.booking_id,
    )


def with_own_words(before: Event, planned: Event, after: Event) -> Event:
    """The event of an amended booking with what was put into words by hand since.

    `planned` is what the booking said before; where it now says something else, that
    counts.
    """
    words = {
        field: getattr(before, field)
        for field in ("name", "notes")
        if getattr(planned, field) == getattr(after, field)
    }
    return replace(after, **words)


def host_of(booking: Booking) -> Patron:
    """Who booked, as the first name on the roster."""
    guest = booking.terms.guest
    return Patron(
        booking.event_id or "", HOST, guest.name, guest.email, guest.phone, host=True
    )


def entry_of(booking: Booking) -> CalendarEntry:
    """The financial record of a booking."""
    return CalendarEntry(
        entry_id=booking.booking_id,
        event_type="booking",
        source=booking.terms.source,
        charter_date=booking.charter_date,
        duration_minutes=booking.terms.duration_minutes,
        margin=booking.margin,
        booking_id=booking.booking_id,
        title=booking.terms.guest.name,
        cancelled=booking.cancelled,
    )


def promise_summary(work: UnitOfWork, booking: Booking, at: datetime) -> None:
    """Promise the operator a summary of this revision, as it is now."""
    payload = summary_of(
        booking,
        guest_page_url=work.links.guest_page(booking.slug or ""),
        dispatch_url=work.links.dispatch(booking.event_id or ""),
    )
    work.enqueue(
        Message(
            subject=booking.booking_id,
            message_id=f"booking:{booking.booking_id}:{booking.revision}",
            kind="operator_summary",
            created_at=at,
            event_id=booking.event_id or "",
            step="operator_summary",
            payload={"summary": json.dumps(payload)},
            money=True,
            due_at=at,
        )
    )
