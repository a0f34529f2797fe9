"""Payments: logging what patrons pay. Staff only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import Fault, InvalidError, NotFoundError
from jada_flask.domain.event import Event, Patron
from jada_flask.domain.payment import METHODS, Payment
from jada_flask.house.rates import default_rates
from jada_flask.records.money import RATES
from jada_flask.records.operations import EVENT, PATRON, patron_mark
from jada_flask.services.accounts import ledger_of
from jada_flask.services.payment_log import NO_EVENT, NO_PATRON
from jada_flask.services.payment_pen import Logged, Pen, Repeated, insist, shown
from jada_flask.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Line:
    """Who is said to have paid what."""

    patron_id: str
    payment: Payment


def log_payment(
    work: UnitOfWork,
    event_id: str,
    patron_id: str,
    payment: Payment,
    *,
    by: Actor,
    at: datetime,
) -> Logged:
    """Write a payment into the log; within a minute the same is returned, not written.

    Raises `NotFoundError` where the patron is not on the event's roster.
    """

    def once(work: UnitOfWork, repeated: Repeated) -> Logged:
        event, patron = _who(work, event_id, patron_id)
        faults = tuple(payment.faults(_methods_for(work, [payment])))
        if faults:
            raise InvalidError(*faults)
        pen = Pen(work, ledger_of(work, event), by, at)
        entry, duplicate = pen.log(payment, patron, repeated)
        logged = shown(entry, pen.ledger, event, duplicate=duplicate)
        _commit(pen, [patron], logged)
        return logged

    return insist(work, event_id, once)


def log_batch(
    work: UnitOfWork, event_id: str, lines: Sequence[Line], *, by: Actor, at: datetime
) -> list[Logged]:
    """Write several payments, all or none; what repeats one is returned, not written.

    Raises `InvalidError` with the faults of every line that cannot be taken.
    """

    def once(work: UnitOfWork, repeated: Repeated) -> list[Logged]:
        event = work.need(EVENT, event_id, otherwise=NO_EVENT)
        aboard = _aboard(work, event_id, lines)
        _check(work, lines, aboard)
        pen = Pen(work, ledger_of(work, event), by, at)
        made = [
            pen.log(line.payment, aboard[line.patron_id], repeated) for line in lines
        ]
        logged = [
            shown(entry, pen.ledger, event, duplicate=duplicate)
            for entry, duplicate in made
        ]
        _commit(pen, list(aboard.values()), logged)
        return logged

    return insist(work, event_id, once)


def methods(work: UnitOfWork) -> tuple[str, ...]:
    """How one can pay: the usual ways and the house's own."""
    return (*METHODS, *(work.get(RATES) or default_rates()).payment_methods)


def _commit(pen: Pen, patrons: list[Patron], result: object) -> None:
    if not pen.entries:
        pen.work.settle(result)
        return
    pen.put_down(patrons)
    pen.work.commit(
        by=pen.by,
        did="payment.logged",
        at=pen.at,
        about=pen.ledger.event_id,
        detail=", ".join(entry.payment_id for entry in pen.entries),
        result=result,
    )


def _methods_for(work: UnitOfWork, payments: Sequence[Payment]) -> tuple[str, ...]:
    """The ways to pay, looked up only where the usual ones do not do."""
    if all(payment.method in METHODS for payment in payments):
        return METHODS
    return methods(work)


def _who(work: UnitOfWork, event_id: str, patron_id: str) -> tuple[Event, Patron]:
    """An event and somebody on its roster, of whom its header holds a copy."""
    found = work.find(EVENT, event_id)
    if found is None:
        raise NotFoundError(NO_EVENT)
    copy = found.item.get(patron_mark(patron_id))
    if copy:
        return found.value, PATRON.value({"doc": copy})
    return found.value, work.need(PATRON, event_id, patron_id, otherwise=NO_PATRON)


def _aboard(
    work: UnitOfWork, event_id: str, lines: Sequence[Line]
) -> dict[str, Patron]:
    found = {}
    for patron_id in dict.fromkeys(line.patron_id for line in lines):
        patron = work.get(PATRON, event_id, patron_id)
        if patron:
            found[patron_id] = patron
    return found


def _check(work: UnitOfWork, lines: Sequence[Line], aboard: dict[str, Patron]) -> None:
    """Refuse the batch with what is wrong about each of its lines."""
    allowed = _methods_for(work, [line.payment for line in lines])
    faults: list[Fault] = []
    for number, line in enumerate(lines):
        if line.patron_id not in aboard:
            faults.append(Fault(f"payments.{number}.patron_id", NO_PATRON))
        faults += [
            Fault(f"payments.{number}.{fault.field}", fault.message)
            for fault in line.payment.faults(allowed)
        ]
    if faults:
        raise InvalidError(*faults)
