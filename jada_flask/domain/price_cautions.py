"""What a person should look at in the money of a booking. Staff only."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from jada_flask.domain.booking import Caution, Terms, local_start, margin_for
from jada_flask.domain.money import Money
from jada_flask.domain.rates import FeeSchedule, House


def price_cautions(terms: Terms, house: House) -> Iterator[Caution]:
    """List price, fee and gross against each other, a schedule and our costs."""
    schedule = house.rates.schedule(terms.source, local_start(terms).date())
    yield from _sum(terms)
    if schedule is None:
        yield Caution(
            "source_unknown",
            f"The house has no fee schedule for {terms.source!r} on that day. "
            "Check the spelling, or add a schedule.",
        )
    else:
        yield from _fee(terms, schedule)
    yield from _loss(terms, house)


def _sum(terms: Terms) -> Iterator[Caution]:
    listed, fee = terms.list_price, terms.platform_fee
    if listed is None or fee is None or listed - fee == terms.gross:
        return
    yield Caution(
        "price_does_not_add_up",
        f"List price {listed} less platform fee {fee} is {listed - fee}, but gross is "
        f"{terms.gross}. Compare with the booking at the source.",
    )


def _fee(terms: Terms, schedule: FeeSchedule) -> Iterator[Caution]:
    listed, fee = _listed_and_fee(terms, schedule)
    if listed <= Money():
        return
    percent = Decimal(fee.cents * 100) / listed.cents
    if abs(percent - schedule.percent) > schedule.tolerance:
        yield Caution(
            "fee_unusual",
            f"{schedule.name} keeps {fee} of {listed}, which is {percent:.1f} %; the "
            f"schedule says {schedule.percent.normalize():f} %. Compare with the "
            "booking at the source.",
        )


def _listed_and_fee(terms: Terms, schedule: FeeSchedule) -> tuple[Money, Money]:
    """List price and fee, each from the other where it is left out.

    Only a marketplace keeps the difference between list price and gross; elsewhere it
    is a discount of our own.
    """
    listed, fee = terms.list_price, terms.platform_fee
    if listed is not None and fee is not None:
        return listed, fee
    if fee is not None:
        return terms.gross + fee, fee
    if listed is not None and schedule.marketplace:
        return listed, listed - terms.gross
    return Money(), Money()


def _loss(terms: Terms, house: House) -> Iterator[Caution]:
    margin = margin_for(terms, house)
    if margin.net < Money():
        yield Caution(
            "loss",
            f"It loses {-margin.net}: crew, captain and port fee come to "
            f"{margin.gross - margin.net} and gross is {margin.gross}. Check the "
            "price, or sail with fewer hands.",
        )
