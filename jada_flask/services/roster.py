"""The roster of a charter as the office keeps it: who is aboard, and what each owes.

Who is aboard stands with the event; what is owed stands with the money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import ConflictError
from jada_flask.domain.event import Event, Patron
from jada_flask.domain.ids import short_digest
from jada_flask.domain.ledger import Account, Ledger
from jada_flask.domain.money import Money
from jada_flask.ports import Check, Delete, Missing, Present
from jada_flask.records.operations import EVENT, PATRON, patron_mark
from jada_flask.records.payments import LEDGER
from jada_flask.services import events
from jada_flask.services.accounts import keep, ledger_of
from jada_flask.services.payment_log import NO_EVENT, NO_PATRON
from jada_flask.unit_of_work import UnitOfWork

_ABOUT_THE_PERSON = ("name", "email", "phone", "minor")


@dataclass(frozen=True, slots=True)
class Aboard:
    """Somebody on the roster, with the account."""

    patron: Patron
    account: Account


def add(
    work: UnitOfWork, event_id: str, data: Mapping[str, Any], *, by: Actor, at: datetime
) -> Aboard:
    """Put somebody on the roster.

    Raises `ConflictError` where somebody of that name and address is on it already.
    """
    event = work.need(EVENT, event_id, otherwise=NO_EVENT)
    known = events.roster(work, event_id)
    person = {name: data[name] for name in _ABOUT_THE_PERSON}
    _check_new(known, data["name"], data["email"])
    patron = Patron(event_id, _free_id(known, event_id, person), **person)
    work.save(PATRON, patron)
    account = _owe(work, event, patron.patron_id, data["amount_due"])
    aboard = Aboard(patron, account)
    work.commit(
        by=by,
        did="patron.added",
        at=at,
        about=event_id,
        detail=patron.patron_id,
        result=aboard,
    )
    return aboard


def change(
    work: UnitOfWork,
    event_id: str,
    patron_id: str,
    data: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> Aboard:
    """Change particulars or what is due; entries that were logged stay as they are."""
    event = work.need(EVENT, event_id, otherwise=NO_EVENT)
    before = work.need(PATRON, event_id, patron_id, otherwise=NO_PATRON)
    patron = replace(
        before, **{name: data[name] for name in _ABOUT_THE_PERSON if name in data}
    )
    if patron != before:
        work.save(PATRON, patron)
    ledger = ledger_of(work, event)
    account = ledger.account(patron_id)
    if "amount_due" in data and data["amount_due"] != account.due:
        account = replace(account, due=data["amount_due"])
        keep(work, ledger.with_account(patron_id, account))
    aboard = Aboard(patron, account)
    if work.writes:
        work.commit(
            by=by,
            did="patron.changed",
            at=at,
            about=event_id,
            detail=patron_id,
            result=aboard,
        )
    else:
        work.settle(aboard)
    return aboard


def remove(
    work: UnitOfWork, event_id: str, patron_id: str, *, by: Actor, at: datetime
) -> Patron:
    """Take somebody off the roster.

    Raises `ConflictError` for who booked, and while money of theirs is with us.
    """
    work.need(EVENT, event_id, otherwise=NO_EVENT)
    patron = work.need(PATRON, event_id, patron_id, otherwise=NO_PATRON)
    ledger = work.get(LEDGER, event_id)
    _check_removable(patron, ledger)
    work.add_raw(Delete(PATRON.table, PATRON.key_of(patron), (Present(),)))
    work.mark(event_id, {patron_mark(patron_id): None})
    if ledger:  # what is logged for them at this very moment makes this fail
        keep(work, ledger.closed(patron_id))
    else:
        none = Check(LEDGER.table, LEDGER.key(event_id), (Missing(),))
        work.add_raw(none)
    work.commit(
        by=by,
        did="patron.removed",
        at=at,
        about=event_id,
        detail=patron_id,
        result=patron,
    )
    return patron


def _owe(work: UnitOfWork, event: Event, patron_id: str, due: Money | None) -> Account:
    """The account of somebody new, or of somebody who comes back."""
    ledger = ledger_of(work, event)
    before = ledger.account(patron_id)
    account = replace(before, due=due)
    if account != before:
        keep(work, ledger.with_account(patron_id, account))
    return account


def _check_new(known: list[Patron], name: str, email: str) -> None:
    for one in known:
        if (one.name.casefold(), one.email) == (name.casefold(), email):
            raise ConflictError(
                f"{one.name} is on the roster already ({one.patron_id}), with this "
                "address."
            )


def _free_id(known: list[Patron], event_id: str, person: Mapping[str, Any]) -> str:
    """An id that two who add the same person at once both arrive at."""
    taken = {one.patron_id for one in known}
    number = 0
    while True:
        words = (event_id, person["name"].casefold(), person["email"], str(number))
        drawn = f"PT_{short_digest('patron', *words)}"
        if drawn not in taken:
            return drawn
        number += 1


def _check_removable(patron: Patron, ledger: Ledger | None) -> None:
    if patron.host:
        raise ConflictError(
            f"{patron.name} booked this charter. Change the booking instead."
        )
    account = ledger.account(patron.patron_id) if ledger else Account()
    if any(account.paid.values()):
        raise ConflictError(
            f"{patron.name} has paid. Give it back or take the entries back first."
        )
