"""Crew events that come without a booking, from another service. No money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex
from typing import Any

from jada_flask.domain.audit import Actor
from jada_flask.domain.crew import CrewAssignment
from jada_flask.domain.errors import ConflictError
from jada_flask.domain.event import Event
from jada_flask.domain.house import CrewRole, Operations
from jada_flask.domain.places import check_places, places_of
from jada_flask.records.operations import EVENT
from jada_flask.services import events
from jada_flask.services.house import operations
from jada_flask.unit_of_work import UnitOfWork

# What a booking decides; there it is changed, and from there it reaches everybody.
_SOLD = ("event_date", "duration_minutes", "crew_assignments", "captain_id", "location")


@dataclass(frozen=True, slots=True)
class Entered:
    """A crew event and everybody who was ever asked."""

    event: Event
    places: list[CrewAssignment]


def enter(
    work: UnitOfWork, data: Mapping[str, Any], *, by: Actor, at: datetime
) -> Entered:
    """Keep a new crew event and ask its crew."""
    house = operations(work)
    places = _places(data["crew_assignments"], data["captain_id"], house)
    event = Event(
        event_id=f"EV_{token_hex(10)}",
        name=data["event_name"],
        start=data["event_date"],
        duration_minutes=data["duration_minutes"],
        time_zone=house.docks[0].time_zone,
        location=data["location"] or house.docks[0].name,
        notes=data["notes"],
    )
    asked = events.launch(
        work, event, places, house, at=at, onsite=_onsite(data["crew_assignments"])
    )
    entered = Entered(event, asked)
    work.commit(by=by, did="event.entered", at=at, about=event.event_id, result=entered)
    return entered


def change(
    work: UnitOfWork, event_id: str, data: Mapping[str, Any], *, by: Actor, at: datetime
) -> Entered:
    """Change what the crew sees; whom it concerns is told. Nothing new changes nothing.

    Raises `NotFoundError`, and `ConflictError` for what the event's booking decides.
    """
    before = work.need(EVENT, event_id, otherwise="There is no such event.")
    if before.cancelled:
        raise ConflictError("This event is cancelled; it cannot be changed any more.")
    if before.booking_id and (sold := [name for name in _SOLD if name in data]):
        raise ConflictError(
            f"{', '.join(sold)}: this event belongs to booking {before.booking_id}. "
            "Amend the booking instead, so that every copy changes with it."
        )
    house = operations(work)
    known = events.assignments(work, event_id)
    after = replace(
        before,
        name=data.get("event_name", before.name),
        start=data.get("event_date", before.start),
        duration_minutes=data.get("duration_minutes", before.duration_minutes),
        location=data.get("location", before.location),
        notes=data.get("notes", before.notes),
    )
    places = _changed_places(data, known, house)
    event = events.amend(work, before, after, places, house, at=at)
    entered = Entered(event, _after(known, work.saved(CrewAssignment)))
    if event == before:
        work.settle(entered)
    else:
        work.commit(by=by, did="event.changed", at=at, about=event_id, result=entered)
    return entered


def _changed_places(
    data: Mapping[str, Any], known: list[CrewAssignment], house: Operations
) -> tuple[CrewRole, ...]:
    """Who is wanted: as sent, and as it was where nothing is sent."""
    aboard = [one for one in known if not one.removed]
    captain = next((one.crew_id for one in aboard if one.role == "captain"), None)
    listed = data.get("crew_assignments")
    if listed is None:
        listed = [
            {"crew_id": one.crew_id, "role": one.role}
            for one in aboard
            if one.role != "captain"
        ]
    return _places(listed, data.get("captain_id", captain), house)


def _places(
    listed: list[Mapping[str, Any]], captain_id: str | None, house: Operations
) -> tuple[CrewRole, ...]:
    crew = places_of(listed)
    check_places(crew, captain_id, house, listing="crew_assignments")
    captain = (CrewRole(captain_id, "captain"),) if captain_id else ()
    return captain + crew


def _onsite(listed: list[Mapping[str, Any]]) -> dict[str, int]:
    """Minutes on site, for whom they are given."""
    return {
        place["crew_id"]: place["duration_hours"]
        for place in listed
        if place.get("duration_hours")
    }


def _after(
    known: list[CrewAssignment], saved: list[CrewAssignment]
) -> list[CrewAssignment]:
    """The assignments as they stand once the changes are written."""
    now = {one.crew_id: one for one in known} | {one.crew_id: one for one in saved}
    return list(now.values())
