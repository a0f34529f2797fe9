"""House data: the boats, docks, people and tasks. The rates are in `rates.py`, apart.

It has a default in the repository and is edited in the store.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from jada_flask.domain.errors import Fault, InvalidError

Anchor = Literal["call", "departure", "middle", "return", "sunset"]


@dataclass(frozen=True, slots=True)
class CrewRole:
    """One place aboard and who is asked to take it."""

    crew_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Boat:
    """A vessel and the crew that usually sails her."""

    boat_id: str
    name: str
    description: str
    standard_captain: str
    standard_crew: tuple[CrewRole, ...]
    certified_passengers: int | None = None  # as her certificate of inspection says


@dataclass(frozen=True, slots=True)
class Dock:
    """Where guests and crew come aboard."""

    dock_id: str
    name: str
    address: str
    directions: str
    parking: str
    latitude: float
    longitude: float
    time_zone: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Person:
    """A captain or crew member who can be asked."""

    crew_id: str
    name: str
    email: str
    roles: tuple[str, ...]
    phone: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class TaskTemplate:
    """One line of a checklist: so many minutes from an anchor of the charter.

    `title` may name ``{guests}``, ``{boat}`` and ``{dock}``. What is anchored at sunset
    is there only where the charter ends in the dark.
    """

    key: str
    title: str
    anchor: Anchor
    minutes: int
    role: str = ""  # empty: whoever is aboard
    after_sunset: bool = False  # only where the charter ends in the dark


@dataclass(frozen=True, slots=True)
class Operations:
    """What everybody aboard may know about the house."""

    operator_name: str
    operator_email: str
    operator_phone: str
    boats: tuple[Boat, ...]
    docks: tuple[Dock, ...]
    people: tuple[Person, ...]
    checklist: tuple[TaskTemplate, ...]
    setup_minutes: int = 60
    cleanup_minutes: int = 60
    buffer_minutes: int = 60  # between two charters of one boat or one person

    def boat(self, boat_id: str, field: str = "boat") -> Boat:
        for boat in self.boats:
            if boat.boat_id == boat_id:
                return boat
        raise _unknown(field, "boat", boat_id, (boat.boat_id for boat in self.boats))

    def dock(self, dock_id: str, field: str = "dock") -> Dock:
        for dock in self.docks:
            if dock.dock_id == dock_id:
                return dock
        raise _unknown(field, "dock", dock_id, (dock.dock_id for dock in self.docks))

    def person(self, crew_id: str, field: str = "crew_id") -> Person:
        for person in self.people:
            if person.crew_id == crew_id:
                return person
        raise _unknown(field, "crew member", crew_id, (p.crew_id for p in self.people))


def _unknown(field: str, noun: str, given: str, known: Iterable[str]) -> InvalidError:
    sentence = f"There is no {noun} {given[:40]!r}. Known: {', '.join(known)}."
    return InvalidError(Fault(field, sentence))
