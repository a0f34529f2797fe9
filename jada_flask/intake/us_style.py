"""Dates, times, money and counts as American mails write them.

Each reader takes the whole value or raises `ValueError` with the rest of a sentence
that begins with what it is; none of them guesses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time

from jada_flask.domain.money import Money

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_DAYS = "mon tue wed thu fri sat sun"
_DATE = (
    r"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +)?"
    r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? +"
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,? +(?P<year>[0-9]{4})"
)
_CLOCK = r"(1[0-2]|0?[1-9])(?::([0-5][0-9]))? ?([ap])\.?m\.?"
_ZONE = r"(?: *\(?(?P<zone>[a-z]{1,3}t)\)?)?"
_DATE_ALONE = re.compile(_DATE, re.IGNORECASE)
_CLOCK_ALONE = re.compile(_CLOCK + _ZONE, re.IGNORECASE)
_SPAN = re.compile(
    rf"(?P<date>{_DATE})(?:,| at| from|,? *[·|])? +"
    rf"(?P<start>{_CLOCK}) *(?:-|–|—|to|until) *(?P<end>{_CLOCK}){_ZONE}",
    re.IGNORECASE,
)
_DOLLARS = re.compile(
    r"(?:US)?\$ ?([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{2})?|[0-9]{1,9}(?:\.[0-9]{2})?)"
    r"(?: USD)?"
)
_MINUS = re.compile("^[-–−] ?")
_LENGTH = re.compile(
    r"(?:(?P<hours>[0-9]{1,3}(?:\.[0-9]{1,2})?) ?(?:h|hrs?|hours?))?"
    r"(?:,? ?(?:and )?(?P<minutes>[0-9]{1,3}) ?(?:m|mins?|minutes?))?",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"([0-9]{1,3})(?: (?:guests?|people|persons?|passengers?))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, and the abbreviation of its zone where one is given."""

    at: time
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A day with a start, and an end where that is given."""

    day: date
    start: Clock
    end: Clock | None


def read_date(text: str) -> date:
    """``Saturday, May 30, 2026``; a weekday that does not fit is refused."""
    return _date(_DATE_ALONE.fullmatch(text))


def read_clock(text: str) -> Clock:
    """``4:30 PM`` or ``4 PM PDT``."""
    match = _CLOCK_ALONE.fullmatch(text)
    if not match:
        raise ValueError("is no time such as 4:30 PM")
    return Clock(_time(match[1], match[2], match[3]), (match["zone"] or "").upper())


def read_span(text: str) -> Span:
    """``Sat, May 30, 2026, 4:30 PM - 7:30 PM (PDT)``."""
    match = _SPAN.fullmatch(text)
    if not match:
        raise ValueError("is no day with two times, such as May 30, 2026, 4 PM - 7 PM")
    zone = (match["zone"] or "").upper()
    start = Clock(read_clock(match["start"]).at, zone)
    return Span(
        read_date(match["date"]), start, Clock(read_clock(match["end"]).at, zone)
    )


def read_money(text: str) -> Money:
    """``$1,250.50``; only dollars, and never less than nothing."""
    match = _DOLLARS.fullmatch(text)
    if not match:
        raise ValueError("is no amount in US dollars such as $840.75")
    return Money.parse(match[1].replace(",", ""))


def read_fee(text: str) -> Money:
    """As `read_money`; a fee may also be shown as what is taken off."""
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    return read_money(_MINUS.sub("", text))


def read_minutes(text: str) -> int:
    """``3 hours``, ``2.5 hrs``, ``1 hour 30 minutes``."""
    match = _LENGTH.fullmatch(text)
    if not match:
        raise ValueError("is no length of time such as 3 hours")
    hours = Money.parse(match["hours"] or "0").cents  # hundredths of an hour
    minutes, odd = divmod(hours * 60, 100)
    if odd:
        raise ValueError("does not come to whole minutes")
    return minutes + int(match["minutes"] or 0)


def read_count(text: str) -> int:
    """``4`` or ``4 guests``."""
    match = _COUNT.fullmatch(text)
    if not match:
        raise ValueError("is no number of guests such as 4")
    return int(match[1])


def _date(match: re.Match[str] | None) -> date:
    if not match:
        raise ValueError("is no date such as May 30, 2026")
    month = _MONTHS.index(match["month"].lower()) // 4 + 1
    try:
        day = date(int(match["year"]), month, int(match["day"]))
    except ValueError:
        raise ValueError("is no day in the calendar") from None
    weekday = match["weekday"]
    if weekday and _DAYS.index(weekday.lower()) // 4 != day.weekday():
        raise ValueError(f"names the wrong weekday: it is a {day:%A}")
    return day


def _time(hour: str, minute: str | None, half: str) -> time:
    noon = 12 if half.lower() == "p" else 0
    return time(int(hour) % 12 + noon, int(minute or 0))
