"""Spans of days that a list is asked for."""

from __future__ import annotations

from datetime import date, timedelta

from flask import request

from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.web.context import now

_LONGEST = timedelta(days=366 * 5)
_YEARS = range(2000, 2200)


def asked_days(default: timedelta = timedelta(days=366)) -> tuple[date, date]:
    """`?from=` and `?to=`, both included.

    Today and a year on where they are left out, the year before where only `to` is
    given and lies in the past.
    """
    first, last = _day("from"), _day("to")
    if first is None:
        first = now().date() - timedelta(days=1)
        if last is not None and last < first:
            first = max(last - default, date(_YEARS.start, 1, 1))
    if last is None:
        last = first + default
    return _checked(first, last)


def reported_days() -> tuple[date, date]:
    """`?from=` and `?to=` of a report.

    The month up to today where they are left out.
    """
    last = _day("to") or now().date()
    first = _day("from") or last - timedelta(days=30)
    return _checked(first, last)


def _checked(first: date, last: date) -> tuple[date, date]:
    if last < first:
        raise InvalidError(Fault("to", "This day is before `from`."))
    if last - first > _LONGEST:
        raise InvalidError(Fault("to", "Ask for five years at most."))
    return first, last


def _day(name: str) -> date | None:
    text = request.args.get(name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        raise InvalidError(Fault(name, "A date like 2026-05-30, from 2000 to 2199."))
    return day
