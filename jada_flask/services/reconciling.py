"""Money from outside: taking receipts, deciding about them, reporting. Office only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import BusyError, ConflictError, NotFoundError, RuleError
from jada_flask.domain.matching import Confidence, Match, held_against, match
from jada_flask.domain.receipt import CURRENCY, Receipt, ReceiptKind
from jada_flask.domain.reconciliation import PayoutFile, Taken, TakenState, totals_of
from jada_flask.domain.text import clean_text
from jada_flask.ports import ConditionError, Item
from jada_flask.records.reconciling import (
    DONE,
    FILE,
    LAST_FILES,
    OPEN,
    TAKEN,
    LastFiles,
)
from jada_flask.services.decades import by_decade
from jada_flask.services.expected import Expected
from jada_flask.services.settling import Desk, keep, settle, settle_refunds
from jada_flask.unit_of_work import UnitOfWork

NO_RECEIPT = "There is no such receipt."
_TRIES = 20  # each failure is somebody else's success


@dataclass(frozen=True, slots=True)
class Report:
    """A file, and how each of its lines stands now."""

    file: PayoutFile
    lines: list[Taken]
    fresh: bool = True  # false: this content was taken before


def take_receipts(
    work: UnitOfWork,
    receipts: Sequence[Receipt],
    *,
    by: Actor,
    at: datetime,
    told_by: str = "",
) -> list[Taken]:
    """Take what came: book what says itself where it belongs, propose the rest.

    The same receipt again changes nothing, unless it can be matched by now. `told_by`
    is the source's event that brought it.
    """
    expected = Expected(UnitOfWork(work.opening), list(receipts))
    desk = Desk(work, by, at)
    return [_insist(partial(_take, desk, each, expected, told_by)) for each in receipts]


def take_file(
    work: UnitOfWork,
    source: str,
    raw: bytes,
    receipts: Sequence[Receipt],
    *,
    name: str = "",
    passed_over: Sequence[str] = (),
    by: Actor,
    at: datetime,
) -> Report:
    """Take the receipts of a file and keep what they came to.

    The same content is the same file, whatever it is called.
    """
    digest = hashlib.sha256(source.encode() + b"\0" + raw).hexdigest()
    lines = take_receipts(work, receipts, by=by, at=at)
    known = work.get(FILE, digest[:24])
    if known:
        report = Report(known, lines, fresh=False)
        work.settle(report)
        return report
    file = PayoutFile(
        digest[:24],
        source,
        clean_text(name, "file", 120),
        at,
        str(by),
        tuple(one.receipt_id for one in lines),
        totals_of(lines),
        tuple(passed_over),
    )
    report = Report(file, lines)
    work.save(FILE, file)
    last = work.get(LAST_FILES) or LastFiles()
    work.save(LAST_FILES, last.having(file.file_id))
    about = f"receipts:{file.file_id}"
    work.commit(by=by, did="receipts.taken", at=at, about=about, result=report)
    return report


def accept(
    work: UnitOfWork, receipt_id: str, *, choice: str = "", by: Actor, at: datetime
) -> Taken:
    """Book an open receipt where it was proposed, or where `choice` says.

    Raises `ConflictError` where it is decided already, `RuleError` where nobody said
    where it belongs.
    """

    def once() -> Taken:
        fresh = UnitOfWork(work.opening)
        taken = one(fresh, receipt_id)
        _check_open(taken)
        found = _chosen(fresh, taken, choice, by)
        desk = Desk(work, by, at, asked=True)
        return _with_refunds(desk, settle(desk, taken.decided(str(by), at), found))

    return _insist(once)


def dismiss(
    work: UnitOfWork, receipt_id: str, reason: str, *, by: Actor, at: datetime
) -> Taken:
    """Say why a receipt belongs nowhere, or what explains the difference of one."""
    why = clean_text(reason, "reason", 500, required=True)

    def once() -> Taken:
        fresh = UnitOfWork(work.opening)
        taken = one(fresh, receipt_id)
        if taken.explained:
            raise ConflictError("Nothing about this receipt is open any more.")
        decided = taken.decided(str(by), at, why)
        desk = Desk(work, by, at, asked=True)
        if taken.undecided:
            decided = replace(decided, state=TakenState.DISMISSED)
            return keep(desk, decided, "receipt.dismissed")
        return keep(desk, decided, "receipt.explained")

    return _insist(once)


def one(work: UnitOfWork, receipt_id: str) -> Taken:
    """One receipt by its id. Raises `NotFoundError`."""
    parts = receipt_id.split("/")
    if len(parts) != 3 or not all(parts):
        raise NotFoundError(NO_RECEIPT)
    return work.need(TAKEN, *parts, otherwise=NO_RECEIPT)


def proposals(
    work: UnitOfWork, *, limit: int = 50, after: Item | None = None
) -> tuple[list[Taken], Item | None]:
    """What somebody should look at, oldest first: undecided, or not explained."""
    page = work.query(TAKEN, OPEN, index="by_date", limit=limit, after=after)
    return page.values, page.after


def explained(
    work: UnitOfWork, lo: str, hi: str, *, limit: int, after: Any = None
) -> tuple[list[Taken], Any]:
    """The receipts between two days about which nothing is open, newest first."""
    found, more = by_decade(
        work,
        TAKEN,
        DONE,
        lo,
        f"{hi}~",
        limit=limit,
        after=after,
        descending=True,
    )
    return [each.value for each in found], more


def files(work: UnitOfWork) -> list[PayoutFile]:
    """The files that were taken last, newest first."""
    last = work.get(LAST_FILES) or LastFiles()
    work.ahead(*((FILE, file_id) for file_id in last.file_ids))
    found = [work.get(FILE, file_id) for file_id in last.file_ids]
    return [file for file in found if file]


def report(work: UnitOfWork, file_id: str, *, limit: int, skip: int = 0) -> Report:
    """How the lines of a file stand now. Raises `NotFoundError`."""
    file = work.need(FILE, file_id, otherwise="There is no such file.")
    lines = [one(work, each) for each in file.receipts[skip : skip + limit]]
    return Report(file, lines, fresh=False)


def _take(desk: Desk, receipt: Receipt, expected: Expected, event_id: str) -> Taken:
    key = (receipt.source, receipt.root, receipt.source_id)
    known = desk.fresh().get(TAKEN, *key)
    if known is None:
        told = (event_id,) if event_id else ()
        known = Taken(
            receipt,
            match(receipt, []),
            TakenState.OPEN,
            desk.at,
            str(desk.by),
            told,
        )
        return _with_refunds(desk, _first(desk, known, expected))
    after = known.told_again(receipt, event_id)
    if known.state is TakenState.OPEN and receipt.kind is not ReceiptKind.REFUND:
        after = _matched_again(desk, after, expected)
    elif after != known:
        after = keep(desk, after, "receipt.told_again")
    return _with_refunds(desk, after)


def _first(desk: Desk, taken: Taken, expected: Expected) -> Taken:
    """What becomes of a receipt that nobody has told before.

    A refund is written down before its charge is looked for, as the charge is before
    its refunds are: of two that come at the same moment one sees the other.
    """
    receipt = taken.receipt
    if receipt.kind is ReceiptKind.REFUND and receipt.currency == CURRENCY:
        waiting = replace(taken, state=TakenState.WAITING)
        return keep(desk, waiting, "receipt.waits")
    found = match(receipt, expected.of(receipt))
    if found.confidence is Confidence.EXACT:
        return settle(desk, taken, found)
    return keep(desk, replace(taken, match=found), "receipt.proposed")


def _matched_again(desk: Desk, taken: Taken, expected: Expected) -> Taken:
    """An open receipt that is told once more, held against what is expected by now."""
    found = match(taken.receipt, expected.of(taken.receipt))
    if found.confidence is Confidence.EXACT and not taken.contradiction:
        return settle(desk, taken, found)
    after = replace(taken, match=found)
    known = desk.fresh().get(TAKEN, *TAKEN.ids(taken))
    return taken if after == known else keep(desk, after, "receipt.told_again")


def _with_refunds(desk: Desk, taken: Taken) -> Taken:
    """Book what waits for this receipt, or this one if it has waited itself."""
    receipt = taken.receipt
    if receipt.kind not in (ReceiptKind.CHARGE, ReceiptKind.REFUND):
        return taken
    settle_refunds(desk, receipt.source, receipt.root)
    if taken.state is not TakenState.WAITING:
        return taken
    return one(desk.fresh(), taken.receipt_id)


def _chosen(work: UnitOfWork, taken: Taken, choice: str, by: Actor) -> Match:
    """Where somebody wants it, at what is expected there now."""
    receipt = taken.receipt
    words = f"{by.name or by} accepted it."
    if receipt.kind is ReceiptKind.REFUND:
        return taken.match
    proposed = taken.match.expectation
    known = {one.target for one in taken.match.candidates}
    target = choice or (proposed.target if proposed else "")
    if not target:
        raise RuleError("Choose to whom this money belongs.")
    if target not in known:
        raise RuleError("This is not one of those whom it was proposed for.")
    expected = Expected(work, [receipt])
    expectation = expected.called(target, receipt.metadata.get("purpose", ""))
    if expectation is None:
        raise NotFoundError("To whom this was proposed is no longer on the roster.")
    return held_against(receipt, expectation, Confidence.EXACT, words)


def _check_open(taken: Taken) -> None:
    if taken.state is TakenState.WAITING:
        raise ConflictError("The payment that it gives back is not in the log yet.")
    if taken.state is not TakenState.OPEN:
        raise ConflictError("Somebody has decided about this receipt already.")
    if taken.receipt.currency != CURRENCY:
        raise RuleError("Only US dollars are booked here; dismiss it with a reason.")


def _insist(act: Callable[[], Taken]) -> Taken:
    """Do it on a new reading for as long as others are faster at the same receipt."""
    for _ in range(_TRIES):
        try:
            return act()
        except ConditionError:
            continue
    raise BusyError("This receipt is being told many times at once. Please try again.")
