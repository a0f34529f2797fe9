"""A receipt: money that moved somewhere else, as the place where it moved tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jada_flask.domain.money import Money

CURRENCY = "USD"


class ReceiptKind(StrEnum):
    """What moved."""

    CHARGE = "charge"  # somebody paid
    REFUND = "refund"  # somebody got money back
    PAYOUT = "payout"  # a marketplace paid us, or an account was emptied to the bank
    FEE = "fee"  # the source kept something for itself


@dataclass(frozen=True, slots=True)
class Receipt:
    """One movement. Amounts are below zero where the money leaves us.

    `source` and `source_id` together are the same for the same movement, however often
    and in whatever file or event it is told.
    """

    source: str
    source_id: str
    kind: ReceiptKind
    gross: Money
    fee: Money | None  # what was kept on the way; None: not known yet
    net: Money
    at: datetime
    currency: str = CURRENCY
    email: str = ""
    name: str = ""
    references: tuple[str, ...] = ()  # a refund's charge, a payout's booking
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> Money:
        return self.fee or Money()

    @property
    def gap(self) -> Money:
        """By how much the receipt contradicts itself; nothing where it adds up."""
        return self.gross - self.kept - self.net

    @property
    def root(self) -> str:
        """The movement that this one belongs to: a refund's charge, else itself."""
        if self.kind is ReceiptKind.REFUND and self.references:
            return self.references[0]
        return self.source_id

    @property
    def receipt_id(self) -> str:
        return f"{self.source}/{self.root}/{self.source_id}"

    @property
    def to_the_bank(self) -> bool:
        """Whether an account was emptied: our own money, which nobody expects."""
        leaves = self.kind is ReceiptKind.PAYOUT and self.net < Money()
        return leaves and not self.references
