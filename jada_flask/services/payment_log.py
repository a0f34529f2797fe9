"""Reading the payment log: of a patron at an event, of an event, of an address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jada_flask.domain.errors import Fault, InvalidError, NotFoundError
from jada_flask.domain.event import Event, Patron
from jada_flask.domain.ledger import Account, Ledger
from jada_flask.domain.payment import Entry, timestamp_in
from jada_flask.ports import Item
from jada_flask.records.operations import EVENT, PATRON
from jada_flask.records.payments import BY_EVENT, BY_PATRON, ENTRY, LEDGER, log_key
from jada_flask.unit_of_work import UnitOfWork

NO_EVENT = "There is no such event."
NO_PATRON = "This person is not on the roster of this charter."
NO_PAYMENT = "There is no such payment of this person."
_PAGE = 100

# Where a list goes on. Never an address: it travels in a cursor that anybody can read.
Place = list[str | int]


@dataclass(frozen=True, slots=True)
class Statement:
    """What one patron owes and has paid at one event, with every entry."""

    patron: Patron
    ledger: Ledger
    entries: list[Entry]

    @property
    def account(self) -> Account:
        return self.ledger.account(self.patron.patron_id)


@dataclass(frozen=True, slots=True)
class Found:
    """One entry with all that a receipt says."""

    event: Event
    entry: Entry
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list of entries, with the ledgers that say what became of them."""

    entries: list[Entry]
    ledgers: dict[str, Ledger]
    after: Place | None


def of_patron(work: UnitOfWork, event_id: str, patron_id: str) -> Statement:
    """Where a patron stands at an event. Raises `NotFoundError`."""
    work.need(EVENT, event_id, otherwise=NO_EVENT)
    patron = work.need(PATRON, event_id, patron_id, otherwise=NO_PATRON)
    ledger = work.get(LEDGER, event_id) or Ledger(event_id, "")
    return Statement(patron, ledger, entries_of(work, ledger, patron_id))


def entries_of(work: UnitOfWork, ledger: Ledger, patron_id: str) -> list[Entry]:
    """Every entry of one patron in the order of writing, as of now.

    By the log's own keys, which no index lags behind; under each address of the time.
    """
    found = [
        entry
        for email in ledger.account(patron_id).emails
        for entry in _under(work, ledger.event_id, email)
        if entry.patron_id == patron_id
    ]
    return sorted(found, key=lambda entry: entry.position)


def one(work: UnitOfWork, event_id: str, patron_id: str, payment_id: str) -> Found:
    """One entry by its id. Raises `NotFoundError`."""
    event = work.need(EVENT, event_id, otherwise=NO_EVENT)
    ledger = work.need(LEDGER, event_id, otherwise=NO_PAYMENT)
    timestamp = timestamp_in(payment_id)
    for email in ledger.account(patron_id).emails if timestamp is not None else ():
        entry = work.get(ENTRY, event_id, email, timestamp)
        if entry and (entry.payment_id, entry.patron_id) == (payment_id, patron_id):
            return Found(event, entry, ledger)
    raise NotFoundError(NO_PAYMENT)


def of_event(
    work: UnitOfWork, event_id: str, *, limit: int, after: Place | None = None
) -> Listed:
    """The payments of an event by time."""
    work.need(EVENT, event_id, otherwise=NO_EVENT)
    ledger = work.get(LEDGER, event_id) or Ledger(event_id, "")
    page = work.query(
        ENTRY,
        event_id,
        index=BY_EVENT,
        limit=limit,
        after=_in_event(ledger, after) if after else None,
    )
    last = page.values[-1] if page.after else None
    return Listed(
        page.values, {event_id: ledger}, _place_in_event(ledger, last) if last else None
    )


def of_address(
    work: UnitOfWork, email: str, *, limit: int, after: Place | None = None
) -> Listed:
    """The payments under one address across events, newest first."""
    page = work.query(
        ENTRY,
        email,
        index=BY_PATRON,
        limit=limit,
        after=_in_address(email, after) if after else None,
        descending=True,
    )
    last = page.values[-1] if page.after else None
    event_ids = dict.fromkeys(entry.event_id for entry in page.values)
    work.ahead(*((LEDGER, event_id) for event_id in event_ids))
    ledgers = {
        event_id: work.get(LEDGER, event_id) or Ledger(event_id, "")
        for event_id in event_ids
    }
    return Listed(
        page.values, ledgers, [last.event_id, last.timestamp] if last else None
    )


def _under(work: UnitOfWork, event_id: str, email: str) -> Iterator[Entry]:
    after: Item | None = None
    while True:
        page = work.query(ENTRY, log_key(event_id, email), limit=_PAGE, after=after)
        yield from page.values
        after = page.after
        if after is None:
            return


def _place_in_event(ledger: Ledger, last: Entry) -> Place:
    """The place of an entry: its patron, and which of the patron's addresses it has."""
    emails = ledger.account(last.patron_id).emails
    return [last.timestamp, last.patron_id, emails.index(last.patron_email)]


def _in_event(ledger: Ledger, place: Place) -> Item:
    try:
        timestamp, patron_id, number = place
        email = ledger.account(str(patron_id)).emails[int(number)]
    except (IndexError, ValueError):
        raise InvalidError(
            Fault("cursor", "This list has changed; begin without a cursor.")
        ) from None
    return {
        "event_id": ledger.event_id,
        "timestamp": timestamp,
        "PK": log_key(ledger.event_id, email),
        "SK": timestamp,
    }


def _in_address(email: str, place: Place) -> Item:
    event_id, timestamp = place
    return {
        "patron_email": email,
        "timestamp": timestamp,
        "PK": log_key(str(event_id), email),
        "SK": timestamp,
    }
