"""What a charter earns, to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.booking import Terms, margin_for
from jada_flask.domain.house import CrewRole
from jada_flask.domain.margin import Margin, margin_of
from jada_flask.domain.money import Money
from jada_flask.domain.rates import House, PortFee
from jada_flask.house.rates import default_house, default_rates
from tests.domain.builders import DECKHANDS, terms

CENTS = st.integers(0, 10_000_000)


def reckon(
    gross: Money, crew: tuple[CrewRole, ...], hours: int, percent: str
) -> Margin:
    return margin_of(
        gross,
        duration_minutes=hours * 60,
        onsite_minutes=hours * 60 + 120,
        crew=crew,
        captain_id="CAP_001",
        rates=default_rates(),
        port_percent=Decimal(percent),
    )


def lines(margin: Margin) -> tuple[str, ...]:
    parts = (margin.gross, margin.crew_cost, margin.captain_cost, margin.port_fee)
    return tuple(part.plain for part in (*parts, margin.net))


def test_the_contracts_charter_earns_289_41() -> None:
    margin = margin_for(terms(duration_minutes=180), default_house())

    assert lines(margin) == ("840.75", "250.00", "150.00", "151.34", "289.41")


def test_a_half_cent_goes_up() -> None:
    assert Money(84025).percent(Decimal(18)) == Money(15125)


def test_half_hours_are_paid() -> None:
    margin = margin_for(terms(duration_minutes=210), default_house())

    assert (margin.crew_cost, margin.captain_cost) == (Money(27500), Money(17500))


def test_without_people_of_ours_there_is_only_the_port() -> None:
    margin = margin_for(terms(crew=(), captain_id=None), default_house())

    assert lines(margin)[1:4] == ("0.00", "0.00", "151.34")


def test_who_has_a_rate_of_their_own_gets_it() -> None:
    house = default_house()
    rates = replace(
        house.rates, personal_hourly={"CREW_002": Money(3333), "CAP_001": Money(7001)}
    )

    margin = margin_for(terms(duration_minutes=180), replace(house, rates=rates))

    assert margin.crew_cost == Money(12500 + 16665)
    assert margin.captain_cost == Money(21003)


def test_crew_cost_is_rounded_once_for_all() -> None:
    rates = replace(default_rates(), crew_hourly=Money(2501))

    margin = margin_of(
        Money(),
        duration_minutes=0,
        onsite_minutes=10,  # 4.1683 for each
        crew=DECKHANDS,
        captain_id=None,
        rates=rates,
        port_percent=Decimal(18),
    )

    assert margin.crew_cost == Money(834)


@given(CENTS, st.integers(0, 4), st.integers(1, 24), st.integers(0, 100))
def test_net_is_what_the_shown_lines_leave(
    cents: int, hands: int, hours: int, percent: int
) -> None:
    crew = tuple(CrewRole(f"CREW_{n}", "deckhand") for n in range(hands))
    margin = reckon(Money(cents), crew, hours, str(percent))

    shown = [Decimal(line) for line in lines(margin)]

    assert shown[0] - shown[1] - shown[2] - shown[3] == shown[4]
    assert margin.crew_cost.cents == hands * 2500 * (hours + 2)
    assert margin.captain_cost.cents == 5000 * hours


@given(CENTS, st.decimals(0, 100, places=2))
def test_a_fee_is_within_half_a_cent_of_the_exact_one(
    cents: int, percent: Decimal
) -> None:
    exact = Decimal(cents) * percent / 100

    fee = Money(cents).percent(percent).cents

    assert fee == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert abs(exact - fee) <= Decimal("0.5")


@given(CENTS, CENTS)
def test_a_higher_price_never_earns_less(one: int, other: int) -> None:
    low, high = sorted((one, other))

    assert reckon(Money(low), DECKHANDS, 3, "18").net <= (
        reckon(Money(high), DECKHANDS, 3, "18").net
    )


def _captain_fee(*, on_top: bool, paid_through: bool) -> House:
    house = default_house()
    schedule = replace(
        house.rates.schedules[0],
        captain_on_top=on_top,
        captain_paid_through=paid_through,
    )
    return replace(house, rates=replace(house.rates, schedules=(schedule,)))


@pytest.mark.parametrize(
    ("on_top", "paid_through", "cost"),
    [
        (False, False, 15000),
        (False, True, 15000),
        (True, True, 15000),
        (True, False, 0),
    ],
)
def test_the_captain_costs_us_unless_the_marketplace_pays(
    on_top: bool, paid_through: bool, cost: int
) -> None:
    house = _captain_fee(on_top=on_top, paid_through=paid_through)

    margin = margin_for(terms(duration_minutes=180), house)

    assert margin.captain_cost == Money(cost)


def test_the_docks_fee_is_that_of_the_charters_day() -> None:
    house = default_house()
    fees = (
        PortFee("sheraton", Decimal(20), date(2026, 5, 30)),
        PortFee("sheraton", Decimal(18), date(2020, 1, 1)),
        PortFee("other", Decimal(50), date(2020, 1, 1)),
    )
    dearer = replace(house, rates=replace(house.rates, port_fees=fees))

    def fee(booked: Terms) -> Money:
        return margin_for(booked, dearer).port_fee

    day_before = replace(terms(), start=terms().start.replace(day=29))
    assert fee(terms()) == Money(16815)
    assert fee(day_before) == Money(15134)
    assert fee(terms(dock="elsewhere")) == Money(15134)
