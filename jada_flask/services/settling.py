"""Booking a receipt where it belongs: the payment log, a booking, or nowhere.

Each ends in one transaction with the receipt itself: what is booked and what says so
cannot disagree, and a receipt is booked once, however often it is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import ConflictError, NotFoundError, RuleError
from jada_flask.domain.matching import (
    Confidence,
    Expectation,
    Match,
    held_against,
    match,
)
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Entry, Payment, Purpose
from jada_flask.domain.receipt import ReceiptKind
from jada_flask.domain.reconciliation import PaidOut, Taken, TakenState
from jada_flask.ports import ConditionError, Operation
from jada_flask.records.money import BOOKING
from jada_flask.records.reconciling import (
    PAID_OUT,
    TAKEN,
    receipts_key,
    taken_check,
    taken_write,
)
from jada_flask.services import payment_log, payments, reversals
from jada_flask.services.expected import payout_of
from jada_flask.services.payment_pen import Logged
from jada_flask.unit_of_work import UnitOfWork

HIGHEST = Money(10_000_000)  # that one payment may be
_PURPOSES = frozenset(purpose.value for purpose in Purpose)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who books, when, and whether somebody has looked at it."""

    work: UnitOfWork
    by: Actor
    at: datetime
    asked: bool = False  # a person has decided; what looks alike is no obstacle

    def fresh(self) -> UnitOfWork:
        return UnitOfWork(self.work.opening)


def keep(desk: Desk, taken: Taken, did: str) -> Taken:
    """Write a receipt by itself."""
    work = desk.fresh()
    work.add_raw(taken_write(taken))
    _commit(work, desk, taken, did)
    return taken.revised()


def settle(desk: Desk, taken: Taken, found: Match) -> Taken:
    """Book a receipt at what it was matched with; leaves it open where that cannot be.

    Raises `ConditionError` when somebody else has just changed what it rests on.
    """
    taken, expectation = replace(taken, match=found), found.expectation
    if taken.receipt.kind is ReceiptKind.REFUND:
        return give_back(desk, taken)
    if expectation is None:
        return keep(desk, taken.settled(found), "receipt.settled")
    if expectation.after_fee:
        return _pay_out(desk, taken, found, expectation)
    return _log(desk, taken, found, expectation)


def settle_refunds(desk: Desk, source: str, root: str) -> list[Taken]:
    """Book the refunds that have waited for this charge, now that it is in the log."""
    every = desk.fresh().query(TAKEN, receipts_key(source, root), limit=100).values
    charge = next((one for one in every if one.receipt.source_id == root), None)
    if charge is None or not charge.payment_id:
        return []
    waiting = [one for one in every if one.state is TakenState.WAITING]
    return [give_back(desk, one) for one in sorted(waiting, key=_told)]


def give_back(desk: Desk, taken: Taken) -> Taken:
    """Book a refund at the payment that its charge is in the log."""
    receipt = taken.receipt
    every = desk.fresh().query(TAKEN, receipts_key(receipt.source, receipt.root)).values
    charge = next((one for one in every if one.receipt.source_id == receipt.root), None)
    if charge is None or not charge.payment_id or charge.match.expectation is None:
        raise ConflictError("The payment that it gives back is not in the log yet.")
    where = charge.match.expectation
    paid = payment_log.one(
        desk.fresh(), where.event_id, where.patron_id, charge.payment_id
    )
    left = paid.ledger.left(paid.entry)
    found = match(
        receipt,
        [replace(where, amount=left, references=(receipt.root,), cautions=())],
    )
    ours = sum(
        -one.receipt.gross.cents
        for one in every
        if one.state is TakenState.SETTLED and one.receipt_id != charge.receipt_id
    )
    odd = _odd_refund(paid, Money(ours))
    if odd and not desk.asked:
        return leave_open(desk, replace(taken, match=found), odd)
    return _refund(desk, taken, found, charge.payment_id)


def leave_open(desk: Desk, taken: Taken, why: str) -> Taken:
    """Have somebody decide; the same question again is asked once."""
    after = replace(taken, state=TakenState.OPEN, notes=(why,))
    if after == desk.fresh().get(TAKEN, *TAKEN.ids(taken)):
        return after
    return keep(desk, after, "receipt.left_open")


def _pay_out(desk: Desk, taken: Taken, found: Match, expectation: Expectation) -> Taken:
    """Note on the booking what came; whoever looks there sees what is still due."""
    work, receipt = desk.fresh(), taken.receipt
    key = expectation.booking_id
    booking = work.need(BOOKING, key, otherwise="There is no such booking.")
    paid = work.get(PAID_OUT, key) or PaidOut(key)
    # Held against what is due at this very moment: another payout may have come since.
    due = payout_of(booking, paid, receipt)
    exact = held_against(receipt, due, Confidence.EXACT, found.reasons[0])
    work.save(PAID_OUT, paid.with_receipt(receipt))
    settled = taken.settled(exact)
    work.add_raw(taken_write(settled))
    _commit(work, desk, settled, "receipt.settled")
    return settled.revised()


