"""Sunset and dusk over a dock, against published times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jada_flask.sun import dusk, sunset

SAN_DIEGO = ZoneInfo("America/Los_Angeles")
OSLO = ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize(
    ("day", "local"),
    [
        ("2026-01-15", "17:03"),
        ("2026-03-15", "18:56"),
        ("2026-04-15", "19:17"),
        ("2026-05-30", "19:49"),
        ("2026-06-21", "19:59"),
        ("2026-08-15", "19:35"),
        ("2026-09-15", "18:56"),
        ("2026-10-15", "18:16"),
        ("2026-11-15", "16:48"),
        ("2026-12-21", "16:46"),
    ],
)
def test_the_sun_sets_when_the_almanac_says(day: str, local: str) -> None:
    expected = datetime.fromisoformat(f"{day} {local}").replace(tzinfo=SAN_DIEGO)

    sets = sunset(32.71, -117.17, SAN_DIEGO, date.fromisoformat(day))
    darkens = dusk(32.71, -117.17, SAN_DIEGO, date.fromisoformat(day))

    assert sets
    assert darkens
    assert abs(sets - expected) < timedelta(minutes=3)
    assert timedelta(minutes=24) <= darkens - sets <= timedelta(minutes=30)
    assert sets.tzinfo is darkens.tzinfo is UTC


def test_where_the_sun_does_not_set_there_is_no_sunset() -> None:
    assert sunset(69.6, 18.9, OSLO, date(2026, 6, 21)) is None
    assert dusk(69.6, 18.9, OSLO, date(2026, 6, 21)) is None
