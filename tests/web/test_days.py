"""The span of days that a list is asked for."""

from __future__ import annotations

import pytest

from tests.web.conftest import House


def test_a_last_day_in_the_past_alone_shows_the_year_before_it(house: House) -> None:
    answer = house.scripts.get("/api/bookings?to=2001-01-01")

    assert answer.status_code == 200
    assert answer.json == {"items": [], "next": None}


def test_a_last_day_before_the_first_is_refused_by_name(house: House) -> None:
    answer = house.scripts.get("/api/calendar?from=2026-05-02&to=2026-05-01")

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["field"] == "to"


@pytest.mark.parametrize("day", ["2026-13-01", "20260501", "tomorrow", "0001-01-01"])
def test_what_is_no_day_is_refused_with_an_example(house: House, day: str) -> None:
    answer = house.scripts.get(f"/api/bookings?from={day}")

    assert answer.status_code == 422
    assert answer.json is not None
    assert "2026-05-30" in answer.json["detail"]