def _log(desk: Desk, taken: Taken, found: Match, where: Expectation) -> Taken:
    """Log a charge as a payment of its patron, unless it stands in the log already."""
    receipt = taken.receipt
    if not Money() < receipt.gross <= HIGHEST:
        return leave_open(desk, taken, f"{receipt.gross} cannot be one payment.")
    log = payment_log.of_patron(desk.fresh(), where.event_id, where.patron_id)
    standing = [one for one in log.entries if log.ledger.stands(one)]
    for entry in standing:
        if entry.reference == receipt.source_id:
            settled = taken.settled(found, entry.payment_id)
            return keep(desk, settled, "receipt.settled")
    if not desk.asked:
        for entry in standing:
            if _may_be(desk, taken, entry):
                return leave_open(desk, taken, _alike(entry))
    return _write_payment(desk, taken, found, where)


def _write_payment(desk: Desk, taken: Taken, found: Match, where: Expectation) -> Taken:
    payment = _payment(taken)
    logged = _log_once(desk, taken, found, where, payment)
    if _is_this(logged, taken):
        return _after(taken, found, logged).revised()
    # Within a minute of another that is just like it.
    if not desk.asked and _may_be(desk, taken, logged.entry):
        return leave_open(desk, taken, _alike(logged.entry))
    second = replace(payment, second_entry_reason=f"It is {taken.receipt.source_id}.")
    logged = _log_once(desk, taken, found, where, second)
    return _after(taken, found, logged).revised()


def _log_once(
    desk: Desk, taken: Taken, found: Match, where: Expectation, payment: Payment
) -> Logged:
    def outcome(logged: Logged) -> Operation:
        if _is_this(logged, taken):
            return taken_write(_after(taken, found, logged))
        return taken_check(taken)

    return payments.log_payment(
        UnitOfWork(desk.work.opening, outcome),
        where.event_id,
        where.patron_id,
        payment,
        by=desk.by,
        at=desk.at,
    )


def _refund(desk: Desk, taken: Taken, found: Match, payment_id: str) -> Taken:
    where = found.expectation
    if where is None:
        raise ConflictError("The payment that it gives back is not known.")

    def outcome(logged: Logged) -> Operation:
        return taken_write(_after(taken, found, logged))

    receipt = taken.receipt
    try:
        logged = reversals.refund(
            UnitOfWork(desk.work.opening, outcome),
            where.event_id,
            where.patron_id,
            payment_id,
            amount=-receipt.gross,
            reason=f"Given back through {receipt.source}.",
            second_entry_reason=f"It is {receipt.source_id}.",
            by=desk.by,
            at=desk.at,
        )
    except ConditionError:
        raise
    except (ConflictError, NotFoundError, RuleError) as refused:
        if desk.asked:
            raise
        return leave_open(desk, replace(taken, match=found), str(refused))
    return _after(taken, found, logged).revised()


def _after(taken: Taken, found: Match, logged: Logged) -> Taken:
    """The receipt once it is in the log, with what the log has to say about it."""
    if not logged.duplicate:
        found = _as_logged(taken, found, logged)
    settled = taken.settled(found, logged.entry.payment_id)
    told = tuple(word for word in logged.warnings if word not in settled.match.reasons)
    reasons = (*settled.match.reasons, *told)
    return replace(settled, match=replace(settled.match, reasons=reasons))


def _as_logged(taken: Taken, found: Match, logged: Logged) -> Match:
    """Held against what was due when it was logged: others may have paid meanwhile."""
    where, balance = found.expectation, logged.account.balance
    if where is None or where.amount is None or balance is None:
        return found
    if taken.receipt.kind is not ReceiptKind.CHARGE:
        return found
    due = replace(where, amount=balance + logged.entry.amount)
    return held_against(taken.receipt, due, Confidence.EXACT, found.reasons[0])


def _payment(taken: Taken) -> Payment:
    receipt = taken.receipt
    purpose = receipt.metadata.get("purpose", "")
    return Payment(
        receipt.gross,
        "paypal" if receipt.source == "paypal" else "card",
        Purpose(purpose) if purpose in _PURPOSES else Purpose.FARE,
        reference=receipt.source_id,
    )


def _is_this(logged: Logged, taken: Taken) -> bool:
    return logged.entry.reference == taken.receipt.source_id


def _may_be(desk: Desk, taken: Taken, entry: Entry) -> bool:
    """Whether a person may have logged the same money by hand.

    Not where the entry names another receipt: that is other money.
    """
    payment, other = _payment(taken), entry.reference
    if (entry.amount, entry.method) != (payment.amount, payment.method):
        return False
    source = taken.receipt.source
    return not other or not desk.fresh().get(TAKEN, source, other, other)


def _alike(entry: Entry) -> str:
    return (
        f"{entry.logged_by} has logged {entry.amount} by {entry.method}, which may be "
        "the same money. Accept this only if it is other money; else dismiss it."
    )


def _odd_refund(paid: payment_log.Found, ours: Money) -> str:
    """Why a refund should not be booked by itself; empty where nothing is odd."""
    ledger, entry = paid.ledger, paid.entry
    if entry.payment_id in ledger.voided:
        return "The payment that it gives back was taken back in the log."
    given = entry.amount - ledger.left(entry)
    if given != ours:
        return (
            f"{given - ours} of this payment was given back in the log by hand, which "
            "may be the same money."
        )
    return ""


def _commit(work: UnitOfWork, desk: Desk, taken: Taken, did: str) -> None:
    work.commit(by=desk.by, did=did, at=desk.at, about=f"receipt:{taken.receipt_id}")


def _told(taken: Taken) -> tuple[datetime, str]:
    return taken.receipt.at, taken.receipt.source_id
