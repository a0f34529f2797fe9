"""Many who log at once."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import pytest

from jada_flask.domain.errors import ConflictError, InvalidError
from jada_flask.services.payment_pen import Logged
from tests.payments.desk import Desk

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("threads", [2, 16, 32])
def test_of_many_threads_exactly_one_writes(desk: Desk, ana: str, threads: int) -> None:
    barrier = Barrier(threads)

    def log(number: int) -> Logged:
        barrier.wait()
        return desk.log(ana)

    with ThreadPoolExecutor(threads) as pool:
        logged = list(pool.map(log, range(threads)))

    assert sum(not one.duplicate for one in logged) == 1
    assert len({one.entry.hash for one in logged}) == 1
    assert len(desk.entries()) == 1


def test_different_payments_of_one_millisecond_are_all_written(desk: Desk) -> None:
    people = [desk.board(f"P{number}", "60.00") for number in range(4)]
    barrier = Barrier(16)

    def log(number: int) -> Logged:
        barrier.wait()
        return desk.log(people[number % 4], f"{number + 1}.00")

    with ThreadPoolExecutor(16) as pool:
        logged = list(pool.map(log, range(16)))

    assert not any(one.duplicate for one in logged)
    assert [entry.position for entry in desk.entries()] == list(range(1, 17))
    assert desk.verify().breaks == []
    paid = sum(desk.account(one).fares.cents for one in people)
    assert paid == sum(range(1, 17)) * 100


def test_a_busy_charter_turns_nobody_away(desk: Desk, ana: str) -> None:
    """Sixteen who log one payment after another, all on the same ledger."""

    def log(number: int) -> None:
        for cents in range(8):
            desk.log(ana, f"{number + 1}.{cents:02}")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(log, range(16)))

    assert [entry.position for entry in desk.entries()] == list(range(1, 129))
    assert desk.verify().breaks == []


def test_of_many_voids_one_is_written(desk: Desk, ana: str) -> None:
    entry = desk.log(ana).entry
    barrier = Barrier(8)

    def void(number: int) -> Logged:
        barrier.wait()
        return desk.void(entry)

    with ThreadPoolExecutor(8) as pool:
        voided = list(pool.map(void, range(8)))

    assert sum(not one.duplicate for one in voided) == 1
    assert len(desk.entries()) == 2


def test_refunds_at_once_do_not_go_beyond_the_payment(desk: Desk, ana: str) -> None:
    entry = desk.log(ana, "60.00").entry
    barrier = Barrier(8)

    def refund(number: int) -> None:
        barrier.wait()
        with suppress(ConflictError, InvalidError):
            desk.refund(entry, f"{20 + number}.00")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(refund, range(8)))

    left = desk.ledger().left(entry)
    assert 0 <= left.cents < 2_000
    assert desk.account(ana).fares == left


def test_of_many_processes_exactly_one_writes(
    desk: Desk, ana: str, tmp_path: Path
) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.payments.racer"]
            + [str(tmp_path / "jada.sqlite3"), ana, str(number)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(1, 6)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"

    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    told = [json.loads(racer.communicate(timeout=60)[0]) for racer in racers]

    shared = [one[0] for one in told]
    own = [line for one in told for line in one[1:]]
    assert [duplicate for _, duplicate in shared].count(False) == 1
    assert len({payment_id for payment_id, _ in shared}) == 1
    assert not any(duplicate for _, duplicate in own)
    assert len(desk.entries()) == 1 + len(own)
    assert desk.verify().breaks == []
