"""No amount of money passes into what crew and guests read; everything else does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jada_flask.domain.amounts import MARKER, amounts_in, holds_amount, without_amounts
from jada_flask.domain.money import Money

AMOUNTS = [
    "$840.75", "840.75", "USD 840", "usd840", "840USD", "840 dollars", "1,234.50",
    "1.234,50 €", "1.234,50", "1.234.567,89", "12345.67", "0.50", "$5", "5 $", "$.75",
    "$1.2k", "$840k", "1.2k", "2 grand", "1.2 million dollars", "$1,234,567.89",
    "＄８４０．７５", "８４０．７５", "٨٤٠٫٧٥", "$٨٤٠", "𝟖𝟒𝟎.𝟕𝟓", "8️⃣4️⃣0️⃣ dollars",
    "$8\u200d40", "8\u200b40.75", "&#36;840", "&dollar;840.75", "&#x24;8",
    "1,00,000.00", "₹1,00,000", "US$840", "US$ 840.00 USD", "R$ 840",
    "💲840", "$840¾", "$\n840", "£840", "840元",
    "840\u00a0€", "1\u202f234,50", "1'234.50", "1’234.50", "1,234", "840.-", "840,-",
    "84075 cents", "84075¢", "price 840", "paid: 840", "deposit of 200", "25/hr",
    "25 an hour", "840 cash", "total 840", "he owes 300", "dollars 840", "840 . 75 usd",
    "840 and 75/100 dollars", "eight hundred dollars", "five-hundred-dollar tip",
    "one thousand two hundred dollars", "twenty bucks", "八百美元", "840 dólares",
    "ochocientos dólares", "800 долларов", "$800-900", "$800 to $900", "(840.75)",
    "-840.75", "price=840.75", "840.75/charter",
]  # fmt: skip

HARMLESS = [
    "16:30", "7pm", "7.30pm", "16:30-19:30", "5:45 p.m.", "2026-05-30", "05/30/2026",
    "30.05.2026", "May 30, 2026", "5/30", "+1 (619) 555-0100", "619.555.0100",
    "619-555-0100", "619 555 0100", "+33 1.23.45.67.89", "4 guests", "3 hours",
    "3.50 hours", "ages 4, 7 and 12", "a 70th birthday", "70 years old", "party of 4",
    "12 bottles", "slip 12", "BS-1048213", "PZZ740", "32.7267,-117.2031", "20 knots",
    "1,200 guests", "10 lbs of ice", "46 CFR 26.03-1", "2.50 m", "18 %", "12.50%",
    "pay at slip 12", "paid on 05/30/2026", "paid 2026-05-30", "paid 30 May",
    "pay 619-555-0100", "VHF 16/72", "total 4 guests", "total of 12 aboard",
    "192.168.1.10", "v2.10", "tip: bring 2 towels", "charge 2 radios", "10k run",
    "1938 yacht", "12-15 people", "a couple of chairs", "cost 3 hours", "US 101 north",
    "we paid in dollars 4 guests", "10:30 tip of the island",
]  # fmt: skip


@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_is_taken_out(amount: str) -> None:
    text = f"The guest said {amount} for it"

    left = without_amounts(text)

    assert MARKER in left
    assert not any(unicodedata.category(char) == "Nd" for char in left)


@pytest.mark.parametrize("words", HARMLESS)
def test_what_is_no_money_stays(words: str) -> None:
    text = f"Note: {words}, ok"

    assert not holds_amount(text)
    assert without_amounts(text) == text


def test_amounts_are_named_as_they_are_written() -> None:
    text = "Paid &#36;840.75 of ９５０．００ at 16:30 for 4 guests."

    assert amounts_in(text) == ["&#36;840.75", "９５０．００"]
    assert without_amounts(text) == f"Paid {MARKER} of {MARKER} at 16:30 for 4 guests."


def _with_cents(mark: str, thousands: str, point: str) -> Callable[[Money], str]:
    def render(money: Money) -> str:
        dollars, cents = divmod(money.cents, 100)
        grouped = f"{dollars:,}".replace(",", thousands)
        return mark.replace("#", f"{grouped}{point}{cents:02}")

    return render


def _digits_from(zero: str) -> Callable[[Money], str]:
    digits = str.maketrans({str(n): chr(ord(zero) + n) for n in range(10)})
    return lambda money: money.plain.translate(digits)


RENDERINGS: list[Callable[[Money], str]] = [
    _with_cents(mark, thousands, point)
    for mark in ("#", "$#", "$ #", "# $", "#€", "USD #", "#usd", "# dollars", "-#")
    for thousands, point in ((",", "."), (".", ","), ("", "."), ("", ","), (" ", ","),
                             ("\u202f", ","), ("'", "."), ("’", "."))
]  # fmt: skip
RENDERINGS += [_digits_from(zero) for zero in "０٠۰०๐𝟎𝟬𝟶"]
RENDERINGS += [
    lambda money: f"${money.cents // 100}",
    lambda money: f"{money.cents} cents",
    lambda money: f"{money.cents}¢",
    lambda money: f"&#36;{money.plain}",
    lambda money: f"＄{money.plain}",
    lambda money: f"${money.cents / 100_000:.1f}k",
    lambda money: str(money),
]


@given(
    st.integers(100, 99_999_999),
    st.sampled_from(RENDERINGS),
    st.sampled_from(
        ["It was ", "", "Guests: 4. ", "at 16:30 ", "\n", "(", "=", "per day/"]
    ),
    st.sampled_from(
        [" agreed", "", ".", ", please", "\n4 guests", ")", "!", " on 5/30"]
    ),
)
@example(84075, str, "", "")
def test_no_rendering_of_money_survives(
    cents: int, render: Callable[[Money], str], before: str, after: str
) -> None:
    written = render(Money(cents))

    left = without_amounts(before + written + after)

    assert MARKER in left
    assert re.sub(r"\W", "", left.replace(MARKER, "")) == re.sub(
        r"\W", "", before + after
    )


@given(
    st.text(
        st.sampled_from("0123456789 $€.,:'/-kUSDcents&#;٣٬one hundred\n"), max_size=60
    )
)
def test_nothing_is_left_to_be_taken_out(text: str) -> None:
    assert not holds_amount(without_amounts(text))


@given(st.integers(0, 23), st.integers(0, 59), st.dates(), st.integers(1, 99))
def test_times_dates_and_counts_stay(
    hour: int, minute: int, day: object, n: int
) -> None:
    text = f"On {day} at {hour:02}:{minute:02}, {n} guests, aged {n}, for {n} hours."

    assert without_amounts(text) == text


@pytest.mark.parametrize(
    "text", ["1" * 2000, "one and " * 250, "$1-" * 600, "1,111" * 400, "pay : : " * 250]
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    assert isinstance(without_amounts(text), str)
