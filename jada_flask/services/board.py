"""The board: charters by date, each read from its header alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jada_flask.domain.crew import Answer
from jada_flask.domain.event import Event, Patron
from jada_flask.domain.outbox import State, overall
from jada_flask.domain.steps import SENT, WRITTEN, StepView
from jada_flask.ports import Item
from jada_flask.records.operations import EVENT, PATRON, answer_mark, patron_mark
from jada_flask.services.decades import by_decade
from jada_flask.unit_of_work import Found, UnitOfWork

# Under which date lists find what the charter's patrons owe: a date, and no money.
LEDGER_MARK = "ledger"


@dataclass(frozen=True, slots=True)
class Asked:
    """One member who was asked, and the answer."""

    crew_id: str
    name: str
    role: str
    answer: str
    begins: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One charter at a glance."""

    event: Event
    crew: tuple[Asked, ...]
    steps: tuple[StepView, ...]
    roster: tuple[Patron, ...] = ()
    ledger: str = ""  # not empty: it has one

    @property
    def asked(self) -> int:
        return len(self.crew)

    @property
    def accepted(self) -> int:
        return sum(one.answer == Answer.ACCEPTED for one in self.crew)


def by_date(
    work: UnitOfWork,
    lo: str,
    hi: str,
    *,
    limit: int,
    after: Any = None,
    **how: Any,
) -> tuple[list[Card], Any]:
    """The charters that start between two moments (texts that sort by time)."""
    found, more = by_decade(work, EVENT, "", lo, hi, limit=limit, after=after, **how)
    return [card_of(one) for one in found], more


def card_of(found: Found[Event]) -> Card:
    """A card from the header of an event and the marks that stand beside it."""
    item = found.item
    return Card(
        found.value,
        _crew(item),
        _steps(found),
        roster_of(item),
        item.get(LEDGER_MARK, ""),
    )


def _crew(item: Item) -> tuple[Asked, ...]:
    prefix = answer_mark("")
    asked = [
        Asked(name.removeprefix(prefix), *mark)
        for name, mark in item.items()
        if name.startswith(prefix) and mark
    ]
    return tuple(sorted(asked, key=lambda one: (one.role != "captain", one.crew_id)))


def roster_of(item: Item) -> tuple[Patron, ...]:
    """Everybody on the roster, from the copies on the event's header."""
    prefix = patron_mark("")
    aboard = [
        PATRON.value({"doc": copy})
        for name, copy in item.items()
        if name.startswith(prefix) and copy
    ]
    return tuple(sorted(aboard, key=in_order))


def in_order(patron: Patron) -> tuple[bool, str, str]:
    """The order of a roster: who booked, then by name."""
    return not patron.host, patron.name.casefold(), patron.patron_id


def _steps(found: Found[Event]) -> tuple[StepView, ...]:
    """The steps of an event that a booking brought; one without a booking has none."""
    if not found.value.booking_id:
        return ()
    written = tuple(StepView(name, State.DONE, 1) for name in WRITTEN)
    return written + tuple(_sent(found.item, name) for name in SENT)


def _sent(item: Item, step: str) -> StepView:
    state = _marked(item, step)
    return StepView(step, state, int(state is State.DONE))


def _marked(item: Item, step: str) -> State:
    return overall(
        [
            State(mark)
            for name, mark in item.items()
            if name.startswith(f"mark:{step}:") and mark
        ]
    )
