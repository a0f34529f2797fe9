"""The six steps of a booking, from the messages that carry the last three."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from jada_flask.domain.outbox import Message, State
from jada_flask.domain.steps import StepView, standing, steps_of

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def a_message(message_id: str, state: State = State.DONE, step: str = "") -> Message:
    kind, _, revision, *recipient = message_id.split(":")
    return Message(
        subject="EV_x",
        message_id=message_id,
        kind=kind,
        created_at=NOON + timedelta(days=int(revision)),
        step=step or "crew_invitations",
        recipient="".join(recipient),
        state=state,
        attempts=1,
    )


def step(name: str, *messages: Message) -> StepView:
    return next(s for s in steps_of(messages, approved=True) if s.name == name)


def test_the_steps_always_stand_in_the_same_order() -> None:
    names = [step.name for step in steps_of([], approved=False)]

    assert names == [
        "calendar",
        "crew_event",
        "checklist",
        "guest_page",
        "crew_invitations",
        "operator_summary",
    ]


def test_nothing_is_done_for_a_booking_that_is_not_approved() -> None:
    steps = steps_of([], approved=False)

    assert {(step.state, step.attempts) for step in steps} == {(State.SKIPPED, 0)}


def test_what_is_written_with_the_booking_is_done_with_it() -> None:
    written = steps_of([], approved=True)[:3]

    assert {(step.state, step.attempts) for step in written} == {(State.DONE, 1)}


def test_a_step_of_several_messages_shows_the_worst() -> None:
    failed = replace(
        a_message("crew_invitation:EV_x:1:CREW_001", State.FAILED),
        attempts=3,
        last_error="The mailbox is full.",
        due_at=NOON + timedelta(minutes=4),
    )
    sooner = replace(
        failed,
        recipient="CREW_002",
        attempts=2,
        due_at=NOON + timedelta(minutes=2),
    )
    done = a_message("crew_invitation:EV_x:1:CAP_001")

    assert step("crew_invitations", done, failed, sooner) == StepView(
        "crew_invitations",
        State.FAILED,
        3,
        "The mailbox is full.",
        NOON + timedelta(minutes=2),
    )


def test_a_step_that_was_given_up_or_runs_has_no_next_try() -> None:
    dead = a_message("crew_invitation:EV_x:1:CREW_001", State.DEAD)
    running = a_message("guest_page:EV_x:1", State.RUNNING, "guest_page").leased(NOON)

    assert step("crew_invitations", dead).next_try is None
    assert step("guest_page", running).next_try is None


def test_a_later_revision_supersedes_the_message_to_the_same_person() -> None:
    given_up = a_message("crew_invitation:EV_x:1:CREW_001", State.DEAD)
    corrected = a_message("crew_change:EV_x:2:CREW_001")

    assert step("crew_invitations", corrected, given_up).state is State.DONE


def test_the_message_to_another_person_still_stands() -> None:
    given_up = a_message("crew_invitation:EV_x:1:CREW_001", State.DEAD)
    other = a_message("crew_invitation:EV_x:2:CREW_002")

    assert step("crew_invitations", given_up, other).state is State.DEAD


def test_of_one_revision_the_later_message_counts() -> None:
    removed = a_message("crew_removed:EV_x:2:CREW_001")
    later = replace(removed, created_at=removed.created_at + timedelta(hours=1))
    invited = a_message("crew_invitation:EV_x:2:CREW_001", State.DEAD)

    assert step("crew_invitations", later, invited).state is State.DONE


def test_messages_of_no_step_are_not_looked_at() -> None:
    mail = replace(a_message("confirmation:EV_x:1", State.DEAD), step="")

    assert step("guest_page", mail).state is State.SKIPPED
    assert standing([mail], "guest_page") == []
