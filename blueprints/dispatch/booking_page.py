"""The form of a booking by hand as it is first shown, and what one chooses from."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from blueprints.dispatch.booking_form import DIRECT, BookingForm, draw_reference
from blueprints.dispatch.crew_rows import captains, dress, rows
from blueprints.dispatch.forms import option, options, typed_amount
from jada_flask.domain.booking import Booking, local_start
from jada_flask.domain.house import Boat
from jada_flask.domain.rates import House
from jada_flask.domain.summary import hours


def blank(house: House, day: str) -> BookingForm:
    """A form for a booking that we made ourselves, with the boat's usual people."""
    boat = house.operations.boats[0]
    usual = {
        "source": DIRECT,
        "source_ref": draw_reference(),
        "boat": boat.boat_id,
        "dock": house.operations.docks[0].dock_id,
        "charter_date": day,
        "captain_id": boat.standard_captain,
        "crew": rows(house.operations, boat.standard_crew),
    }
    return _dressed(BookingForm(data=usual), house)


def sent(house: House, typed: MultiDict[str, str]) -> BookingForm:
    """The form as somebody filled it in."""
    return _dressed(BookingForm(typed), house)


def filled(house: House, booking: Booking) -> BookingForm:
    """The form of a booking that is here, for whoever wants to change it."""
    terms = booking.terms
    start = local_start(terms)
    known = {
        "source": terms.source,
        "source_ref": terms.source_ref,
        "status": terms.status.value,
        "charter_type": terms.charter_type.value,
        "boat": terms.boat,
        "dock": terms.dock,
        "charter_date": start.date().isoformat(),
        "start_time": f"{start:%H:%M}",
        "duration_hours": str(hours(terms.duration_minutes)),
        "guest_name": terms.guest.name,
        "guest_email": terms.guest.email,
        "guest_phone": terms.guest.phone,
        "party_size": str(terms.party_size),
        "gross_revenue": typed_amount(terms.gross),
        "list_price": typed_amount(terms.list_price),
        "platform_fee": typed_amount(terms.platform_fee),
        "captain_id": terms.captain_id or "",
        "crew": rows(house.operations, terms.crew),
        "special_requests": terms.special_requests,
        "amend": True,
    }
    return _dressed(BookingForm(data=known), house)


def _dressed(form: BookingForm, house: House) -> BookingForm:
    """Offer what the house has."""
    operations = house.operations
    names = {one.source: one.name for one in house.rates.schedules}
    names = {DIRECT: "Direct"} | names
    if form.amend.data:  # it may have come from where nothing comes from any more
        source = form.source.data or DIRECT
        names.setdefault(source, source.capitalize())
    form.source.choices = options(*names.items())
    form.boat.choices = [_offer(boat) for boat in operations.boats]
    form.dock.choices = options(*((one.dock_id, one.name) for one in operations.docks))
    form.captain_id.choices = captains(operations, form.captain_id.data)
    dress(form.crew, operations)
    return form


def _offer(boat: Boat) -> Any:
    """A boat, with the people whom the page's script proposes for it."""
    crew = (f"{place.crew_id}:{place.role}" for place in boat.standard_crew)
    return option(
        boat.boat_id, boat.name, captain=boat.standard_captain, crew=" ".join(crew)
    )
