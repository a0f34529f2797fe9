"""Money is read strictly, reckoned in cents and written in one way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.money import Money


@pytest.mark.parametrize(
    ("given_as", "cents"),
    [
        ("840.75", 84075),
        ("840.7", 84070),
        ("840", 84000),
        (840, 84000),
        (Decimal("840.75"), 84075),
        (Decimal("8.4E+2"), 84000),
        ("-0.01", -1),
        ("0", 0),
        ("999999999.99", 99_999_999_999),
    ],
)
def test_an_amount_is_read(given_as: Any, cents: int) -> None:
    assert Money.parse(given_as) == Money(cents)


@pytest.mark.parametrize(
    "given_as",
    [
        "", " 1", "1 ", "1.", ".5", "1.005", "1,000", "1e3", "NaN", "Infinity", "+1",
        "$1", "0x1", "１", "٣", "1_000", "--1", "1000000000", 840.75, True, None, [],
        Decimal("NaN"), Decimal("Infinity"), Decimal("0.005"), Decimal("1E+30"), "1\n",
    ],
)  # fmt: skip
def test_what_a_machine_could_mean_otherwise_is_refused(given_as: Any) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(given_as)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1250", 125000),
        (" $1,250.50 ", 125050),
        ("$ 5", 500),
        ("1,234,567.89", 123456789),
        ("-1,000", -100000),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, cents: int) -> None:
    assert Money.type_in(typed) == Money(cents)


@pytest.mark.parametrize("typed", ["1,25", "12,34,567", "1.234,50", "$$5", "5$", "a"])
def test_an_amount_that_could_be_two_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.type_in(typed)


@given(st.integers(-99_999_999_999, 99_999_999_999))
def test_what_is_written_is_read_again(cents: int) -> None:
    money = Money(cents)

    assert Money.parse(money.plain) == money
    assert Money.parse(money.dollars) == money
    assert Money.type_in(str(money).replace("-$", "-")) == money


def test_amounts_are_written_for_machines_and_for_people() -> None:
    assert (Money(-123456789).plain, str(Money(-123456789))) == (
        "-1234567.89",
        "-$1,234,567.89",
    )
    assert (Money(5).plain, str(Money(5))) == ("0.05", "$0.05")
    assert (Money().plain, str(Money())) == ("0.00", "$0.00")


@given(st.integers(), st.integers())
def test_sums_are_exact(one: int, other: int) -> None:
    assert Money(one) + Money(other) - Money(one) == Money(other)
    assert -Money(one) == Money() - Money(one)
    assert bool(Money(one)) is (one != 0)
    assert (Money(one) < Money(other)) is (one < other)


@pytest.mark.parametrize(
    ("dollars", "cents"),
    [("0.005", 1), ("0.0049", 0), ("-0.005", -1), ("151.335", 15134)],
)
def test_a_half_cent_goes_away_from_zero(dollars: str, cents: int) -> None:
    assert Money.round(Decimal(dollars)) == Money(cents)
