"""What the office's calendar comes to: by day, by month, by source. Staff only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from jada_flask.domain.calendar import CalendarEntry
from jada_flask.domain.earnings import Earnings
from jada_flask.domain.event import Event
from jada_flask.domain.money import Money
from jada_flask.domain.months import Month, months_of
from jada_flask.records.kinds import Kind
from jada_flask.records.money import CALENDAR
from jada_flask.records.operations import EVENT, stamp
from jada_flask.services.decades import by_decade
from jada_flask.unit_of_work import UnitOfWork

T = TypeVar("T")
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Slot:
    """One charter on its day: the event, the money, or both."""

    day: date
    event: Event | None
    entry: CalendarEntry | None

    @property
    def title(self) -> str:
        """For whom it is; a charter that a script entered is known by its source."""
        if self.event:
            return self.event.host or self.event.name
        return (self.entry.title or self.entry.source) if self.entry else ""

    @property
    def cancelled(self) -> bool:
        one = self.event or self.entry
        return one is not None and one.cancelled

    @property
    def net(self) -> Money | None:
        return self.entry.margin.net if self.entry else None


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month with its charters by day, and what they earn together."""

    month: Month
    days: dict[date, list[Slot]]
    earnings: Earnings
    cancelled: int


@dataclass(frozen=True, slots=True)
class Sum:
    """What some charters come to: those of a month, of a source, of a year."""

    label: str
    earnings: Earnings
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class YearView:
    """A year by month and by source."""

    year: int
    months: list[tuple[Month, Sum]]
    sources: list[Sum]
    total: Sum
    entries: list[CalendarEntry]


def month_view(
    work: UnitOfWork, month: Month, zones: Collection[ZoneInfo]
) -> MonthView:
    """A month as the calendar shows it, by the clocks of the docks.

    Two queries; one more where the docks' year ends or begins beside that of UTC, by
    which events are kept.
    """
    entries = _entries(work, month.first, month.last)
    events = [
        event
        for event in _events(work, month, zones)
        if Month.of(event.local_start.date()) == month
    ]
    days: dict[date, list[Slot]] = defaultdict(list)
    for slot in sorted(_slots(entries, events), key=_by_time):
        days[slot.day].append(slot)
    total = _sum_of("", entries)
    return MonthView(month, dict(days), total.earnings, total.cancelled)


def year_view(work: UnitOfWork, year: int) -> YearView:
    """A year by month, by source and together: one query."""
    entries = _entries(work, date(year, 1, 1), date(year, 12, 31))
    months = [
        (
            month,
            _sum_of(
                str(month),
                (one for one in entries if Month.of(one.charter_date) == month),
            ),
        )
        for month in months_of(year)
    ]
    sources = [
        _sum_of(source, (one for one in entries if one.source == source))
        for source in sorted({one.source for one in entries})
    ]
    sources.sort(key=lambda one: one.earnings.net, reverse=True)
    return YearView(year, months, sources, _sum_of(str(year), entries), entries)


def _sum_of(label: str, entries: Iterable[CalendarEntry]) -> Sum:
    """Cancelled charters are counted, but they earn nothing."""
    counted = list(entries)
    standing = [one.margin for one in counted if not one.cancelled]
    return Sum(label, Earnings.of(standing), len(counted) - len(standing))


def _slots(entries: Iterable[CalendarEntry], events: Iterable[Event]) -> Iterator[Slot]:
    """Entries and events side by side; what belongs together stands together."""
    left = {event.booking_id or event.event_id: event for event in events}
    for entry in entries:
        yield Slot(entry.charter_date, left.pop(entry.booking_id, None), entry)
    for event in left.values():
        yield Slot(event.local_start.date(), event, None)


def _by_time(slot: Slot) -> tuple[date, datetime, str]:
    """By day; what has no time comes first."""
    start = slot.event.start if slot.event else datetime.min.replace(tzinfo=UTC)
    return slot.day, start, slot.title


def _entries(work: UnitOfWork, first: date, last: date) -> list[CalendarEntry]:
    return _all(work, CALENDAR, "CALENDAR#", str(first), f"{last}#~")


def _events(work: UnitOfWork, month: Month, zones: Collection[ZoneInfo]) -> list[Event]:
    """The events of a month at any dock; where zones differ, a few more besides."""
    edges = [
        [datetime.combine(day, time.min, zone).astimezone(UTC) for zone in zones]
        for day in (month.first, month.next.first)
    ]
    return _all(work, EVENT, "", stamp(min(edges[0])), f"{stamp(max(edges[1]))}~")


def _all(work: UnitOfWork, kind: Kind[T], prefix: str, lo: str, hi: str) -> list[T]:
    """Every record from `lo` to `hi`; a month or a year is seldom more than a page."""
    found: list[T] = []
    after: Any = None
    while True:
        page, after = by_decade(work, kind, prefix, lo, hi, limit=_PAGE, after=after)
        found += [one.value for one in page]
        if after is None:
            return found
