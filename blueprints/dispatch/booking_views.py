"""A booking by hand."""

from __future__ import annotations

from typing import Any

from flask import redirect, request

from blueprints.dispatch import booking_page, bp
from blueprints.dispatch.booking_form import BookingForm
from jada_flask.domain.booking import Booking, Terms
from jada_flask.domain.errors import ConflictError, Fault
from jada_flask.domain.ids import booking_id as id_of
from jada_flask.domain.margin import Margin
from jada_flask.domain.rates import House
from jada_flask.domain.staff import Right
from jada_flask.records.money import BOOKING
from jada_flask.services import bookings, rates
from jada_flask.services.bookings import Outcome
from jada_flask.web.access import STAFF, caller, open_to
from jada_flask.web.context import begin, now
from jada_flask.web.pages import page
from jada_flask.web.writes import attempted

_SAYS = {
    Outcome.CREATED: "taken",
    Outcome.AMENDED: "amended",
    Outcome.UNCHANGED: "unchanged",
}


@bp.get("/dispatch/bookings/new")
@open_to(STAFF, right=Right.WORK)
def new_booking() -> str:
    """An empty form, or one for the day that the calendar was asked about."""
    house = rates.house(begin())
    return _shown(booking_page.blank(house, request.args.get("date", "")[:10]))


@bp.get("/dispatch/bookings/<booking_id>/change")
@open_to(STAFF, right=Right.WORK)
def change_booking(booking_id: str) -> str:
    """The form of a booking that is here."""
    work = begin()
    known = work.need(BOOKING, booking_id, otherwise="There is no such booking.")
    form = booking_page.filled(rates.house(work), known)
    return _shown(form, known=known, margin=known.margin)


@bp.post("/dispatch/bookings/new")
@open_to(STAFF)
def enter_booking() -> Any:
    """Take the booking; or only work out its margin, which writes nothing."""
    work = begin()
    house = rates.house(work)
    form = booking_page.sent(house, request.form)
    margin = _margin(form, house) if "reckon" in request.form else None
    if margin:
        return _shown(form, margin=margin)
    terms = None if "reckon" in request.form else form.terms(house.operations)
    if terms is None:
        return _shown(form), 422
    known = work.get(BOOKING, id_of(terms.source, terms.source_ref))
    if known and known.terms != terms and not form.amend.data:
        form.blame(Fault("source_ref", "A booking with this number is here already."))
        return _shown(form, known=known), 422
    return _taken(form, terms)


def _taken(form: BookingForm, terms: Terms) -> Any:
    by, at = caller().actor, now()
    try:
        taken = attempted(lambda work: bookings.take_booking(work, terms, by=by, at=at))
    except ConflictError as error:
        form.form_errors.append(str(error))
        return _shown(form), 409
    event_id = taken.booking.event_id
    there = f"/dispatch/events/{event_id}" if event_id else "/dispatch"
    said = _SAYS[taken.outcome] if event_id else "kept"
    return redirect(f"{there}?said={said}", 303)


def _margin(form: BookingForm, house: House) -> Margin | None:
    asked = form.what_if(house.operations)
    return asked.margin(house.rates, now().date()) if asked else None


def _shown(
    form: BookingForm, *, known: Booking | None = None, margin: Margin | None = None
) -> str:
    return page("dispatch/booking_form.html", form=form, known=known, margin=margin)
