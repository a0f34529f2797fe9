"""How the office's API writes bookings, calendar entries and events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jada_flask.domain.booking import Booking, Caution, local_start
from jada_flask.domain.calendar import CalendarEntry
from jada_flask.domain.crew import CrewAssignment
from jada_flask.domain.event import Event
from jada_flask.domain.steps import StepView
from jada_flask.domain.summary import hours, margin_lines
from jada_flask.web.answers import moment
from jada_flask.web.context import links

Body = dict[str, Any]


def booking_body(
    booking: Booking, steps: Sequence[StepView], cautions: Sequence[Caution]
) -> Body:
    """A booking with its margin, how its automation stands, and where to look."""
    terms = booking.terms
    start = local_start(terms)
    address = links()
    return {
        "booking_id": booking.booking_id,
        "event_id": booking.event_id,
        "status": terms.status.value,
        "revision": booking.revision,
        "source": terms.source,
        "source_ref": terms.source_ref,
        "charter_type": terms.charter_type.value,
        "boat": terms.boat,
        "dock": terms.dock,
        "charter_date": start.date().isoformat(),
        "start_time": f"{start:%H:%M}",
        "start": start.isoformat(),
        "duration_hours": hours(terms.duration_minutes),
        "guest": {
            "name": terms.guest.name,
            "email": terms.guest.email,
            "phone": terms.guest.phone,
        },
        "party_size": terms.party_size,
        "gross_revenue": terms.gross.plain,
        "list_price": terms.list_price.plain if terms.list_price else None,
        "platform_fee": terms.platform_fee.plain if terms.platform_fee else None,
        "currency": "USD",
        "captain_id": terms.captain_id,
        "crew": [{"crew_id": p.crew_id, "role": p.role} for p in terms.crew],
        "special_requests": terms.special_requests,
        "margin": margin_lines(booking.margin),
        "guest_page_url": address.guest_page(booking.slug) if booking.slug else None,
        "dispatch_url": address.dispatch(booking.event_id)
        if booking.event_id
        else None,
        "steps": [step_body(step) for step in steps],
        "warnings": [caution.message for caution in cautions],
        "cautions": [{"code": c.code, "message": c.message} for c in cautions],
        "deadlines": [
            {"key": d.key, "title": d.title, "at": moment(d.at, start.tzinfo)}  # type: ignore[arg-type]
            for d in booking.deadlines
        ],
        "taken_at": moment(booking.taken_at),
        "amended_at": moment(booking.amended_at),
    }


def step_body(step: StepView) -> Body:
    return {
        "name": step.name,
        "state": step.state.value,
        "attempts": step.attempts,
        "last_error": step.last_error or None,
        "next_try": moment(step.next_try),
    }


def entry_body(entry: CalendarEntry) -> Body:
    """A calendar entry in the words in which scripts send it, and its id."""
    margin = entry.margin
    return {
        "entry_id": entry.entry_id,
        "event_type": entry.event_type,
        "source": entry.source,
        "charter_date": entry.charter_date.isoformat(),
        "duration_hours": hours(entry.duration_minutes),
        "gross_revenue": margin.gross.plain,
        "crew_cost": margin.crew_cost.plain,
        "captain_cost": margin.captain_cost.plain,
        "port_fee_percent": format(margin.port_fee_percent, "f"),
        "port_fee": margin.port_fee.plain,
        "net_revenue": margin.net.plain,
        "currency": "USD",
        "booking_id": entry.booking_id or None,
        "title": entry.title,
        "cancelled": entry.cancelled,
    }


def event_body(event: Event) -> Body:
    """The facts of an event."""
    return {
        "event_id": event.event_id,
        "event_name": event.name,
        "status": event.status.value,
        "event_date": moment(event.start, event.zone),
        "duration_minutes": event.duration_minutes,
        "time_zone": event.time_zone,
        "location": event.location,
        "boat": event.boat or None,
        "dock": event.dock or None,
        "host": event.host,
        "party_size": event.party_size,
        "notes": event.notes,
        "booking_id": event.booking_id or None,
        "guest_page_url": links().guest_page(event.slug) if event.slug else None,
        "revision": event.revision,
    }


def assignment_body(place: CrewAssignment, event: Event) -> Body:
    return {
        "crew_id": place.crew_id,
        "name": place.name,
        "role": place.role,
        "call_time": moment(place.call_time, event.zone),
        "release_time": moment(place.release_time, event.zone),
        "answer": place.answer.value,
        "answered_at": moment(place.answered_at),
    }
