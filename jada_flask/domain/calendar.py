"""A calendar entry: the authoritative financial record of a booking. Staff only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jada_flask.domain.margin import Margin


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One charter in the office's calendar, with what it earns."""

    entry_id: str
    event_type: str
    source: str
    charter_date: date
    duration_minutes: int
    margin: Margin
    booking_id: str = ""  # empty where a script of the office sent the entry by itself
    title: str = ""
    cancelled: bool = False
