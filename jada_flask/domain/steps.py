"""The steps of a booking's automation, as staff see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jada_flask.domain.outbox import Message, State, overall

WRITTEN = ("calendar", "crew_event", "checklist")  # in the booking's own transaction
SENT = ("guest_page", "crew_invitations", "operator_summary")  # by the outbox
STEPS = WRITTEN + SENT


@dataclass(frozen=True, slots=True)
class StepView:
    """One step: how it stands, how often it was tried, and what went wrong last."""

    name: str
    state: State
    attempts: int = 0
    last_error: str = ""
    next_try: datetime | None = None


def steps_of(messages: Sequence[Message], *, approved: bool) -> tuple[StepView, ...]:
    """The six steps, in their order, of one booking.

    `approved` says whether the office's work was ever started; what is written in the
    booking's own transaction is then done by definition.
    """
    written = StepView("", State.DONE, 1) if approved else StepView("", State.SKIPPED)
    return (
        *(StepView(name, written.state, written.attempts) for name in WRITTEN),
        *(_sent(name, standing(messages, name)) for name in SENT),
    )


def standing(messages: Iterable[Message], step: str) -> list[Message]:
    """The last message of the step to each recipient; what it supersedes is history."""
    last: dict[str, Message] = {}
    for message in sorted(messages, key=lambda message: message.created_at):
        if message.step == step:
            last[message.recipient] = message
    return list(last.values())


def _sent(name: str, messages: list[Message]) -> StepView:
    state = overall([message.state for message in messages])
    alike = [message for message in messages if message.state is state]
    tries = [
        m.due_at for m in alike if m.due_at and state in (State.FAILED, State.PENDING)
    ]
    return StepView(
        name,
        state,
        attempts=max((message.attempts for message in alike), default=0),
        last_error=next((m.last_error for m in alike if m.last_error), ""),
        next_try=min(tries, default=None),
    )
