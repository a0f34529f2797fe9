"""What the charters come to: a month on the calendar, a year in reports."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, request

from blueprints.dispatch import bp, plot, sheets
from jada_flask.domain.clock import day_of
from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.domain.months import Month
from jada_flask.records.operations import OPERATIONS
from jada_flask.services import house, rates, reports
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.access import STAFF, open_to
from jada_flask.web.context import begin, now
from jada_flask.web.pages import page
from jada_flask.web.sheets import csv_text

_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_YEARS = range(2000, 2200)


@bp.get("/dispatch/calendar")
@open_to(STAFF)
def calendar() -> str:
    """A month: `?month=2026-05`, else this one."""
    work = begin()
    work.ahead((OPERATIONS,))
    docks = house.operations(work).docks
    today = _today(work)
    asked = request.args.get("month")
    month = Month.parse(asked) if asked else Month.of(today)
    view = reports.month_view(work, month, {dock.zone for dock in docks})
    return page(
        "dispatch/calendar.html", view=view, month=month, today=today, week=_WEEKDAYS
    )


@bp.get("/dispatch/reports")
@open_to(STAFF)
def margins() -> Any:
    """A year's margin by month and source; `?format=csv` as a sheet.

    With `&of=charters` the sheet has a line for each charter.
    """
    work = begin()
    rates.house(work)
    today = _today(work)
    view = reports.year_view(work, _year(today))
    if request.args.get("format") == "csv":
        return _sheet(view)
    names = {one.source: one.name for one in rates.house(work).rates.schedules}
    return page(
        "dispatch/reports.html",
        view=view,
        plot=plot.drawn(view),
        months=[
            (month.name, f"/dispatch/calendar?month={month}", one)
            for month, one in view.months
        ],
        sources=[
            (names.get(one.label, one.label.capitalize()), None, one)
            for one in view.sources
        ],
    )


def _sheet(view: reports.YearView) -> Response:
    of = request.args.get("of", "months")
    rows = sheets.charters(view) if of == "charters" else sheets.months(view)
    name = f"jada-{of if of == 'charters' else 'margin'}-{view.year}.csv"
    return Response(
        csv_text(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _year(today: date) -> int:
    asked = request.args.get("year", str(today.year))
    if not (asked.isascii() and asked.isdigit() and int(asked[:6]) in _YEARS):
        raise InvalidError(Fault("year", "A year like 2026."))
    return int(asked)


def _today(work: UnitOfWork) -> date:
    """The day at the first dock."""
    return day_of(now(), house.operations(work).docks[0].zone)
