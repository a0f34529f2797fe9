"""Local time at a dock and moments in UTC, across the days when the clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jada_flask.domain.errors import Fault, InvalidError

_YEARS = range(2000, 2200)


def start_of(
    day: date, at: time, zone: ZoneInfo, field: str = "start_time"
) -> datetime:
    """The moment, in UTC, when the clock of the zone shows this time on this day.

    Refuses a time that the clock skips or shows twice: only the sender can know which
    moment was meant.
    """
    if day.year not in _YEARS:
        raise _wrong(field, f"The year {day.year} cannot be right.")
    if at.tzinfo is not None:
        raise _wrong(
            field, "Give the time as the clock at the dock shows it, like 16:30."
        )
    local = datetime.combine(day, at, zone)
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    skipped = first.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None)
    happens = "does not exist" if skipped else "happens twice"
    raise _wrong(
        field,
        f"{at:%H:%M} {happens} on {day.isoformat()}: the clock changes then. Give "
        f"`start` with an offset instead, like {second.astimezone(zone).isoformat()}.",
    )


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The date on the dock's calendar."""
    return moment.astimezone(zone).date()


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, when this day is over at the dock."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, zone)
    return midnight.astimezone(UTC)


def days_later(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time by the dock's clock, so many days later or (negative) earlier.

    A time that the clock skips on that day becomes the one an hour on; of a time that
    it shows twice, the first counts.
    """
    local = moment.astimezone(zone)
    moved = datetime.combine(local.date() + timedelta(days=days), local.time(), zone)
    return moved.astimezone(UTC)


def _wrong(field: str, message: str) -> InvalidError:
    return InvalidError(Fault(field, message))
