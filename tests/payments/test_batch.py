"""Several payments at once: all or none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.callers import Answer
from tests.payments.conftest import Window
from tests.payments.desk import Desk


def send(window: Window, *lines: dict[str, Any]) -> Answer:
    made = [{"amount": "10.00", "method": "cash"} | line for line in lines]
    return window.office.post(f"{window.url}/payments/batch", {"payments": made})


def test_a_batch_is_chained_in_its_order(window: Window) -> None:
    ana, ben = window.board(), window.board("Ben")

    answer = send(
        window,
        {"patron_id": ana},
        {"patron_id": ben},
        {"patron_id": ana, "purpose": "tip"},
    )

    first, second, third = answer.json["items"]
    assert answer.status_code == 200
    assert [first["position"], second["position"], third["position"]] == [1, 2, 3]
    assert second["prev_hash"] == first["hash"]
    assert third["prev_hash"] == second["hash"]
    assert third["timestamp"] == first["timestamp"] + 1


def test_fifteen_fit_and_sixteen_do_not(window: Window) -> None:
    people = [window.board(f"P{number}") for number in range(16)]
    lines = [{"patron_id": one} for one in people]

    assert send(window, *lines).status_code == 422
    assert send(window).status_code == 422
    assert len(send(window, *lines[:15]).json["items"]) == 15


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "0"}, "payments.1.amount"),
        ({"amount": "100000.01"}, "payments.1.amount"),
        ({"method": "check"}, "payments.1.reference"),
        ({"method": "barter"}, "payments.1.method"),
        ({"patron_id": "PT_none"}, "payments.1.patron_id"),
        ({"patron_id": None}, "payments.1.patron_id"),
        ({"tip": 5}, "payments.1.tip"),
    ],
    ids=str,
)
def test_one_wrong_line_keeps_all_of_them_out(
    window: Window, wrong: dict[str, Any], field: str
) -> None:
    ana = window.board()

    answer = send(window, {"patron_id": ana}, {"patron_id": ana, "amount": 11} | wrong)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert window.status(ana)["entries"] == []


def test_every_wrong_line_has_its_own_refusal(window: Window) -> None:
    ana = window.board()

    answer = send(
        window,
        {"patron_id": ana, "method": "check"},
        {"patron_id": ana},
        {"patron_id": "PT_none", "method": "barter"},
    )

    assert [error["field"] for error in answer.json["errors"]] == [
        "payments.0.reference",
        "payments.2.patron_id",
        "payments.2.method",
    ]


def test_a_line_that_repeats_is_answered_with_the_first(window: Window) -> None:
    ana, ben = window.board(), window.board("Ben")
    first = send(window, {"patron_id": ana}).json["items"][0]

    both = send(window, {"patron_id": ben}, {"patron_id": ana}).json["items"]

    assert [one["duplicate"] for one in both] == [False, True]
    assert both[1]["hash"] == first["hash"]
    assert send(window, {"patron_id": ana}).json["items"][0]["duplicate"] is True


def test_a_line_that_stands_twice_counts_once(desk: Desk, ana: str) -> None:
    first, second = desk.batch((ana, "10.00"), (ana, "10.00"))

    assert (first.duplicate, second.duplicate) == (False, True)
    assert second.entry == first.entry
    assert len(desk.entries()) == 1


def test_a_second_entry_of_a_batch_keeps_the_minute(window: Window) -> None:
    ana = window.board()
    reason = {"second_entry_reason": "A second cabin."}

    made = send(window, {"patron_id": ana}, {"patron_id": ana} | reason).json["items"]
    again = send(window, {"patron_id": ana}).json["items"][0]

    assert [one["duplicate"] for one in made] == [False, False]
    assert (again["duplicate"], again["hash"]) == (True, made[1]["hash"])


def test_a_reason_is_good_for_its_own_line(window: Window) -> None:
    ana = window.board()
    send(window, {"patron_id": ana})
    reason = {"second_entry_reason": "A second cabin."}

    made = send(window, {"patron_id": ana}, {"patron_id": ana} | reason).json["items"]

    assert [one["duplicate"] for one in made] == [True, False]
    assert len(window.status(ana)["entries"]) == 2


def test_a_batch_for_no_event_is_not_found(window: Window) -> None:
    nowhere = Window(window.office, "EV_none")

    assert send(nowhere, {"patron_id": "PT_none"}).status_code == 404
