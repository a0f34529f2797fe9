"""The office's calendar: the financial record of each charter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from secrets import token_hex
from typing import Any

from jada_flask.domain.audit import Actor
from jada_flask.domain.calendar import CalendarEntry
from jada_flask.domain.margin import Margin
from jada_flask.records.money import CALENDAR
from jada_flask.services.decades import by_decade
from jada_flask.unit_of_work import UnitOfWork


def enter(
    work: UnitOfWork,
    data: Mapping[str, Any],
    margin: Margin,
    *,
    by: Actor,
    at: datetime,
) -> CalendarEntry:
    """Keep an entry that a script of the office sent."""
    entry = CalendarEntry(
        entry_id=f"CAL_{token_hex(8)}",
        event_type=str(data["event_type"]),
        source=data["source"],
        charter_date=data["charter_date"],
        duration_minutes=data["duration_hours"],
        margin=margin,
    )
    work.save(CALENDAR, entry)
    work.commit(
        by=by, did="calendar.entered", at=at, about=entry.entry_id, result=entry
    )
    return entry


def one(work: UnitOfWork, entry_id: str) -> CalendarEntry:
    return work.need(CALENDAR, entry_id, otherwise="There is no such calendar entry.")


def by_date(
    work: UnitOfWork, first: date, last: date, *, limit: int, after: Any = None
) -> tuple[list[CalendarEntry], Any]:
    """Entries from one day to another, both included, and where to go on."""
    found, more = by_decade(
        work, CALENDAR, "CALENDAR#", str(first), f"{last}#~", limit=limit, after=after
    )
    return [one.value for one in found], more
