"""One charter: everything that its page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from blueprints.dispatch.event_form import EventForm
from blueprints.dispatch.payment_forms import BatchForm, PaymentForm
from blueprints.dispatch.roster_forms import PatronForm
from blueprints.dispatch.roster_lines import Charter, charter_of
from jada_flask.domain.booking import Booking
from jada_flask.domain.checklist import Task
from jada_flask.domain.crew import CrewAssignment
from jada_flask.domain.errors import NotFoundError
from jada_flask.domain.event import Event
from jada_flask.domain.steps import SENT
from jada_flask.records.money import BOOKING
from jada_flask.records.operations import EVENT
from jada_flask.services import (
    bookings,
    charters,
    crew,
    history,
    house,
    payments,
    rates,
)
from jada_flask.services.board import card_of
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import links


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task and whether it is done."""

    task: Task
    done: bool
    done_by: str


def shown(work: UnitOfWork, event_id: str, *, at: datetime) -> dict[str, Any]:
    """The context of a charter's page. Raises `NotFoundError`."""
    charter = charter_of(work, event_id)
    event, crewing = charter.event, charter.look.crew
    booking = work.get(BOOKING, event.booking_id) if event.booking_id else None
    listed = crew.tasks(work, event_id)
    return {
        "event": event,
        "booking": booking,
        "crew": crewing,
        "charter": charter,
        "checklist": [
            TaskView(task, *_done(listed.ticks.get(task.task_id)))
            for task in listed.checklist.tasks
        ],
        "links": _links(event),
        **_forms(work, charter, crewing),
        **_sold(work, booking, charter, at),
    }


def past(work: UnitOfWork, event_id: str) -> dict[str, Any]:
    """The context of a charter's history. Raises `NotFoundError`."""
    found = work.find(EVENT, event_id)
    if found is None:
        raise NotFoundError("There is no such charter.")
    card = card_of(found)
    names = {one.crew_id: one.name for one in card.crew}
    lines = history.of(work, event_id)
    return {"event": card.event, "names": names, "history": lines}


def _forms(
    work: UnitOfWork, charter: Charter, crewing: list[CrewAssignment]
) -> dict[str, Any]:
    """What the dialogs of the page hold; each has a page of its own as well."""
    methods = payments.methods(work)
    return {
        "payment_form": PaymentForm().offer(charter.roster, methods),
        "batch_form": BatchForm.of(charter.roster, methods),
        "patron_form": PatronForm(),
        "event_form": EventForm.of(charter.event, crewing, house.operations(work)),
    }


def _sold(
    work: UnitOfWork, booking: Booking | None, charter: Charter, at: datetime
) -> dict[str, Any]:
    """What there is only where a booking stands behind the charter."""
    if booking is None:
        return {
            "steps": (),
            "retry_url": lambda step: None,
            "cautions": (),
            "deadlines": (),
            "margin": None,
            "cancel_url": None,
            "change_url": None,
        }
    address = f"/dispatch/bookings/{quote(booking.booking_id, safe='')}"
    kept = rates.house(work)
    return {
        "steps": charters.steps(work, booking, charter.look.card),
        "retry_url": lambda step: (
            f"{address}/steps/{step}/retry" if step in SENT else None
        ),
        "cautions": bookings.cautions(
            work, booking.booking_id, booking.terms, kept, at=at
        ),
        "deadlines": () if booking.cancelled else booking.deadlines,
        "margin": booking.margin,
        "cancel_url": None if booking.cancelled else f"{address}/cancel",
        "change_url": None if booking.cancelled else f"{address}/change",
    }


def _done(tick: crew.Tick | None) -> tuple[bool, str]:
    return (True, tick.by) if tick else (False, "")


def _links(event: Event) -> list[tuple[str, str]]:
    return [("Guest page", links().guest_page(event.slug))] if event.slug else []
