"""The rows in which one ticks who crews, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, Form, HiddenField, SelectField

from blueprints.dispatch.forms import options
from jada_flask.domain.house import CrewRole, Operations, Person

CAPTAIN = "captain"


class PlaceForm(Form):
    """One member of the crew: aboard or not, and as what."""

    crew_id = HiddenField()
    aboard = BooleanField()
    role = SelectField("Role", validate_choice=False)


def rows(operations: Operations, wanted: Iterable[CrewRole]) -> list[dict[str, Any]]:
    """One row for everybody who can crew, with those ticked who are to be asked."""
    as_what = {place.crew_id: place.role for place in wanted}
    return [
        {
            "crew_id": person.crew_id,
            "aboard": person.crew_id in as_what,
            "role": as_what.get(person.crew_id, next(iter(_roles(person)), "")),
        }
        for person in operations.people
        if person.crew_id in as_what or (person.active and _roles(person))
    ]


def dress(crew: Iterable[Any], operations: Operations) -> None:
    """Name who is in each row, and offer what each can do."""
    people = {person.crew_id: person for person in operations.people}
    for place in crew:
        who, role = place.form.crew_id.data or "", place.form.role
        person = people.get(who)
        place.form.aboard.label.text = person.name if person else who
        roles = _roles(person) if person else []
        if role.data and role.data not in roles:
            roles.append(role.data)
        role.choices = options(*((one, one.capitalize()) for one in roles))


def captains(operations: Operations, chosen: str | None) -> list[Any]:
    """Who can be captain, whoever is chosen among them, or nobody."""
    found = (
        (person.crew_id, person.name)
        for person in operations.people
        if CAPTAIN in person.roles and (person.active or person.crew_id == chosen)
    )
    return options(("", "Nobody of ours"), *found)


def aboard(crew: Iterable[Any]) -> list[Any]:
    """The rows that are ticked."""
    return [place.form for place in crew if place.form.aboard.data]


def places(crew: Iterable[Any]) -> list[dict[str, Any]]:
    """Who is ticked, as a body names them."""
    return [
        {"crew_id": place.crew_id.data, "role": place.role.data}
        for place in aboard(crew)
    ]


def _roles(person: Person) -> list[str]:
    return [role for role in person.roles if role != CAPTAIN]
