"""`flask reconcile`, as whoever looks after the books calls it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.builders import booking
from tests.callers import Caller
from tests.matching.builders import PAYOUT_LINE, payout_csv, paypal_csv

UNKNOWN = "BS-9,2026-01-05,50.00,5.00,45.00,USD,2026-01-09"


def run(app: Flask, raw: bytes, source: str = "boatsetter", file: str = "-") -> Result:
    runner = app.test_cli_runner()
    return runner.invoke(args=["reconcile", file, "--source", source], input=raw)


@pytest.fixture(autouse=True)
def _booked(scripts: Caller) -> None:
    scripts.post("/api/bookings", booking())


def test_a_file_that_is_explained_ends_well(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "payouts.csv"
    path.write_bytes(payout_csv())

    result = run(app, b"", file=str(path))

    assert result.exit_code == 0
    (line,) = result.output.splitlines()
    assert line.startswith("explained    settled    BS-1048213@2026-06-02")
    assert "expected 950.00  fee 109.25  received 840.75  difference 0.00" in line


def test_what_is_not_explained_ends_badly(app: Flask) -> None:
    result = run(app, payout_csv(PAYOUT_LINE, UNKNOWN))

    assert result.exit_code == 1
    assert result.output.splitlines()[1].startswith("UNEXPLAINED  open ")


def test_a_cent_too_little_ends_badly(app: Flask) -> None:
    result = run(app, payout_csv(PAYOUT_LINE.replace("840.75", "840.74")))

    assert result.exit_code == 1
    assert "difference 0.01" in result.output


def test_the_same_file_again_counts_nothing_twice(app: Flask) -> None:
    first = run(app, payout_csv())

    assert run(app, payout_csv()).output == first.output


def test_a_wrong_file_is_refused_line_by_line(app: Flask) -> None:
    wrong = [UNKNOWN.replace("50.00", "x"), UNKNOWN.replace("BS-9", "=1")]

    result = run(app, payout_csv(*wrong))

    assert result.exit_code == 1
    assert "line 2, column Gross" in result.output.splitlines()[0]
    assert "line 3, column Booking ID" in result.output.splitlines()[1]


def test_a_file_of_another_place_is_refused(app: Flask) -> None:
    result = run(app, payout_csv(), "paypal")

    assert result.exit_code == 1
    assert "no column Date" in result.output


def test_money_that_has_not_moved_is_named(app: Flask) -> None:
    result = run(app, paypal_csv({"Status": "Pending"}), "paypal")

    assert (result.exit_code, result.output) == (
        0,
        "passed over  line 2: Website Payment, pending; no money has moved.\n",
    )
