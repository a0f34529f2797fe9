"""The board of charters: what one page of it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import request

from jada_flask.domain.booking import Booking, Caution, Status
from jada_flask.domain.event import Event
from jada_flask.domain.ledger import Ledger
from jada_flask.domain.money import Money
from jada_flask.domain.steps import StepView
from jada_flask.records.jobs import GIVEN_UP
from jada_flask.records.operations import OPERATIONS, stamp
from jada_flask.services import accounts, board, bookings, house, outbox
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web import paging

_LIMIT = 50
_MANY = 500  # bookings at once; more than any page of charters holds
_AHEAD = timedelta(days=730)
_BACK = timedelta(days=730)
# A charter stays on the board until it is surely over; the longest is two weeks, but
# nobody looks for yesterday's day sail among what is to come.
_STILL_ON = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page was asked for."""

    when: str
    boat: str
    q: str

    @property
    def past(self) -> bool:
        return self.when == "past"

    def keeps(self, card: board.Card, booking: Booking | None) -> bool:
        event = card.event
        if self.boat and event.boat != self.boat:
            return False
        ref = booking.terms.source_ref if booking else ""
        words = " ".join((event.host, event.name, event.location, ref))
        return self.q.casefold() in words.casefold()


@dataclass(frozen=True, slots=True)
class Shown:
    """One charter at a glance, with what the office alone may know."""

    event: Event
    crew: list[tuple[str, str, str]]
    accepted: int
    asked: int
    steps: tuple[StepView, ...]
    cautions: tuple[Caution, ...]
    net: Money | None
    source: str
    source_ref: str
    patrons: int
    owing: int  # who have a fare to pay
    paid: int  # who have paid it
    open: Money  # what is missing of it


def listed(work: UnitOfWork, *, at: datetime) -> dict[str, Any]:
    """The context of the board."""
    filters = _filters()
    lo, hi = _span(filters, at)
    cards, after = board.by_date(
        work,
        lo,
        hi,
        limit=_LIMIT,
        after=paging.after(f"board:{filters.when}"),
        descending=filters.past,
    )
    first, last = _days(cards, lo, hi, whole=after is None)
    sold = _sold(work, first, last)
    ledgers = accounts.of_cards(work, cards, (OPERATIONS,), (GIVEN_UP,))
    shown = [
        _shown(card, sold.get(card.event.booking_id), ledgers.get(card.event.event_id))
        for card in cards
        if filters.keeps(card, sold.get(card.event.booking_id))
    ]
    return {
        "cards": shown,
        "requests": [] if filters.past else _requests(sold.values(), at),
        "filters": filters,
        "boats": house.operations(work).boats,
        "next_url": _next(filters, after),
        "counts": {"dead": len(outbox.given_up(work, limit=20))},
    }


def _filters() -> Filters:
    asked = request.args
    when = "past" if asked.get("when") == "past" else "upcoming"
    return Filters(when, asked.get("boat", "")[:64], asked.get("q", "").strip()[:80])


def _span(filters: Filters, at: datetime) -> tuple[str, str]:
    edge = at - _STILL_ON
    if filters.past:
        return stamp(edge - _BACK), stamp(edge)
    return stamp(edge), stamp(edge + _AHEAD)


def _days(cards: list[board.Card], lo: str, hi: str, *, whole: bool) -> tuple[str, str]:
    """From when to when this page reaches: the first to where the list begins."""
    if not cards:
        return lo, hi
    starts = sorted(stamp(card.event.start) for card in cards)
    begun = "cursor" in request.args
    if request.args.get("when") == "past":
        return starts[0], f"{starts[-1]}~"
    return starts[0] if begun else lo, hi if whole else f"{starts[-1]}~"


def _sold(work: UnitOfWork, first: str, last: str) -> dict[str, Booking]:
    """The bookings of these days, from one query."""
    found, after = bookings.between(work, first, last, limit=_MANY)
    while after is not None:
        more, after = bookings.between(work, first, last, limit=_MANY, after=after)
        found += more
    return {booking.booking_id: booking for booking in found}


def _shown(card: board.Card, booking: Booking | None, ledger: Ledger | None) -> Shown:
    event = card.event
    fares = (
        [
            account
            for account in (ledger.account(one.patron_id) for one in card.roster)
            if account.due
        ]
        if ledger
        else []
    )
    return Shown(
        event=event,
        crew=[(one.name, one.role, one.answer) for one in card.crew],
        accepted=card.accepted,
        asked=card.asked,
        steps=card.steps,
        cautions=booking.warnings if booking and not event.cancelled else (),
        net=booking.margin.net if booking else None,
        source=booking.terms.source if booking else "",
        source_ref=booking.terms.source_ref if booking else "",
        patrons=len(card.roster),
        owing=len(fares),
        paid=sum(account.cleared for account in fares),
        open=Money(
            sum(max(account.balance.cents, 0) for account in fares if account.balance)
        ),
    )


def _requests(sold: Iterable[Booking], at: datetime) -> list[Booking]:
    """Bookings of these days that wait for an answer, with their deadlines."""
    open_ones = (Status.INQUIRY, Status.PENDING)
    return [
        booking
        for booking in sold
        if booking.terms.status in open_ones and booking.terms.start >= at
    ]


def _next(filters: Filters, after: Any) -> str | None:
    cursor = paging.cursor(f"board:{filters.when}", after)
    if cursor is None:
        return None
    asked = {
        "when": filters.when,
        "boat": filters.boat,
        "q": filters.q,
        "cursor": cursor,
    }
    return "/dispatch?" + urlencode(
        {name: value for name, value in asked.items() if value}
    )
