"""Reports as sheets for a spreadsheet, in which no cell is ever a formula."""

from __future__ import annotations

from collections.abc import Iterable

from jada_flask.domain.calendar import CalendarEntry
from jada_flask.domain.earnings import Earnings
from jada_flask.domain.summary import hours
from jada_flask.services.reports import Sum, YearView
from jada_flask.web.sheets import Row

_LINES = ("gross", "crew_cost", "captain_cost", "port_fee", "net")


def months(view: YearView) -> Iterable[Row]:
    """A line a month, and the year's beneath."""
    yield "month", "charters", "cancelled", *_LINES, "currency"
    for _, month in view.months:
        yield _line(month)
    yield _line(view.total)


def charters(view: YearView) -> Iterable[Row]:
    """A line a charter."""
    head = ("date", "source", "title", "hours", "cancelled", *_LINES, "currency")
    yield *head, "booking_id"
    for entry in view.entries:
        yield (
            entry.charter_date,
            entry.source,
            entry.title,
            hours(entry.duration_minutes),
            "yes" if entry.cancelled else "no",
            *_amounts(entry),
            "USD",
            entry.booking_id,
        )


def _line(one: Sum) -> Row:
    amounts = _amounts_of(one.earnings)
    return one.label, one.earnings.charters, one.cancelled, *amounts, "USD"


def _amounts(entry: CalendarEntry) -> list[str]:
    return [getattr(entry.margin, line).plain for line in _LINES]


def _amounts_of(earnings: Earnings) -> list[str]:
    return [getattr(earnings, line).plain for line in _LINES]
