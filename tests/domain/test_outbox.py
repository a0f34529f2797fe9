"""A message is tried again after growing pauses, and given up where all can see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.outbox import LEASE, TRIES, Message, State, overall, pause_after

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LUCK = Random(7)
HOUR = timedelta(hours=1)
WAITING = Message("EV_x", "crew_invitation:EV_x:1:CREW_001", "crew_invitation", NOON)


def fail(
    message: Message, *, permanent: bool = False, retry_after: float | None = None
) -> Message:
    return message.failed(
        "No route.", NOON, permanent=permanent, retry_after=retry_after, luck=LUCK
    )


def test_a_leased_message_is_due_again_when_the_worker_dies() -> None:
    leased = WAITING.leased(NOON)

    assert (leased.state, leased.attempts) == (State.RUNNING, 1)
    assert leased.due_at == NOON + LEASE


def test_a_message_that_went_out_is_settled() -> None:
    done = replace(WAITING, last_error="No route.").leased(NOON).done(NOON)

    assert (done.state, done.due_at, done.settled_at) == (State.DONE, None, NOON)
    assert done.last_error == ""


def test_a_message_that_is_no_longer_wanted_is_skipped() -> None:
    assert WAITING.done(NOON, State.SKIPPED).state is State.SKIPPED


def test_a_failed_message_says_why_and_when_it_is_tried_again() -> None:
    failed = fail(WAITING.leased(NOON))

    assert (failed.state, failed.last_error) == (State.FAILED, "No route.")
    assert failed.due_at
    assert NOON < failed.due_at <= NOON + timedelta(seconds=15)


def test_eight_tries_are_all() -> None:
    message, states = WAITING, []
    for _ in range(TRIES):
        message = fail(message.leased(NOON))
        states.append(message.state)

    assert states == [State.FAILED] * 7 + [State.DEAD]
    assert (message.due_at, message.settled_at) == (None, NOON)


def test_what_cannot_succeed_is_given_up_at_once() -> None:
    dead = fail(WAITING.leased(NOON), permanent=True)

    assert (dead.state, dead.due_at, dead.last_error) == (State.DEAD, None, "No route.")


def test_a_long_reason_is_cut() -> None:
    why = {"permanent": False, "retry_after": None, "luck": LUCK}

    failed = WAITING.failed("x" * 600, NOON, **why)  # type: ignore[arg-type]

    assert len(failed.last_error) == 500


@pytest.mark.parametrize(
    ("asked", "waits"), [(3600.0, 3600), (1e9, 86_400), (86_400.0, 86_400)]
)
def test_what_the_other_side_asks_for_is_waited(asked: float, waits: int) -> None:
    failed = fail(WAITING.leased(NOON), retry_after=asked)

    assert failed.due_at == NOON + timedelta(seconds=waits)


def test_a_short_wish_does_not_shorten_the_pause() -> None:
    failed = fail(replace(WAITING, attempts=6), retry_after=0)

    assert failed.due_at
    assert failed.due_at >= NOON + timedelta(minutes=25)


def test_a_replayed_message_has_all_its_tries_again() -> None:
    dead = fail(WAITING.leased(NOON), permanent=True)

    again = dead.replayed(NOON)

    assert (again.state, again.attempts, again.due_at) == (State.PENDING, 0, NOON)
    assert (again.last_error, again.settled_at) == ("", None)
    assert again.delivery_key == WAITING.message_id


def test_what_was_done_is_sent_under_another_key_when_staff_repeat_it() -> None:
    again = WAITING.done(NOON).replayed(NOON)

    assert again.delivery_key == f"{WAITING.message_id}~1"
    assert again.done(NOON).replayed(NOON).delivery_key.endswith("~2")


@given(st.integers(0, 1000), st.integers())
def test_a_pause_is_jittered_and_bounded(attempts: int, seed: int) -> None:
    pause = pause_after(attempts, Random(seed))

    longest = min(timedelta(seconds=15) * 4 ** min(max(attempts - 1, 0), 10), 6 * HOUR)
    assert longest * 0.1 <= pause <= longest


def test_the_tries_outlast_an_outage_of_hours() -> None:
    luckless = sum((pause_after(n, _always(0.1)) for n in range(1, TRIES)), timedelta())
    lucky = sum((pause_after(n, _always(1.0)) for n in range(1, TRIES)), timedelta())

    assert luckless > HOUR
    assert 11 * HOUR < lucky < 12 * HOUR


def _always(share: float) -> Random:
    class Fixed(Random):
        def uniform(self, a: float, b: float) -> float:
            return share

    return Fixed()


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ([], State.SKIPPED),
        ([State.SKIPPED], State.SKIPPED),
        ([State.SKIPPED, State.DONE], State.DONE),
        ([State.DONE, State.PENDING], State.PENDING),
        ([State.PENDING, State.RUNNING], State.RUNNING),
        ([State.RUNNING, State.FAILED], State.FAILED),
        ([State.FAILED, State.DEAD, State.DONE], State.DEAD),
    ],
)
def test_a_step_shows_the_worst_of_its_messages(
    states: list[State], shown: State
) -> None:
    assert overall(states) is shown
    assert overall(states[::-1]) is shown
