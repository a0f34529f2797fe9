"""Local time at the dock, on the days when the clock changes and on all others."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.clock import day_of, days_later, end_of_day, start_of
from jada_flask.domain.errors import InvalidError

SAN_DIEGO = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        (date(2026, 5, 30), time(16, 30), datetime(2026, 5, 30, 23, 30, tzinfo=UTC)),
        (date(2026, 1, 15), time(16, 30), datetime(2026, 1, 16, 0, 30, tzinfo=UTC)),
        (date(2026, 3, 8), time(1, 59), datetime(2026, 3, 8, 9, 59, tzinfo=UTC)),
        (date(2026, 3, 8), time(3, 0), datetime(2026, 3, 8, 10, 0, tzinfo=UTC)),
        (date(2026, 11, 1), time(0, 59), datetime(2026, 11, 1, 7, 59, tzinfo=UTC)),
        (date(2026, 11, 1), time(2, 0), datetime(2026, 11, 1, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_one_moment(day: date, at: time, moment: datetime) -> None:
    start = start_of(day, at, SAN_DIEGO)

    assert start == moment
    assert start.tzinfo is UTC


def test_a_time_that_the_clock_skips_is_refused() -> None:
    with pytest.raises(InvalidError, match="02:30 does not exist on 2026-03-08") as no:
        start_of(date(2026, 3, 8), time(2, 30), SAN_DIEGO, "start_time")

    assert no.value.faults[0].field == "start_time"
    assert "`start` with an offset" in str(no.value)


def test_a_time_that_the_clock_repeats_is_refused() -> None:
    with pytest.raises(InvalidError, match="01:30 happens twice on 2026-11-01") as no:
        start_of(date(2026, 11, 1), time(1, 30), SAN_DIEGO)

    assert "2026-11-01T01:30:00-08:00" in str(no.value)


def test_a_time_with_an_offset_of_its_own_is_refused() -> None:
    with pytest.raises(InvalidError, match="as the clock at the dock shows it"):
        start_of(date(2026, 5, 30), time(16, 30, tzinfo=UTC), SAN_DIEGO)


@pytest.mark.parametrize("day", [date(2000, 1, 1), date(2199, 12, 31)])
def test_two_centuries_are_ours(day: date) -> None:
    assert start_of(day, time(16, 30), SAN_DIEGO).year in (2000, 2200)


@pytest.mark.parametrize(
    "day", [date.min, date(1999, 12, 31), date(2200, 1, 1), date.max]
)
def test_a_year_that_nobody_means_is_refused(day: date) -> None:
    with pytest.raises(InvalidError, match="cannot be right"):
        start_of(day, time(16, 30), SAN_DIEGO)


@given(st.dates(date(2000, 1, 2), date(2100, 1, 1)), st.times())
def test_what_is_accepted_shows_the_same_time_at_the_dock(day: date, at: time) -> None:
    try:
        local = start_of(day, at, SAN_DIEGO).astimezone(SAN_DIEGO)
    except InvalidError:
        return

    assert (local.date(), local.time()) == (day, at)


def test_the_day_is_the_docks() -> None:
    assert day_of(datetime(2026, 5, 31, 6, 59, tzinfo=UTC), SAN_DIEGO) == date(
        2026, 5, 30
    )


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 5, 30), 24)],
)
def test_a_day_is_as_long_as_the_clock_makes_it(day: date, hours: int) -> None:
    before = end_of_day(day - timedelta(days=1), SAN_DIEGO)

    assert end_of_day(day, SAN_DIEGO) - before == timedelta(hours=hours)


def test_days_are_counted_on_the_docks_calendar() -> None:
    evening = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)  # 2026-03-08 18:30, summer time

    assert days_later(evening, -7, SAN_DIEGO) == datetime(2026, 3, 2, 2, 30, tzinfo=UTC)


def test_a_counted_day_on_which_the_time_is_skipped_takes_the_hour_after() -> None:
    night = datetime(2026, 3, 7, 10, 30, tzinfo=UTC)  # 02:30

    later = days_later(night, 1, SAN_DIEGO)

    assert later.astimezone(SAN_DIEGO).time() == time(3, 30)
