"""What patrons paid, as reports show it. Staff only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from jada_flask.domain.clock import end_of_day
from jada_flask.domain.crew import Answer
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Entry
from jada_flask.domain.takings import (
    Taking,
    Takings,
    Tips,
    by_day,
    shared,
    tips_by_event,
    total,
)
from jada_flask.ports import Operation, Put
from jada_flask.records.operations import EVENT, stamp
from jada_flask.records.takings import DECADES, TAKING
from jada_flask.services.board import card_of
from jada_flask.services.decades import by_decade
from jada_flask.services.house import operations
from jada_flask.unit_of_work import UnitOfWork

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Report:
    """What came in between two days, both included, by the clock of the first dock."""

    first: date
    last: date
    lines: list[Takings]
    tips: list[Tips]

    @property
    def total(self) -> Money:
        return total(line.amount for line in self.lines)


def taking_write(entry: Entry) -> Operation:
    """What a report will count of an entry, for the same commit."""
    taking = Taking(
        entry.payment_id,
        entry.event_id,
        entry.at,
        entry.amount,
        entry.method,
        entry.purpose,
    )
    return Put(TAKING.table, TAKING.item(taking))


def report(work: UnitOfWork, first: date, last: date) -> Report:
    """Money by day, method and purpose.

    And each charter's tips with the crew's shares.
    """
    zone = operations(work).docks[0].zone
    begins = end_of_day(first - timedelta(days=1), zone)
    found = _between(work, stamp(begins), stamp(end_of_day(last, zone)))
    return Report(first, last, by_day(found, zone), _tips(work, found))


def _between(work: UnitOfWork, lo: str, hi: str) -> list[Taking]:
    takings: list[Taking] = []
    after = None
    while True:
        found, after = by_decade(
            work, TAKING, DECADES, lo, hi, limit=_PAGE, after=after
        )
        takings += [one.value for one in found]
        if after is None:
            return takings


def _tips(work: UnitOfWork, takings: list[Taking]) -> list[Tips]:
    tips = tips_by_event(takings)
    work.ahead(*((EVENT, event_id) for event_id in tips))
    made = []
    for event_id, amount in tips.items():
        found = work.find(EVENT, event_id)
        if found is None:
            continue
        event = found.value
        aboard = [
            (one.crew_id, one.name)
            for one in sorted(card_of(found).crew, key=lambda one: one.crew_id)
            if one.answer != Answer.DECLINED
        ]
        name, day = event.host or event.name, event.local_start.date()
        made.append(Tips(event_id, name, day, amount, shared(amount, aboard)))
    return sorted(made, key=lambda tips: (tips.day, tips.name), reverse=True)
