"""What patrons paid, by day; and the tips, shared to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.money import Money
from jada_flask.domain.payment import Purpose
from jada_flask.domain.takings import Taking, by_day, shared, tips_by_event

DOCK = ZoneInfo("America/Los_Angeles")
CREW = [("CAP_001", "Marisol"), ("CREW_001", "Nia"), ("CREW_002", "Tom")]


def taking(
    cents: int,
    at: datetime = datetime(2026, 5, 30, 19, tzinfo=UTC),
    *,
    method: str = "cash",
    purpose: Purpose = Purpose.FARE,
    event_id: str = "EV_1",
) -> Taking:
    return Taking(f"PM_{cents}", event_id, at, Money(cents), method, purpose)


def test_a_payment_counts_on_the_day_that_the_clock_at_the_dock_shows() -> None:
    late = taking(500, datetime(2026, 5, 31, 6, 59, tzinfo=UTC))
    next_day = taking(700, datetime(2026, 5, 31, 7, 0, tzinfo=UTC))

    found = by_day([late, next_day], DOCK)

    assert [(line.day, line.amount) for line in found] == [
        (date(2026, 5, 31), Money(700)),
        (date(2026, 5, 30), Money(500)),
    ]


def test_method_and_purpose_are_told_apart() -> None:
    found = by_day(
        [taking(500), taking(100, method="card"), taking(50, purpose=Purpose.TIP)], DOCK
    )

    assert {(line.method, line.purpose, line.amount.cents) for line in found} == {
        ("cash", Purpose.FARE, 500),
        ("card", Purpose.FARE, 100),
        ("cash", Purpose.TIP, 50),
    }


def test_what_was_taken_back_is_taken_off() -> None:
    [line] = by_day([taking(500), taking(-500)], DOCK)

    assert (line.lines, line.amount) == (2, Money())


def test_tips_are_summed_by_charter_and_nothing_else_is() -> None:
    tips = tips_by_event(
        [
            taking(500),
            taking(1000, purpose=Purpose.TIP),
            taking(250, purpose=Purpose.TIP),
            taking(300, purpose=Purpose.TIP, event_id="EV_2"),
            taking(-300, purpose=Purpose.TIP, event_id="EV_2"),
        ]
    )

    assert tips == {"EV_1": Money(1250)}


def test_the_cents_that_do_not_divide_go_to_the_first() -> None:
    shares = shared(Money(1001), CREW)

    assert [share.amount.cents for share in shares] == [334, 334, 333]


def test_a_tip_that_nobody_is_aboard_for_is_shared_by_nobody() -> None:
    assert shared(Money(1000), []) == ()


@given(st.integers(-10_000_000, 10_000_000), st.integers(1, 12))
def test_shares_add_up_to_the_tip_and_differ_by_a_cent_at_most(
    cents: int, people: int
) -> None:
    shares = shared(Money(cents), [(str(n), "") for n in range(people)])

    amounts = [share.amount.cents for share in shares]
    assert sum(amounts) == cents
    assert max(amounts) - min(amounts) <= 1
