"""Takings: what patrons paid, by day, method and purpose; and the crew's tips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from jada_flask.domain.clock import day_of
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Purpose


@dataclass(frozen=True, slots=True)
class Taking:
    """One line of the payment log, as reports count it.

    Below zero where it reverses.
    """

    payment_id: str
    event_id: str
    at: datetime
    amount: Money
    method: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Takings:
    """What came in on one day by one method for one purpose, reversals taken off."""

    day: date
    method: str
    purpose: Purpose
    lines: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Share:
    """What one member of the crew gets of a charter's tips."""

    crew_id: str
    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Tips:
    """The tips of one charter, whole, and how they are shared among who sailed."""

    event_id: str
    name: str
    day: date
    amount: Money
    shares: tuple[Share, ...]


def by_day(takings: Iterable[Taking], zone: ZoneInfo) -> list[Takings]:
    """Sums by local day, method and purpose, the newest day first."""
    sums: dict[tuple[date, str, Purpose], list[Taking]] = defaultdict(list)
    for one in takings:
        sums[day_of(one.at, zone), one.method, one.purpose].append(one)
    made = [
        Takings(day, method, purpose, len(lines), total(line.amount for line in lines))
        for (day, method, purpose), lines in sums.items()
    ]
    return sorted(made, key=lambda one: (-one.day.toordinal(), one.method, one.purpose))


def tips_by_event(takings: Iterable[Taking]) -> dict[str, Money]:
    """What was tipped at each event, where anything is left after reversals."""
    sums: dict[str, list[Money]] = defaultdict(list)
    for one in takings:
        if one.purpose is Purpose.TIP:
            sums[one.event_id].append(one.amount)
    amounts = {event_id: total(amounts) for event_id, amounts in sums.items()}
    return {event_id: amount for event_id, amount in amounts.items() if amount}


def shared(amount: Money, crew: Sequence[tuple[str, str]]) -> tuple[Share, ...]:
    """Equal shares that add up to the cent.

    The cents that do not divide go to the first in the list. The whole tip is the
    crew's: no fee of a card goes off it (California Labor Code, section 351).
    """
    if not crew:
        return ()
    each, left = divmod(amount.cents, len(crew))
    return tuple(
        Share(crew_id, name, Money(each + (place < left)))
        for place, (crew_id, name) in enumerate(crew)
    )


def total(amounts: Iterable[Money]) -> Money:
    return Money(sum(amount.cents for amount in amounts))
