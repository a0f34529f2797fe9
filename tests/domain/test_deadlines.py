"""The marketplace's clock, on the dock's calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jada_flask.domain.booking import Status, Terms
from jada_flask.domain.deadlines import deadlines_for
from tests.domain.builders import TAKEN, terms

SAN_DIEGO = ZoneInfo("America/Los_Angeles")


def local(booked: Terms, taken_at: datetime = TAKEN) -> dict[str, str]:
    return {
        deadline.key: f"{deadline.at.astimezone(SAN_DIEGO):%Y-%m-%d %H:%M}"
        for deadline in deadlines_for(booked, taken_at=taken_at)
    }


def test_an_approved_booking_has_every_window() -> None:
    assert local(terms(duration_minutes=180)) == {
        "balance_charged": "2026-04-30 16:30",
        "penalty_begins": "2026-05-23 16:30",
        "check_in_opens": "2026-05-30 15:30",
        "check_in_closes": "2026-05-30 18:00",
        "check_out_closes": "2026-05-30 20:30",
        "claim_by": "2026-06-01 19:30",
        "payout_expected": "2026-06-02 19:30",
        "payout_overdue": "2026-06-03 19:30",
    }


def test_they_come_in_order_and_in_utc() -> None:
    moments = [one.at for one in deadlines_for(terms(), taken_at=TAKEN)]

    assert moments == sorted(moments)
    assert {moment.tzinfo for moment in moments} == {UTC}


def test_what_had_passed_when_the_booking_came_is_left_out() -> None:
    """Booked within thirty days it is charged in full; within seven it is binding."""
    found = local(terms(), terms().start - timedelta(days=20))
    late = local(terms(), terms().start - timedelta(days=7))

    assert "balance_charged" not in found
    assert "penalty_begins" in found
    assert "penalty_begins" not in late
    assert "check_in_opens" in late


def test_a_request_expires_after_72_hours() -> None:
    requested = local(terms(status=Status.PENDING))

    assert requested == {"request_expires": "2026-04-04 11:00"}


def test_a_request_expires_at_the_start_at_the_latest() -> None:
    requested = local(terms(status=Status.PENDING), terms().start - timedelta(hours=5))

    assert requested == {"request_expires": "2026-05-30 16:30"}


def test_an_inquiry_expires_at_the_start() -> None:
    assert local(terms(status=Status.INQUIRY)) == {
        "inquiry_expires": "2026-05-30 16:30"
    }


@pytest.mark.parametrize(
    "booked", [terms(status=Status.CANCELLED), terms(source="direct")]
)
def test_nobody_waits_for_a_cancelled_or_a_direct_booking(booked: Terms) -> None:
    assert deadlines_for(booked, taken_at=TAKEN) == ()


def test_days_are_counted_across_the_change_of_the_clock() -> None:
    """Sunday 8 March 2026 has 23 hours; the same time of day a week before is meant."""
    march = datetime(2026, 3, 10, 16, 30, tzinfo=SAN_DIEGO).astimezone(UTC)

    found = local(terms(start=march), taken_at=datetime(2026, 1, 1, tzinfo=UTC))

    assert found["balance_charged"] == "2026-02-08 16:30"
    assert found["penalty_begins"] == "2026-03-03 16:30"


def test_a_claim_has_48_hours_whatever_the_clock_does() -> None:
    saturday = datetime(2026, 3, 7, 16, 30, tzinfo=SAN_DIEGO).astimezone(UTC)

    found = local(terms(start=saturday, duration_minutes=180))

    assert found["claim_by"] == "2026-03-09 20:30"


@pytest.mark.parametrize(
    ("day", "payout"),
    [
        (1, "2026-06-03 2026-06-04"),  # a Monday
        (3, "2026-06-05 2026-06-08"),
        (4, "2026-06-08 2026-06-09"),
        (5, "2026-06-09 2026-06-10"),  # a Friday
        (6, "2026-06-09 2026-06-10"),
        (7, "2026-06-09 2026-06-10"),
    ],
)
def test_weekends_are_no_business_days(day: int, payout: str) -> None:
    start = datetime(2026, 6, day, 16, 30, tzinfo=SAN_DIEGO).astimezone(UTC)

    found = local(terms(start=start, duration_minutes=60))

    days = (found["payout_expected"][:10], found["payout_overdue"][:10])
    assert " ".join(days) == payout


def test_another_marketplace_has_windows_of_its_own() -> None:
    found = local(terms(source="getmyboat"))
    open_request = local(terms(source="getmyboat", status=Status.PENDING))

    assert found["payout_overdue"] == "2026-06-12 20:00"
    assert open_request == {"request_expires": "2026-05-30 16:30"}
