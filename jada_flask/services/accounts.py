"""What the patrons of an event owe and have paid, kept with the head of its log."""

from __future__ import annotations

from collections.abc import Iterable

from jada_flask.domain.booking import local_start
from jada_flask.domain.event import Event
from jada_flask.domain.ledger import Ledger
from jada_flask.house.rates import default_rates
from jada_flask.records.money import BOOKING, RATES
from jada_flask.records.operations import stamp
from jada_flask.records.payments import LEDGER, ledger_write
from jada_flask.services.board import LEDGER_MARK, Card
from jada_flask.services.years import by_year
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


def of_cards(work: UnitOfWork, cards: Iterable[Card]) -> dict[str, Ledger]:
    """The ledgers of the charters on one page, from one query a year.

    A ledger stays under the date that the charter had when it was opened. The header
    remembers that date, so one that has moved is found by its key.
    """
    with_money = {card.event.event_id: card for card in cards if card.ledger}
    if not with_money:
        return {}
    placed = sorted(card.ledger for card in with_money.values() if not card.moved)
    found: dict[str, Ledger] = {}
    if placed:
        limit = 2 * len(placed) + 50
        near, _ = by_year(
            work, LEDGER, "LEDGER#", placed[0], f"{placed[-1]}~", limit=limit
        )
        found = {one.value.event_id: one.value for one in near}
    for event_id in with_money.keys() - found.keys():
        missing = work.get(LEDGER, event_id)
        if missing:
            found[event_id] = missing
    return found


def _marketplace(work: UnitOfWork, event: Event) -> str:
    """The name of the marketplace that sold the charter, empty where none did."""
    booking = work.get(BOOKING, event.booking_id) if event.booking_id else None
    if booking is None:
        return ""
    rates = work.get(RATES) or default_rates()
    day = local_start(booking.terms).date()
    schedule = rates.schedule(booking.terms.source, day)
    return schedule.name if schedule and schedule.marketplace else ""
