"""Who is aboard from when to when, and how long a link serves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.crew import (
    CrewAssignment,
    call_time,
    link_expiry,
    make_token,
    release_time,
    token_hash,
)
from jada_flask.house import default_operations
from tests.domain.builders import event

SECRET = "a secret of the house"
TOKEN = make_token(SECRET, "EV_x", "CREW_001", "nonce")


def assignment() -> CrewAssignment:
    return CrewAssignment(
        event_id="EV_x",
        crew_id="CREW_001",
        name="Nia Okafor",
        email="nia.okafor@example.com",
        role="deckhand",
        call_time=call_time(event(), default_operations()),
        release_time=release_time(event(), default_operations()),
        expires_at=link_expiry(event()),
        nonce="nonce",
        token_hash=token_hash(TOKEN),
    )


def test_crew_come_for_the_set_up_and_stay_for_the_clean_up() -> None:
    operations = replace(default_operations(), setup_minutes=60, cleanup_minutes=45)

    assert call_time(event(), operations) == event().start - timedelta(minutes=60)
    assert release_time(event(), operations) == event().end + timedelta(minutes=45)


@pytest.mark.parametrize(
    ("end", "expires"),
    [
        ("2026-05-30 19:30", "2026-06-01 00:00"),
        ("2026-05-30 23:59", "2026-06-01 00:00"),
        ("2026-05-31 00:00", "2026-06-02 00:00"),
        ("2026-03-07 19:30", "2026-03-09 00:00"),  # the clock goes on in between
        ("2026-10-31 19:30", "2026-11-02 00:00"),  # and back
        ("2026-12-31 19:30", "2027-01-02 00:00"),
    ],
)
def test_a_link_serves_through_the_day_after(end: str, expires: str) -> None:
    zone = ZoneInfo("America/Los_Angeles")
    ends = datetime.fromisoformat(end).replace(tzinfo=zone).astimezone(UTC)
    charter = event(start=ends - timedelta(minutes=210))

    expiry = link_expiry(charter)

    assert f"{expiry.astimezone(zone):%Y-%m-%d %H:%M}" == expires
    assert expiry.tzinfo is UTC


@given(st.integers(0, 20 * 365 * 24 * 60))
def test_a_link_serves_a_day_or_two_after_the_end(minutes: int) -> None:
    charter = event(start=event().start + timedelta(minutes=minutes))

    served = link_expiry(charter) - charter.end

    assert timedelta(hours=23) <= served <= timedelta(hours=49)


def test_a_link_opens_its_own_assignment_until_it_expires() -> None:
    expiry = assignment().expires_at

    assert assignment().opens_to(TOKEN, expiry - timedelta(seconds=1))
    assert not assignment().opens_to(TOKEN, expiry)
    assert not assignment().opens_to(TOKEN[:-1], event().start)
    assert not assignment().opens_to("\ud800", event().start)


def test_a_link_does_not_open_to_who_was_taken_off() -> None:
    assert not replace(assignment(), removed=True).opens_to(TOKEN, event().start)


def test_a_token_is_one_members_at_one_event() -> None:
    others = {
        make_token(SECRET, "EV_y", "CREW_001", "nonce"),
        make_token(SECRET, "EV_x", "CREW_002", "nonce"),
        make_token(SECRET, "EV_x", "CREW_001", "other"),
        make_token("another secret", "EV_x", "CREW_001", "nonce"),
    }

    assert len(others | {TOKEN}) == 5
    assert make_token(SECRET, "EV_x", "CREW_001", "nonce") == TOKEN
    assert len(TOKEN) * 6 >= 256
