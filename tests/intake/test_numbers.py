from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from jada_flask.domain.money import Money
from jada_flask.intake.numbers import HoursField, MoneyField, PercentField, WholeField
from jada_flask.intake.strict_json import loads

MONEY = MoneyField()


def _refusal(field: Any, value: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        field.deserialize(value)
    (message,) = refused.value.messages
    return str(message)


@given(st.integers(0, 10_000_000))
def test_every_amount_to_the_cent_is_read_as_text_and_as_number(cents: int) -> None:
    text = f"{cents // 100}.{cents % 100:02}"

    assert MONEY.deserialize(text) == Money(cents)
    assert MONEY.deserialize(loads(text.encode())) == Money(cents)


@given(
    st.text()
    | st.decimals()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.lists(st.integers())
    | st.text(alphabet="0123456789.,-+eE$ ٣１NaN")
)
def test_whatever_money_is_made_of_comes_back_the_same_or_is_refused(
    value: Any,
) -> None:
    try:
        money = MONEY.deserialize(value)
    except ValidationError:
        return
    assert money is not None
    assert 0 <= money.cents <= 10_000_000
    assert money.dollars == Decimal(value)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (840.75, "Send a number"),
        (True, "Send a number"),
        ([840], "Send a number"),
        (loads(b"NaN"), "finite"),
        (loads(b"-Infinity"), "finite"),
        (loads(b"1e2"), "exponent"),
        (loads(b"8.4075e2"), "exponent"),
        (Decimal("1E+9"), "exponent"),
        ("840.755", "two decimal places"),
        (loads(b"840.750"), "two decimal places"),
        ("NaN", "plain digits"),
        ("1e9", "plain digits"),
        ("1,250.50", "plain digits"),
        ("$840.75", "plain digits"),
        (" 840.75", "plain digits"),
        ("٣٤٥", "plain digits"),
        ("１２", "plain digits"),
        ("", "plain digits"),
        ("-0.01", "negative"),
        (-1, "negative"),
        (100_000_01, "At most 100000.00"),
        (1_000_000_000, "plain digits"),
        (None, "null"),
    ],
)
def test_an_amount_that_could_mean_something_else_is_refused(
    value: Any, why: str
) -> None:
    assert why in _refusal(MONEY, value)


def test_an_amount_of_very_many_digits_is_refused_at_once() -> None:
    assert "plain digits" in _refusal(MONEY, "9" * 400_000)
    assert "too large" in _refusal(MONEY, 10**5000)
    begun = time.perf_counter()
    assert "two decimal places" in _refusal(MONEY, Decimal("1E-99999999"))
    assert time.perf_counter() - begun < 0.05


def test_nothing_is_an_amount_unless_it_must_be_positive() -> None:
    assert MONEY.deserialize("0.00") == Money(0)
    assert "more than zero" in _refusal(MoneyField(positive=True), "0.00")


def test_a_loss_is_an_amount_where_signs_are_taken() -> None:
    assert MoneyField(signed=True).deserialize("-12.50") == Money(-1250)
    assert "At most" in _refusal(MoneyField(signed=True), -100_001)


def test_the_most_that_is_taken_can_be_less() -> None:
    assert "At most 10.00" in _refusal(MoneyField(at_most=Money(1000)), "10.01")


@pytest.mark.parametrize(
    ("hours", "minutes"), [("3", 180), ("3.5", 210), ("2.25", 135), ("0.05", 3)]
)
def test_hours_are_whole_minutes(hours: str, minutes: int) -> None:
    assert HoursField().deserialize(loads(hours.encode())) == minutes


def test_hours_that_floats_could_not_write_are_still_whole_minutes() -> None:
    assert HoursField().deserialize(loads(b"0.30000000000000004")) == 18


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        ("3.33", "whole minutes"),
        ("0.0041666", "whole minutes"),
        ("0.000000001", "whole minutes"),
        ("0", "more than 0"),
        ("-3", "more than 0"),
        ("336.05", "at most 336"),
        ("NaN", "finite"),
        ("3e0", "exponent"),
        ('"3"', "Send a number"),
        ("true", "Send a number"),
        ("9" * 40, "at most 336"),
    ],
)
def test_other_hours_are_refused(hours: str, why: str) -> None:
    assert why in _refusal(HoursField(), loads(hours.encode()))


@pytest.mark.parametrize("number", ["4", "4.0"])
def test_a_count_is_whole_however_it_is_written(number: str) -> None:
    value = WholeField(at_least=1, at_most=500).deserialize(loads(number.encode()))

    assert value == 4
    assert type(value) is int


@pytest.mark.parametrize("number", ["0", "501", "4.5", "true", '"4"', "NaN", "1e1"])
def test_other_counts_are_refused(number: str) -> None:
    _refusal(WholeField(at_least=1, at_most=500), loads(number.encode()))


@pytest.mark.parametrize("value", [18, "18", "18.0", Decimal("17.125"), 0, "100"])
def test_a_percent_is_a_decimal(value: Any) -> None:
    assert PercentField().deserialize(value) == Decimal(value)


@pytest.mark.parametrize(
    "value",
    [101, "100.5", -1, "1e1", 17.5, Decimal("0.0001"), "", "18%", Decimal("NaN")],
)
def test_other_percents_are_refused(value: Any) -> None:
    _refusal(PercentField(), value)
