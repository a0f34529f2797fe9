"""An event: one charter as crew and guests may see it. It never holds money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class EventStatus(StrEnum):
    """Whether it takes place."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Event:
    """When, where, on which boat and for whom."""

    event_id: str
    name: str
    start: datetime  # aware, UTC
    duration_minutes: int
    time_zone: str
    location: str
    revision: int = 1
    status: EventStatus = EventStatus.SCHEDULED
    boat: str = ""
    boat_name: str = ""
    dock: str = ""
    host: str = ""
    party_size: int = 0
    notes: str = ""
    slug: str = ""  # of its guest page; empty where it has none
    booking_id: str = ""  # empty where it came without a booking

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.duration_minutes)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def local_start(self) -> datetime:
        return self.start.astimezone(self.zone)

    @property
    def cancelled(self) -> bool:
        return self.status is EventStatus.CANCELLED


@dataclass(frozen=True, slots=True)
class Patron:
    """A person on a roster. What is due and paid is kept with the money."""

    event_id: str
    patron_id: str
    name: str
    email: str
    phone: str = ""
    minor: bool = False
    host: bool = False  # who booked
