"""One charter from its header: roster, crew and steps in two requests. Staff only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from jada_flask.domain.booking import Booking
from jada_flask.domain.crew import CrewAssignment
from jada_flask.domain.errors import NotFoundError
from jada_flask.domain.event import Event, Patron
from jada_flask.domain.outbox import State
from jada_flask.domain.steps import StepView
from jada_flask.ports import Item
from jada_flask.records.money import BOOKING, RATES
from jada_flask.records.operations import (
    ASSIGNMENT,
    CHECKLIST,
    EVENT,
    OPERATIONS,
    answer_mark,
    gone_mark,
)
from jada_flask.records.payments import LEDGER
from jada_flask.services import automation
from jada_flask.services.board import Card, card_of
from jada_flask.unit_of_work import UnitOfWork

_IN_TROUBLE = (State.FAILED, State.DEAD)


@dataclass(frozen=True, slots=True)
class Look:
    """A charter with everybody who sails and everybody who was ever asked to."""

    card: Card
    crew: list[CrewAssignment]
    item: Item = field(default_factory=dict)  # the header, with all its marks

    @property
    def event(self) -> Event:
        return self.card.event

    @property
    def roster(self) -> tuple[Patron, ...]:
        """Who booked comes first, then by name."""
        return self.card.roster


def look(work: UnitOfWork, event_id: str, *, otherwise: str) -> Look:
    """One charter; what its pages show beside it is then read ahead.

    Raises `NotFoundError` with that sentence.
    """
    house = [(OPERATIONS,), (RATES,)]
    work.ahead((EVENT, event_id), (CHECKLIST, event_id), (LEDGER, event_id), *house)
    found = work.find(EVENT, event_id)
    if found is None:
        raise NotFoundError(otherwise)
    crew_ids = sorted(
        name.partition(":")[2]
        for name, mark in found.item.items()
        if mark and name.startswith((answer_mark(""), gone_mark("")))
    )
    sold = [(BOOKING, found.value.booking_id)] if found.value.booking_id else []
    work.ahead(*sold, *((ASSIGNMENT, event_id, crew_id) for crew_id in crew_ids))
    asked = [work.get(ASSIGNMENT, event_id, crew_id) for crew_id in crew_ids]
    return Look(card_of(found), [place for place in asked if place], found.item)


def steps(
    work: UnitOfWork, booking: Booking, card: Card | None
) -> tuple[StepView, ...]:
    """The steps of a booking: from the header while all is well.

    Of what has failed, the messages say more.
    """
    if card and card.steps and all(s.state not in _IN_TROUBLE for s in card.steps):
        return card.steps
    return automation.steps(booking, automation.messages(work, booking))


def cards_of(cards: Sequence[Card]) -> dict[str, Card]:
    """The charters by the ids of their bookings."""
    return {card.event.booking_id: card for card in cards if card.event.booking_id}
