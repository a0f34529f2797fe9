"""Reconciliation: a receipt that was taken, where it belongs and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from jada_flask.domain.matching import Confidence, Match, held_against
from jada_flask.domain.money import Money
from jada_flask.domain.receipt import Receipt


class TakenState(StrEnum):
    """How far a receipt has come."""

    OPEN = "open"  # somebody has to decide
    WAITING = "waiting"  # a refund whose charge has not come, or is open itself
    SETTLED = "settled"  # booked where it belongs
    DISMISSED = "dismissed"  # somebody said that it belongs nowhere


@dataclass(frozen=True, slots=True)
class Taken:
    """A receipt with its match. Everything about it is written at once."""

    receipt: Receipt
    match: Match
    state: TakenState
    taken_at: datetime
    taken_by: str
    told_by: tuple[str, ...] = ()  # the source's events that brought it
    payment_id: str = ""  # the entry of the log that it is
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""  # why it was dismissed, or what explains the difference
    notes: tuple[str, ...] = ()  # why somebody has to look at it
    contradiction: str = ""  # how the source told it otherwise
    revision: int = 0

    @property
    def receipt_id(self) -> str:
        return self.receipt.receipt_id

    @property
    def words(self) -> tuple[str, ...]:
        told = (*self.match.reasons, *self.notes, self.contradiction)
        return tuple(words for words in told if words)

    @property
    def undecided(self) -> bool:
        return self.state in (TakenState.OPEN, TakenState.WAITING)

    @property
    def explained(self) -> bool:
        """Whether every cent of it is accounted for, or somebody said why not."""
        if self.state is TakenState.SETTLED:
            return bool(self.reason or not (self.match.flagged or self.contradiction))
        return self.state is TakenState.DISMISSED

    def told_again(self, receipt: Receipt, event_id: str) -> Taken:
        """What another telling of the same receipt adds: its fee, or a contradiction.

        The amounts that were told first stay.
        """
        first = self.receipt
        after = self
        if event_id and event_id not in self.told_by:
            after = replace(self, told_by=(*self.told_by, event_id))
        if (first.gross, first.currency) != (receipt.gross, receipt.currency):
            return replace(after, contradiction=_otherwise(receipt))
        if first.fee is None and receipt.fee is not None:
            after = after.with_fee(receipt)
        elif receipt.fee is not None and first.net != receipt.net:
            return replace(after, contradiction=_otherwise(receipt))
        merged = receipt.metadata | first.metadata
        return replace(after, receipt=replace(after.receipt, metadata=merged))

    def with_fee(self, receipt: Receipt) -> Taken:
        """With what the source kept, now that it is known."""
        known = replace(self.receipt, fee=receipt.fee, net=receipt.net)
        match = self.match
        if match.expectation:
            match = held_against(
                known, match.expectation, match.confidence, match.reasons[0]
            )
        return replace(self, receipt=known, match=match)

    def settled(self, match: Match, payment_id: str = "") -> Taken:
        """Booked; what was odd about it is so no longer."""
        exact = replace(match, confidence=Confidence.EXACT)
        return replace(
            self,
            match=exact,
            state=TakenState.SETTLED,
            payment_id=payment_id,
            notes=(),
        )

    def revised(self) -> Taken:
        """As it is written next."""
        return replace(self, revision=self.revision + 1)

    def decided(self, by: str, at: datetime, reason: str = "") -> Taken:
        return replace(self, decided_by=by, decided_at=at, reason=reason)


@dataclass(frozen=True, slots=True)
class PaidOut:
    """What a marketplace has paid out for one booking, by receipt."""

    booking_id: str
    receipts: dict[str, Money] = field(default_factory=dict)

    @property
    def received(self) -> Money:
        return Money(sum(amount.cents for amount in self.receipts.values()))

    def with_receipt(self, receipt: Receipt) -> PaidOut:
        """With one more; the same one counts once."""
        return replace(self, receipts=self.receipts | {receipt.receipt_id: receipt.net})


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a file: expected - fee - received = difference, as of each line."""

    lines: int
    unexplained: int
    expected: Money
    fee: Money
    received: Money
    difference: Money


@dataclass(frozen=True, slots=True)
class PayoutFile:
    """A file of receipts as it was taken. The same content is the same file."""

    file_id: str
    source: str
    name: str
    taken_at: datetime
    taken_by: str
    receipts: tuple[str, ...]
    totals: Totals
    passed_over: tuple[str, ...] = ()


def totals_of(lines: Iterable[Taken]) -> Totals:
    """The sums over all lines."""
    every = list(lines)
    matches = [line.match for line in every]
    return Totals(
        len(every),
        sum(not line.explained for line in every),
        Money(sum(match.expected.cents for match in matches)),
        Money(sum(match.fee.cents for match in matches)),
        Money(sum(match.received.cents for match in matches)),
        Money(sum(match.difference.cents for match in matches)),
    )


def _otherwise(receipt: Receipt) -> str:
    return (
        f"It was told again with other amounts: {receipt.gross}, of which "
        f"{receipt.net} came."
    )
