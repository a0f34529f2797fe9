"""The same payment within sixty seconds is one payment."""

from __future__ import annotations

import pytest

from jada_flask.domain.payment import epoch_ms
from tests.payments.desk import Desk


@pytest.mark.parametrize("later", [0, 1, 30_000, 59_999, -1, -59_999])
def test_within_a_minute_the_same_is_the_same(desk: Desk, ana: str, later: int) -> None:
    first = desk.log(ana)
    desk.later(later)

    second = desk.log(ana)

    assert second.duplicate
    assert second.entry == first.entry
    assert len(desk.entries()) == 1


@pytest.mark.parametrize("later", [60_000, 60_001, 3_600_000, -60_000, -3_600_000])
def test_a_minute_on_it_is_another_payment(desk: Desk, ana: str, later: int) -> None:
    """A clock that steps back by a minute or more locks nobody out."""
    desk.log(ana)
    desk.later(later)

    second = desk.log(ana)

    assert not second.duplicate
    assert len(desk.entries()) == 2
    assert desk.verify().breaks == []


def test_the_minute_slides_and_has_no_edge(desk: Desk, ana: str) -> None:
    """A second before and a second after the clock's minute turns are the same."""
    desk.later(60_000 - epoch_ms(desk.clock.at) % 60_000 - 1_000)
    desk.log(ana)
    desk.later(2_000)

    assert desk.log(ana).duplicate


def test_a_refused_repeat_does_not_make_the_minute_longer(desk: Desk, ana: str) -> None:
    desk.log(ana)
    desk.later(40_000)
    assert desk.log(ana).duplicate
    desk.later(20_000)

    assert not desk.log(ana).duplicate


@pytest.mark.parametrize(
    "other",
    [
        {"amount": "60.01"},
        {"method": "card"},
        {"purpose": "tip"},
        {"second_entry_reason": "For my brother, who has no cash."},
    ],
    ids=str,
)
def test_what_differs_is_another_payment(
    desk: Desk, ana: str, other: dict[str, str]
) -> None:
    desk.log(ana)

    assert not desk.log(ana, **other).duplicate


def test_another_patron_is_another_payment(desk: Desk, ana: str) -> None:
    desk.log(ana)

    assert not desk.log(desk.board("Ben")).duplicate


def test_after_a_second_entry_the_third_is_measured_against_it(
    desk: Desk, ana: str
) -> None:
    desk.log(ana)
    desk.later(50_000)
    second = desk.log(ana, second_entry_reason="Another cabin.")
    desk.later(50_000)

    third = desk.log(ana)

    assert third.duplicate
    assert third.entry == second.entry


def test_a_voided_entry_stands_in_nobodys_way(desk: Desk, ana: str) -> None:
    desk.void(desk.log(ana).entry)

    again = desk.log(ana)

    assert not again.duplicate
    assert desk.account(ana).fares.plain == "60.00"


def test_a_void_does_not_free_what_stands_beside_it(desk: Desk, ana: str) -> None:
    first = desk.log(ana)
    second = desk.log(ana, second_entry_reason="Another cabin.")
    desk.void(second.entry)

    again = desk.log(ana)

    assert again.duplicate
    assert again.entry == first.entry


def test_a_repeat_says_who_logged_it_and_when(desk: Desk, ana: str) -> None:
    desk.log(ana)

    words = " ".join(desk.log(ana).warnings)

    assert "ana logged this payment at 12:00:00" in words
    assert "second_entry_reason" in words


def test_entries_of_one_millisecond_stand_one_after_another(desk: Desk) -> None:
    """A family shares one address, which is half of the key."""
    one = desk.board("Ana", email="family@example.com")
    two = desk.board("Ben", email="family@example.com")

    desk.log(one)
    desk.log(two)
    desk.log(one, purpose="tip")

    start = epoch_ms(desk.clock.at)
    assert [entry.timestamp - start for entry in desk.entries()] == [0, 1, 2]


def test_a_clock_that_steps_back_finds_a_free_millisecond(desk: Desk, ana: str) -> None:
    desk.log(ana, "1.00")
    desk.later(90_000)
    desk.log(ana, "2.00")
    desk.later(-90_000)

    desk.log(ana, "3.00")
    desk.later(90_000)
    desk.log(ana, "4.00")

    assert len({entry.timestamp for entry in desk.entries()}) == 4
    assert desk.verify().breaks == []
