"""What became of a booking that arrived, in lines for people and for machines."""

from __future__ import annotations

import json
from typing import Any

from jada_flask.arrivals import Arrival, Verdict
from jada_flask.domain.booking import Booking, local_start
from jada_flask.domain.steps import StepView
from jada_flask.services import automation
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts

BAD = (Verdict.QUARANTINED, Verdict.REFUSED)


def told(kept: Parts, arrival: Arrival) -> str:
    """One line on the booking, then its steps, its addresses and what to look at."""
    booking = arrival.booking
    if booking is None:
        return f"{arrival.verdict}: {arrival.reason}"
    terms = booking.terms
    start = local_start(terms)
    lines = [
        f"{arrival.verdict}: {booking.booking_id} ({terms.source} {terms.source_ref}), "
        f"{terms.guest.name}, {start:%Y-%m-%d %H:%M}, net {booking.margin.net}"
        + (f" ({arrival.reason})" if arrival.reason else "")
    ]
    lines += [
        f"  {step.name:17} {step.state}{_why(step)}" for step in _steps(kept, booking)
    ]
    lines += [f"  {name:17} {address}" for name, address in _addresses(kept, booking)]
    lines += [f"  warning: {caution.message}" for caution in booking.warnings]
    return "\n".join(lines)


def _why(step: StepView) -> str:
    return f"  {step.last_error}" if step.last_error else ""


def as_json(kept: Parts, name: str, arrival: Arrival) -> str:
    booking = arrival.booking
    body: dict[str, Any] = {
        "file": name,
        "outcome": arrival.verdict.value,
        "reason": arrival.reason,
    }
    if booking:
        body |= {
            "booking_id": booking.booking_id,
            "event_id": booking.event_id,
            "status": booking.terms.status.value,
            "net": booking.margin.net.plain,
            "currency": "USD",
            "steps": {step.name: step.state.value for step in _steps(kept, booking)},
            "warnings": [caution.message for caution in booking.warnings],
            **dict(_addresses(kept, booking)),
        }
    return json.dumps(body, ensure_ascii=False)


def _steps(kept: Parts, booking: Booking) -> tuple[StepView, ...]:
    work = UnitOfWork(kept.office)
    return automation.steps(booking, automation.messages(work, booking))


def _addresses(kept: Parts, booking: Booking) -> list[tuple[str, str]]:
    if not (booking.slug and booking.event_id):
        return []
    links = kept.office.links
    return [
        ("guest_page_url", links.guest_page(booking.slug)),
        ("dispatch_url", links.dispatch(booking.event_id)),
    ]
