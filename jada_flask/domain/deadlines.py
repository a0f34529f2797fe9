"""What a marketplace wants done by when: windows as data, around a charter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from jada_flask.domain.booking import Deadline, Status, Terms
from jada_flask.domain.clock import days_later

_ZERO = timedelta(0)
_OPEN = (Status.INQUIRY, Status.PENDING)
_APPROVED = (Status.APPROVED,)


@dataclass(frozen=True, slots=True)
class Window:
    """One line of a marketplace's rules: so long before or after an anchor.

    Days are counted on the dock's calendar, `span` by the clock.
    """

    key: str
    title: str
    anchor: Literal["taken", "start", "middle", "end"]
    statuses: tuple[Status, ...]
    days: int = 0
    business_days: int = 0
    span: timedelta = _ZERO
    by_start: bool = False  # never later than the start of the charter
    ahead: bool = False  # only where the booking came before it


_BOATSETTER = (
    Window(
        "inquiry_expires",
        "Inquiry expires: answer or send an offer before",
        "start",
        (Status.INQUIRY,),
    ),
    Window(
        "request_expires",
        "Request expires: accept or decline before",
        "taken",
        (Status.PENDING,),
        span=timedelta(hours=72),
        by_start=True,
    ),
    Window(
        "balance_charged",
        "Guest's balance is charged; a failure cancels the booking",
        "start",
        _APPROVED,
        days=-30,
        ahead=True,
    ),
    Window(
        "penalty_begins",
        "Last moment to cancel without the owner's penalty of 20 %",
        "start",
        _APPROVED,
        days=-7,
        ahead=True,
    ),
    Window(
        "check_in_opens",
        "Check-in form opens",
        "start",
        _APPROVED,
        span=timedelta(hours=-1),
    ),
    Window("check_in_closes", "Check-in form closes", "middle", _APPROVED),
    Window(
        "check_out_closes",
        "Check-out form closes; claims need it",
        "end",
        _APPROVED,
        span=timedelta(hours=1),
    ),
    Window(
        "claim_by",
        "Last moment to report damage",
        "end",
        _APPROVED,
        span=timedelta(hours=48),
    ),
    Window(
        "payout_expected",
        "Payout may arrive from today on",
        "end",
        _APPROVED,
        business_days=2,
    ),
    Window(
        "payout_overdue",
        "Payout should be there; ask where it is",
        "end",
        _APPROVED,
        business_days=3,
    ),
)
_GETMYBOAT = (
    Window("request_expires", "Request expires: answer before", "start", _OPEN),
    Window(
        "payout_expected",
        "Payout may arrive from today on",
        "end",
        _APPROVED,
        business_days=5,
    ),
    Window(
        "payout_overdue",
        "Payout should be there; ask where it is",
        "end",
        _APPROVED,
        business_days=10,
    ),
)
_TO_THE_NEXT = {4: 3, 5: 2}  # days from a Friday or a Saturday to the next workday
WINDOWS = {"boatsetter": _BOATSETTER, "getmyboat": _GETMYBOAT}


def deadlines_for(terms: Terms, *, taken_at: datetime) -> tuple[Deadline, ...]:
    """Every dated task that the source sets for this booking, the earliest first.

    A source that is no marketplace sets none. Business days know weekends, not
    holidays.
    """
    anchors = {
        "taken": taken_at.astimezone(UTC),
        "start": terms.start,
        "middle": terms.start + (terms.end - terms.start) / 2,
        "end": terms.end,
    }
    placed = (
        (window, _moment(window, terms, anchors[window.anchor]))
        for window in WINDOWS.get(terms.source, ())
        if terms.status in window.statuses
    )
    found = [
        Deadline(window.key, window.title, at)
        for window, at in placed
        if not window.ahead or at > taken_at
    ]
    return tuple(sorted(found, key=lambda deadline: deadline.at))


def _moment(window: Window, terms: Terms, anchor: datetime) -> datetime:
    zone = ZoneInfo(terms.time_zone)
    moment = days_later(anchor, window.days, zone) if window.days else anchor
    moment += window.span
    if window.business_days:
        moment = _business_days_later(moment, window.business_days, zone)
    return min(moment, terms.start) if window.by_start else moment


def _business_days_later(moment: datetime, count: int, zone: ZoneInfo) -> datetime:
    first, days = moment.astimezone(zone).weekday(), 0
    for _ in range(count):
        days += _TO_THE_NEXT.get((first + days) % 7, 1)
    return days_later(moment, days, zone)
