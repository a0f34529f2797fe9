"""A booking: the agreement that sells a charter, and the money in it. Staff only."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from jada_flask.domain.house import CrewRole
from jada_flask.domain.margin import Margin, margin_of
from jada_flask.domain.money import Money
from jada_flask.domain.rates import House


class Status(StrEnum):
    """Where a booking stands with its source. Only `APPROVED` starts our work."""

    INQUIRY = "inquiry"
    PENDING = "pending"
    APPROVED = "approved"
    CANCELLED = "cancelled"


class CharterType(StrEnum):
    """In whose hands the vessel is: decides how many may come and who pays crew."""

    TIME_CHARTER = "time_charter"
    BAREBOAT = "bareboat"
    INSPECTED = "inspected"


@dataclass(frozen=True, slots=True)
class Guest:
    """Who chartered: the host of the party."""

    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything a source says about a booking, checked and in our own words.

    Two equal `Terms` are the same booking; a difference is an amendment.
    """

    source: str
    source_ref: str
    boat: str
    dock: str
    start: datetime  # aware, UTC
    duration_minutes: int
    guest: Guest
    party_size: int
    gross: Money
    time_zone: str  # of the dock
    status: Status = Status.APPROVED
    charter_type: CharterType = CharterType.TIME_CHARTER
    list_price: Money | None = None
    platform_fee: Money | None = None
    captain_id: str | None = None
    crew: tuple[CrewRole, ...] = ()
    special_requests: str = ""

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.duration_minutes)

    @property
    def places(self) -> tuple[CrewRole, ...]:
        """Every place aboard that somebody is asked to take, the captain's first."""
        captain = (CrewRole(self.captain_id, "captain"),) if self.captain_id else ()
        return captain + self.crew

    def changed(self, other: Terms) -> frozenset[str]:
        """The names of the fields in which they differ."""
        return frozenset(
            f.name
            for f in fields(self)
            if getattr(self, f.name) != getattr(other, f.name)
        )


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that a person should look at; it stops nothing."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A dated task that the marketplace or the house sets."""

    key: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as we keep it: its terms, what it earns, and what came of it."""

    booking_id: str
    terms: Terms
    margin: Margin
    taken_at: datetime
    revision: int = 1
    event_id: str | None = None  # while it is approved or was
    slug: str | None = None
    warnings: tuple[Caution, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    amended_at: datetime | None = None

    @property
    def charter_date(self) -> date:
        return local_start(self.terms).date()

    @property
    def cancelled(self) -> bool:
        return self.terms.status is Status.CANCELLED

    def amended(self, **changes: object) -> Booking:
        """The next revision of it."""
        return replace(self, revision=self.revision + 1, **changes)  # type: ignore[arg-type]


def local_start(terms: Terms) -> datetime:
    """When the charter starts, as the clock at the dock shows it."""
    return terms.start.astimezone(ZoneInfo(terms.time_zone))


def margin_for(terms: Terms, house: House) -> Margin:
    """What a booking earns at the house's rates."""
    operations, rates = house.operations, house.rates
    day = local_start(terms).date()
    return margin_of(
        terms.gross,
        duration_minutes=terms.duration_minutes,
        onsite_minutes=terms.duration_minutes
        + operations.setup_minutes
        + operations.cleanup_minutes,
        crew=terms.crew,
        captain_id=rates.captain_we_pay(terms.source, day, terms.captain_id),
        rates=rates,
        port_percent=rates.port_percent(terms.dock, day),
    )
