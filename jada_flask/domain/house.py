"""House data: the boats, docks, people and tasks, and apart from them the rates.

`Operations` may be seen by everybody who works aboard. `Rates` is money and lives in
a table of money. Both have a default in the repository and are edited in the store.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.domain.money import Money


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
    certified_passengers: int | None = None  # her certificate of inspection, if she has one


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

    `title` may name ``{guests}``, ``{boat}`` and ``{dock}``; `anchor` is ``call``,
    ``departure`` or ``return``.
    """

    key: str
    title: str
    anchor: str
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


@dataclass(frozen=True, slots=True)
class PortFee:
    """What a dock asks for: so many percent of gross, from a day on."""

    dock: str
    percent: Decimal
    since: date = date.min


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """What a source of bookings keeps, and how it treats the captain's fee, from a day on."""

    source: str
    name: str
    percent: Decimal  # of the list price
    tolerance: Decimal = Decimal("2")  # percentage points before we call it odd
    marketplace: bool = True  # money off its platform is against its rules
    captain_on_top: bool = False  # a captain's fee comes on top of the price
    captain_paid_through: bool = False  # and it is paid through to the operator
    since: date = date.min


@dataclass(frozen=True, slots=True)
class Rates:
    """Every rate of the house. Money: staff only."""

    crew_hourly: Money
    captain_hourly: Money
    port_fee_percent: Decimal  # where a dock has no fee of its own
    port_fees: tuple[PortFee, ...] = ()
    schedules: tuple[FeeSchedule, ...] = ()
    personal_hourly: dict[str, Money] | None = None  # by crew_id, in place of the above
    payment_methods: tuple[str, ...] = ("zelle", "paypal")  # beside card, cash, check, ach

    def port_percent(self, dock: str, day: date) -> Decimal:
        """The percent that is in force at a dock on a day."""
        fees = [fee for fee in self.port_fees if fee.dock == dock and fee.since <= day]
        if not fees:
            return self.port_fee_percent
        return max(fees, key=lambda fee: fee.since).percent

    def schedule(self, source: str, day: date) -> FeeSchedule | None:
        """The schedule of a source that is in force on a day; None for an unknown source."""
        known = [s for s in self.schedules if s.source == source and s.since <= day]
        return max(known, key=lambda s: s.since) if known else None

    def hourly(self, crew_id: str, otherwise: Money) -> Money:
        return (self.personal_hourly or {}).get(crew_id, otherwise)


@dataclass(frozen=True, slots=True)
class House:
    """Both halves together, for the office."""

    operations: Operations
    rates: Rates


def _unknown(field: str, noun: str, given: str, known: Iterable[str]) -> InvalidError:
    names = ", ".join(known)
    return InvalidError(Fault(field, f"There is no {noun} {given[:40]!r}. Known: {names}."))
