"""Taking back what was logged by mistake, and giving money back. Staff only.

Both are entries of their own, below zero; what they reverse stays as it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import ConflictError, Fault, InvalidError, NotFoundError
from jada_flask.domain.event import Event, Patron
from jada_flask.domain.ledger import WINDOW, Ledger, guard_of
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Entry, EntryKind, Payment, epoch_ms
from jada_flask.ports import Operation
from jada_flask.records.operations import EVENT, PATRON
from jada_flask.records.payments import LEDGER, guard_removal, guard_write
from jada_flask.services.payment_log import (
    NO_EVENT,
    NO_PATRON,
    NO_PAYMENT,
    entries_of,
)
from jada_flask.services.payment_pen import Logged, Pen, Repeated, insist, shown
from jada_flask.unit_of_work import UnitOfWork


def void(
    work: UnitOfWork,
    event_id: str,
    patron_id: str,
    payment_id: str,
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> Logged:
    """Take an entry back that was a mistake. Within a minute twice is once.

    Raises `ConflictError` where it was taken or given back before.
    """

    def once(work: UnitOfWork, repeated: Repeated) -> Logged:
        case = _case(work, event_id, patron_id, payment_id)
        target = case.target
        payment = _reversing(target, EntryKind.VOID, -target.amount, reason)
        if first := case.repeated(payment, at):
            return _settle(work, case, first)
        _check_voidable(case)
        return _write(work, case, payment, by=by, at=at)

    return insist(work, event_id, once)


def refund(
    work: UnitOfWork,
    event_id: str,
    patron_id: str,
    payment_id: str,
    *,
    amount: Money,
    reason: str,
    second_entry_reason: str = "",
    by: Actor,
    at: datetime,
) -> Logged:
    """Give back at most what is left of an entry. Within a minute twice is once.

    Raises `ConflictError` where the entry is void, `InvalidError` for too much.
    """

    def once(work: UnitOfWork, repeated: Repeated) -> Logged:
        case = _case(work, event_id, patron_id, payment_id)
        payment = _reversing(
            case.target, EntryKind.REFUND, -amount, reason, second_entry_reason
        )
        if first := case.repeated(payment, at):
            return _settle(work, case, first)
        _check_refundable(case, amount)
        return _write(work, case, payment, by=by, at=at)

    return insist(work, event_id, once)


@dataclass(frozen=True, slots=True)
class _Case:
    """An entry that is to be reversed, and everything that bears on it."""

    event: Event
    patron: Patron
    ledger: Ledger
    entries: Sequence[Entry]
    target: Entry

    def repeated(self, payment: Payment, at: datetime) -> Entry | None:
        """The same reversal within a minute, which this one would repeat.

        Read, not guarded: the ledger lets only one of two at once through.
        """
        if payment.second_entry_reason:
            return None
        now, wanted = epoch_ms(at), payment.fingerprint(self.patron.patron_id)
        near = (
            one
            for one in self.entries
            if one.kind is payment.kind
            and one.fingerprint == wanted
            and one.payment_id not in self.ledger.voided
            and abs(one.timestamp - now) < WINDOW
        )
        return next(near, None)

    def settled(self, ledger: Ledger, entry: Entry) -> Ledger:
        """The ledger with what a reversal means for the account."""
        target = self.target
        if target.reverses:  # a refund that was a mistake: there is as much left again
            ledger = ledger.given_back(target.reverses, target.amount)
        account = ledger.account(self.patron.patron_id)
        standing = [one for one in self.entries if ledger.stands(one)]
        return ledger.with_account(self.patron.patron_id, account.last_paid(standing))

    def guard(self) -> Operation:
        """The guard as if the entry had never been: it stands in nobody's way."""
        target = self.target
        alike = [
            one
            for one in self.entries
            if one.kind is target.kind
            and one.fingerprint == target.fingerprint
            and one.payment_id not in (target.payment_id, *self.ledger.voided)
        ]
        if not alike:
            return guard_removal(target.event_id, target.fingerprint)
        return guard_write(guard_of(alike[-1]), forced=True)


def _case(work: UnitOfWork, event_id: str, patron_id: str, payment_id: str) -> _Case:
    event = work.need(EVENT, event_id, otherwise=NO_EVENT)
    patron = work.need(PATRON, event_id, patron_id, otherwise=NO_PATRON)
    ledger = work.need(LEDGER, event_id, otherwise=NO_PAYMENT)
    entries = entries_of(work, ledger, patron_id)
    for entry in entries:
        if entry.payment_id == payment_id:
            return _Case(event, patron, ledger, entries, entry)
    raise NotFoundError(NO_PAYMENT)


def _reversing(
    target: Entry, kind: EntryKind, amount: Money, reason: str, again: str = ""
) -> Payment:
    return Payment(
        amount,
        target.method,
        target.purpose,
        reference=target.reference,
        kind=kind,
        reverses=target.payment_id,
        reason=reason,
        second_entry_reason=again,
    )


def _check_voidable(case: _Case) -> None:
    target, ledger = case.target, case.ledger
    if target.kind is EntryKind.VOID:
        raise ConflictError(
            "This entry takes another one back. To have that again, log it again."
        )
    if target.payment_id in ledger.voided:
        raise ConflictError("This entry was taken back before.")
    if ledger.left(target) != target.amount:
        raise ConflictError(
            "Money of this payment was given back before. Give the rest back, or take "
            "that refund back first."
        )


def _check_refundable(case: _Case, amount: Money) -> None:
    target, ledger = case.target, case.ledger
    if target.kind is not EntryKind.PAYMENT:
        raise ConflictError("Only a payment can be given back.")
    if target.payment_id in ledger.voided:
        raise ConflictError("This entry was taken back; there is nothing to give back.")
    left = ledger.left(target)
    if not left:
        raise ConflictError("All of this payment was given back before.")
    if amount > left:
        raise InvalidError(
            Fault("amount", f"At most {left} of this payment is left to give back.")
        )


def _settle(work: UnitOfWork, case: _Case, first: Entry) -> Logged:
    logged = shown(first, case.ledger, case.event, duplicate=True)
    work.settle(logged)
    return logged


def _write(
    work: UnitOfWork, case: _Case, payment: Payment, *, by: Actor, at: datetime
) -> Logged:
    pen = Pen(work, case.ledger, by, at)
    entry = pen.append(payment, case.patron)
    pen.ledger = case.settled(pen.ledger, entry)
    void = entry.kind is EntryKind.VOID
    if void and case.target.kind is EntryKind.PAYMENT:
        work.add_raw(case.guard())
    logged = shown(entry, pen.ledger, case.event, duplicate=False)
    pen.put_down([case.patron])
    work.commit(
        by=by,
        did="payment.voided" if void else "payment.refunded",
        at=at,
        about=case.event.event_id,
        detail=f"{entry.payment_id} reverses {case.target.payment_id}",
        result=logged,
    )
    return logged
