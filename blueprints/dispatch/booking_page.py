"""The form of a booking by hand as it is first shown, and what one chooses from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import MultiDict

from blueprints.dispatch.booking_form import DIRECT, BookingForm, draw_reference
from blueprints.dispatch.forms import option, options
from jada_flask.domain.booking import Booking, local_start
from jada_flask.domain.house import Boat, CrewRole, Operations, Person
from jada_flask.domain.money import Money
from jada_flask.domain.rates import House
from jada_flask.domain.summary import hours

_CAPTAIN = "captain"


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
        "crew": _places(house.operations, boat.standard_crew),
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
        "gross_revenue": _amount(terms.gross),
        "list_price": _amount(terms.list_price),
        "platform_fee": _amount(terms.platform_fee),
        "captain_id": terms.captain_id or "",
        "crew": _places(house.operations, terms.crew),
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
    captains = (
        (person.crew_id, person.name)
        for person in operations.people
        if _CAPTAIN in person.roles and _asked(person, form.captain_id.data)
    )
    form.captain_id.choices = options(("", "Nobody of ours"), *captains)
    people = {person.crew_id: person for person in operations.people}
    for place in form.crew:
        who, role = place.form.crew_id.data or "", place.form.role
        person = people.get(who)
        place.form.aboard.label.text = person.name if person else who
        roles = _roles(person) if person else []
        if role.data and role.data not in roles:
            roles.append(role.data)
        role.choices = options(*((one, one.capitalize()) for one in roles))
    return form


def _places(operations: Operations, aboard: Iterable[CrewRole]) -> list[dict[str, Any]]:
    """One row for everybody who can crew, with those ticked who are to be asked."""
    roles = {place.crew_id: place.role for place in aboard}
    return [
        {
            "crew_id": person.crew_id,
            "aboard": person.crew_id in roles,
            "role": roles.get(person.crew_id, next(iter(_roles(person)), "")),
        }
        for person in operations.people
        if person.crew_id in roles or (person.active and _roles(person))
    ]


def _roles(person: Person) -> list[str]:
    return [role for role in person.roles if role != _CAPTAIN]


def _asked(person: Person, chosen: str | None) -> bool:
    return person.active or person.crew_id == chosen


def _offer(boat: Boat) -> Any:
    """A boat, with the people whom the page's script proposes for it."""
    crew = (f"{place.crew_id}:{place.role}" for place in boat.standard_crew)
    return option(
        boat.boat_id, boat.name, captain=boat.standard_captain, crew=" ".join(crew)
    )


def _amount(money: Money | None) -> str:
    """As people type it: without the sign that stands before the control."""
    return f"{money.dollars:,.2f}" if money else ""
