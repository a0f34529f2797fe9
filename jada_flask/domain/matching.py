"""Matching: what came from outside held against what was expected, to the cent.

One engine for every source. It decides by what a receipt names, proposes by what it
looks like, and where two look alike it does neither: it names both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from jada_flask.domain.money import Money
from jada_flask.domain.receipt import CURRENCY, Receipt, ReceiptKind

WINDOW = timedelta(days=14)  # how far from its charter a payment is looked for
NAMES = {  # what metadata may name, and how we speak of it
    "event_id": "charter",
    "patron_id": "patron",
    "booking_id": "booking",
    "source_ref": "booking reference",
}
_NAMED_AT_MOST = 5


class Confidence(StrEnum):
    """How sure it is that a receipt belongs where it was put."""

    EXACT = "exact"  # the receipt says so itself
    PROPOSED = "proposed"  # it looks so; somebody decides
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Expectation:
    """Money that should come: a booking's payout, a patron's balance, a charge's rest.

    `amount` is None where nothing was agreed, so that whatever comes is right.
    """

    label: str  # as people know it
    amount: Money | None
    at: datetime
    after_fee: bool = False  # the source's fee is off the amount already
    fee: Money | None = None  # that was agreed with the source
    email: str = ""
    event_id: str = ""
    patron_id: str = ""
    booking_id: str = ""
    references: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """By which it is chosen among others."""
        if self.patron_id:
            return f"{self.event_id}/{self.patron_id}"
        return self.booking_id

    def is_called(self, name: str, value: str) -> bool:
        """Whether this is what metadata of that name means."""
        if name == "source_ref":
            return value.casefold() in {ref.casefold() for ref in self.references}
        own = {
            "event_id": self.event_id,
            "patron_id": self.patron_id,
            "booking_id": self.booking_id,
        }
        return own[name] == value

    def fits(self, receipt: Receipt) -> bool:
        """Whether just this amount should come."""
        came = receipt.net if self.after_fee else receipt.gross
        return self.amount is not None and Money() < self.amount == came


@dataclass(frozen=True, slots=True)
class Match:
    """A receipt and what it was held against: expected - fee - received = difference.

    Without an expectation nothing was expected, so all that came is the difference.
    """

    confidence: Confidence
    expected: Money
    received: Money
    fee: Money
    difference: Money
    gap: Money  # by which the receipt does not add up by itself
    reasons: tuple[str, ...]
    expectation: Expectation | None = None
    candidates: tuple[Expectation, ...] = ()  # among whom somebody may choose

    @property
    def flagged(self) -> bool:
        """Whether any cent is left over."""
        return bool(self.difference) or bool(self.gap)

    @property
    def explained(self) -> bool:
        """Whether it is certain and every cent of it is accounted for."""
        return self.confidence is Confidence.EXACT and not self.flagged


def match(receipt: Receipt, expectations: Sequence[Expectation]) -> Match:
    """Where a receipt belongs. The order of the expectations means nothing."""
    if receipt.currency != CURRENCY:
        return _nowhere(
            receipt, f"This is in {receipt.currency}; only US dollars are matched."
        )
    if receipt.kind is ReceiptKind.FEE:
        return _of_the_source(receipt, "A fee that the source kept for itself.")
    if receipt.to_the_bank:
        return _of_the_source(receipt, "Our own money on its way to the bank.")
    if receipt.kind is ReceiptKind.REFUND:
        return _refund(receipt, expectations)
    return _incoming(receipt, expectations)


def held_against(
    receipt: Receipt, expectation: Expectation, confidence: Confidence, *reasons: str
) -> Match:
    """A receipt at one expectation, with the sum and all that is odd about it."""
    expected, fee = _sum(receipt, expectation)
    difference = expected - fee - receipt.net
    told = (*reasons, *_oddities(receipt, expectation, fee, difference))
    return Match(
        confidence,
        expected,
        receipt.net,
        fee,
        difference,
        receipt.gap,
        told,
        expectation,
        (expectation,),
    )


def _incoming(receipt: Receipt, expectations: Sequence[Expectation]) -> Match:
    said = {name: receipt.metadata[name] for name in NAMES if name in receipt.metadata}
    pool = [
        one
        for one in expectations
        if all(one.is_called(name, value) for name, value in said.items())
    ]
    if len(pool) == 1 and _names_one(said):
        words = f"It names {_words(said)} itself."
        return held_against(receipt, pool[0], Confidence.EXACT, words)
    if said and not pool:
        nothing = f"It names {_words(said)}, which nothing here expects."
        return _alike(receipt, expectations, nothing)
    return _alike(receipt, pool)


def _names_one(said: dict[str, str]) -> bool:
    """Whether these names can mean only one thing.

    The id of a patron is one only together with its event, and an event has many.
    """
    if "booking_id" in said or "source_ref" in said:
        return True
    return "event_id" in said and "patron_id" in said


def _alike(receipt: Receipt, pool: Sequence[Expectation], *reasons: str) -> Match:
    """What it looks like, if it looks like one thing only."""
    known = [one for one in pool if _same(one.email, receipt.email)]
    right = [one for one in pool if one.fits(receipt)]
    by = "amount and e-mail address"
    found = [one for one in right if one in known]
    if not found:
        by = "amount and date"
        found = [one for one in right if abs(one.at - receipt.at) <= WINDOW]
    if len(found) == 1:
        words = f"Its {by} are those of {found[0].label}."
        return held_against(receipt, found[0], Confidence.PROPOSED, *reasons, words)
    if found:
        words = f"Its {by} are those of {_several(found)}; somebody has to choose."
        return _nowhere(receipt, *reasons, words, candidates=found)
    if known:
        words = f"The address is that of {_several(known)}, but not the amount."
        return _nowhere(receipt, *reasons, words, candidates=known)
    return _nowhere(receipt, *reasons, "Nothing that is expected looks like it.")


def _refund(receipt: Receipt, charges: Sequence[Expectation]) -> Match:
    """A refund belongs to the charge that it names, and to nothing that looks so."""
    found = [
        one
        for one in charges
        if any(one.is_called("source_ref", name) for name in receipt.references)
    ]
    if len(found) == 1:
        words = f"It gives money of {found[0].label} back."
        return held_against(receipt, found[0], Confidence.EXACT, words)
    return _nowhere(
        receipt, "No payment that we know is the one it gives back.", candidates=found
    )


def _sum(receipt: Receipt, expectation: Expectation) -> tuple[Money, Money]:
    """What was expected before the fee, and the fee."""
    if receipt.kind is ReceiptKind.REFUND:
        left = expectation.amount or Money()
        return max(-left, receipt.gross), receipt.kept
    if expectation.amount is None:
        return receipt.gross, receipt.kept
    if not expectation.after_fee:
        return expectation.amount, receipt.kept
    fee = receipt.kept if expectation.fee is None else expectation.fee
    return expectation.amount + fee, fee


def _oddities(
    receipt: Receipt, expectation: Expectation, fee: Money, difference: Money
) -> Iterator[str]:
    """What a person should know about it, in words."""
    yield from expectation.cautions
    if receipt.gap:
        yield (
            f"It does not add up by itself: {receipt.gross} less {receipt.kept} is not "
            f"{receipt.net}."
        )
    if receipt.fee is None:
        yield "What was kept as a fee is not known yet."
    elif receipt.fee != fee:
        more = receipt.fee - fee
        words = f"{more} more" if more > Money() else f"{-more} less"
        yield f"{receipt.fee} was kept where {fee} was agreed: {words}."
    if expectation.amount is None:
        yield "No amount was agreed, so it is taken as it came."
    elif receipt.kind is ReceiptKind.REFUND and difference:
        yield f"That is {difference} more than is left of it."
    elif difference > Money():
        yield f"{difference} less came than was expected."
    elif difference:
        yield f"{-difference} more came than was expected."


def _of_the_source(receipt: Receipt, reason: str) -> Match:
    """What only the source itself is the reason of."""
    expected = receipt.net + receipt.kept
    return Match(
        Confidence.EXACT,
        expected,
        receipt.net,
        receipt.kept,
        Money(),
        receipt.gap,
        (reason,),
    )


def _nowhere(
    receipt: Receipt, *reasons: str, candidates: Sequence[Expectation] = ()
) -> Match:
    named = sorted(candidates, key=lambda one: (one.at, one.target))[:_NAMED_AT_MOST]
    return Match(
        Confidence.NONE,
        Money(),
        receipt.net,
        receipt.kept,
        Money() - receipt.kept - receipt.net,
        receipt.gap,
        reasons,
        candidates=tuple(named),
    )


def _several(expectations: Sequence[Expectation]) -> str:
    """Their names in order of date; the first few of many."""
    ordered = sorted(expectations, key=lambda one: (one.at, one.target))
    labels = [one.label for one in ordered[:_NAMED_AT_MOST]]
    more = len(ordered) - len(labels)
    if more:
        labels.append(f"{more} more")
    return "; ".join(labels[:-1]) + " and " * bool(labels[1:]) + labels[-1]


def _same(one: str, other: str) -> bool:
    return bool(one) and one.casefold() == other.casefold()


def _words(said: dict[str, str]) -> str:
    return ", ".join(f"{NAMES[name]} {value}" for name, value in said.items())
