"""Months, and what charters earn together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.earnings import Earnings
from jada_flask.domain.errors import InvalidError
from jada_flask.domain.margin import Margin
from jada_flask.domain.money import Money
from jada_flask.domain.months import Month, months_of

CENTS = st.integers(0, 10_000_000).map(Money)
MARGINS = st.lists(st.builds(Margin, CENTS, CENTS, CENTS, CENTS))


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)))
def test_every_day_is_in_its_month_and_in_no_other(day: date) -> None:
    month = Month.of(day)

    assert day in list(month.days())
    assert day not in [*month.previous.days(), *month.next.days()]
    assert month.next.previous == month
    assert Month.parse(str(month)) == month


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)))
def test_the_days_of_a_month_are_all_there(day: date) -> None:
    days = list(Month.of(day).days())

    assert days[0].day == 1
    assert days[-1] == Month.of(day).last
    assert len(days) == days[-1].day >= 28


def test_a_week_begins_on_sunday() -> None:
    assert Month(2026, 11).column == 1  # November 1, 2026 is a Sunday
    assert Month(2026, 8).column == 7
    assert Month(2026, 5).name == "May"


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "26-5", "٢٠٢٦-٠٥"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="A month like 2026-05"):
        Month.parse(text)


def test_a_year_has_its_twelve_months() -> None:
    assert [str(month) for month in months_of(2026)][::11] == ["2026-01", "2026-12"]


@given(MARGINS)
def test_sums_add_up_as_their_margins_do(margins: list[Margin]) -> None:
    earned = Earnings.of(margins)

    assert earned.charters == len(margins)
    assert earned.net.cents == sum(margin.net.cents for margin in margins)


def test_the_share_that_is_left_is_rounded_half_up() -> None:
    def share(gross: int, crew: int) -> Decimal | None:
        nothing = Money()
        return Earnings.of([Margin(Money(gross), Money(crew), nothing, nothing)]).share

    assert share(2000, 1291) == Decimal("35.5")  # 35.45
    assert share(100, 250) == Decimal("-150.0")
    assert share(0, 100) is None
