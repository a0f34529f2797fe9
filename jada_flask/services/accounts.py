"""What the patrons of an event owe and have paid, kept with the head of its log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jada_flask.domain.booking import local_start
from jada_flask.domain.event import Event
from jada_flask.domain.ledger import Ledger
from jada_flask.house.rates import default_rates
from jada_flask.records.money import BOOKING, RATES
from jada_flask.records.operations import stamp
from jada_flask.records.payments import LEDGER, ledger_write
from jada_flask.services.board import LEDGER_MARK, Card
from jada_flask.unit_of_work import UnitOfWork


def ledger_of(work: UnitOfWork, event: Event) -> Ledger:
    """The ledger of an event; a new one where there is none yet."""
    known = work.get(LEDGER, event.event_id)
    if known:
        return known
    return Ledger(
        event.event_id, stamp(event.start), marketplace=_marketplace(work, event)
    )


def keep(work: UnitOfWork, ledger: Ledger) -> None:
    """Write a ledger; the commit fails if anybody else has written it meanwhile."""
    work.add_raw(ledger_write(ledger))
    if not ledger.revision:
        work.mark(ledger.event_id, {LEDGER_MARK: ledger.placed})


def of_cards(
    work: UnitOfWork, cards: Iterable[Card], *beside: tuple[Any, ...]
) -> dict[str, Ledger]:
    """The ledgers of the charters on one page.

    In one request, with whatever else is to be read ahead.
    """
    with_money = [card.event.event_id for card in cards if card.ledger]
    work.ahead(*((LEDGER, event_id) for event_id in with_money), *beside)
    found = {event_id: work.get(LEDGER, event_id) for event_id in with_money}
    return {event_id: ledger for event_id, ledger in found.items() if ledger}


def _marketplace(work: UnitOfWork, event: Event) -> str:
    """The name of the marketplace that sold the charter, empty where none did."""
    booking = work.get(BOOKING, event.booking_id) if event.booking_id else None
    if booking is None:
        return ""
    rates = work.get(RATES) or default_rates()
    day = local_start(booking.terms).date()
    schedule = rates.schedule(booking.terms.source, day)
    return schedule.name if schedule and schedule.marketplace else ""
