"""The office's API: bookings, the margin of a what-if, the calendar."""

from __future__ import annotations

from flask import Response, request

from blueprints.dispatch import bp, shown
from jada_flask.domain.booking import Booking
from jada_flask.domain.calendar import CalendarEntry
from jada_flask.domain.outbox import Message
from jada_flask.domain.summary import margin_lines
from jada_flask.intake.body import BookingBody, CalendarBody, CancelBody, MarginBody
from jada_flask.intake.schema import load
from jada_flask.intake.terms import booking_terms, calendar_margin, what_if
from jada_flask.records.money import BOOKING
from jada_flask.services import automation, bookings, calendar, charters, rates
from jada_flask.services.engagements import near
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web import paging
from jada_flask.web.access import DASHBOARD, STAFF, caller, open_to
from jada_flask.web.answers import answer
from jada_flask.web.bodies import json_body
from jada_flask.web.context import begin, now
from jada_flask.web.days import asked_days
from jada_flask.web.described import described
from jada_flask.web.writes import written

_BOOKING, _MARGIN = BookingBody(), MarginBody()
_CALENDAR, _CANCEL = CalendarBody(), CancelBody()


@bp.post("/api/bookings")
@open_to(DASHBOARD, STAFF)
@described("Take a booking", body=BookingBody, answers={201: "Booking", 200: "Booking"})
def take_booking() -> Response:
    """Take a booking: 201 when it is new, 200 when it is unchanged or amended."""
    data, by, at = load(_BOOKING, json_body()), caller().actor, now()

    def act(work: UnitOfWork) -> bookings.Taken:
        terms = booking_terms(data, rates.house(work).operations)
        return bookings.take_booking(work, terms, by=by, at=at)

    return written(act, _taken)


@bp.get("/api/bookings")
@open_to(DASHBOARD, STAFF)
@described("List bookings by date", answers={200: "Bookings"}, query=("from", "to"))
def list_bookings() -> Response:
    """Bookings by the day of the charter, from the first to the last asked for."""
    first, last = asked_days()
    work = begin()
    found, after = bookings.by_date(
        work, first, last, limit=paging.limit(), after=paging.after("bookings")
    )
    items = _listed(work, found) if found else []
    return answer({"items": items, "next": paging.cursor("bookings", after)})


@bp.get("/api/bookings/<booking_id>")
@open_to(DASHBOARD, STAFF)
@described("One booking", answers={200: "Booking"})
def get_booking(booking_id: str) -> Response:
    """A booking with margin, steps, links, and warnings as of now."""
    booking = begin().need(BOOKING, booking_id, otherwise="There is no such booking.")
    return answer(_booking(booking))


@bp.post("/api/bookings/<booking_id>/steps/<step>/retry")
@open_to(DASHBOARD, STAFF)
@described("Have one step done again", answers={200: "Booking"})
def retry_step(booking_id: str, step: str) -> Response:
    """Replay one step of a booking's automation."""
    by, at = caller().actor, now()
    return written(
        lambda work: automation.retry_step(work, booking_id, step, by=by, at=at),
        lambda retried: (_booking(retried.booking, retried.messages), 200),
    )


@bp.post("/api/bookings/<booking_id>/cancel")
@open_to(DASHBOARD, STAFF)
@described("Cancel a booking", body=CancelBody, answers={200: "Booking"})
def cancel_booking(booking_id: str) -> Response:
    """Cancel a booking; crew, guest page and operator are told."""
    sent = json_body() if request.content_length else {}
    reason = load(_CANCEL, sent)["reason"]
    by, at = caller().actor, now()
    return written(
        lambda work: bookings.cancel_booking(
            work, booking_id, by=by, at=at, reason=reason
        ),
        _taken,
    )


@bp.post("/api/margin")
@open_to(DASHBOARD, STAFF)
@described("What a booking would earn", body=MarginBody, answers={200: "WhatIf"})
def what_if_margin() -> Response:
    """The margin of a booking that is not stored; nothing is written."""
    work = begin()
    kept = rates.house(work)
    asked = what_if(load(_MARGIN, json_body()), kept.operations)
    lines = margin_lines(asked.margin(kept.rates, now().date()))
    return answer({"margin": lines, **lines})


@bp.post("/api/calendar")
@open_to(DASHBOARD)
@described("Enter a charter in the calendar", body=CalendarBody, answers={201: "Entry"})
def enter_calendar() -> Response:
    """A calendar entry as the office's scripts send it; 422 if net does not follow."""
    data = load(_CALENDAR, json_body())
    margin = calendar_margin(data)
    by, at = caller().actor, now()
    return written(
        lambda work: calendar.enter(work, data, margin, by=by, at=at),
        lambda entry: (shown.entry_body(entry), 201),
    )


@bp.get("/api/calendar")
@open_to(DASHBOARD, STAFF)
@described("List calendar entries", answers={200: "Entries"}, query=("from", "to"))
def list_calendar() -> Response:
    """Calendar entries by date, with their margins."""
    first, last = asked_days()
    found, after = calendar.by_date(
        begin(), first, last, limit=paging.limit(), after=paging.after("calendar")
    )
    items = [shown.entry_body(entry) for entry in found]
    return answer({"items": items, "next": paging.cursor("calendar", after)})


@bp.get("/api/calendar/<entry_id>")
@open_to(DASHBOARD, STAFF)
@described("One calendar entry", answers={200: "Entry"})
def get_calendar(entry_id: str) -> Response:
    """One calendar entry."""
    entry: CalendarEntry = calendar.one(begin(), entry_id)
    return answer(shown.entry_body(entry))


def _taken(taken: bookings.Taken) -> tuple[shown.Body, int]:
    body = _booking(taken.booking, taken.messages, fresh=True)
    status = 201 if taken.outcome is bookings.Outcome.CREATED else 200
    return body | {"outcome": taken.outcome.value}, status


def _listed(work: UnitOfWork, found: list[Booking]) -> list[shown.Body]:
    """Bookings as of now, each looked at beside the charters of all these days."""
    nearby = near(work, [booking.terms for booking in found])
    cards, kept, at = charters.cards_of(nearby), rates.house(work), now()
    return [
        shown.booking_body(
            booking,
            charters.steps(work, booking, cards.get(booking.booking_id)),
            bookings.cautions(
                work, booking.booking_id, booking.terms, kept, at=at, nearby=nearby
            ),
        )
        for booking in found
    ]


def _booking(
    booking: Booking, messages: list[Message] | None = None, *, fresh: bool = False
) -> shown.Body:
    """A booking as of now: its steps from the messages.

    Its warnings looked at again.
    """
    work = begin()
    if messages is None:
        messages = automation.messages(work, booking)
    cautions = booking.warnings
    if not fresh:
        kept = rates.house(work)
        cautions = bookings.cautions(
            work, booking.booking_id, booking.terms, kept, at=now()
        )
    return shown.booking_body(booking, automation.steps(booking, messages), cautions)
