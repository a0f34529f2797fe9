"""The steps of a booking's automation: how they stand, and having one done again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jada_flask.domain.audit import Actor
from jada_flask.domain.booking import Booking, Status
from jada_flask.domain.errors import ConflictError, NotFoundError
from jada_flask.domain.outbox import Message, State
from jada_flask.domain.steps import STEPS, StepView, standing, steps_of
from jada_flask.records.money import BOOKING
from jada_flask.services import outbox
from jada_flask.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Retried:
    """A booking of which a step is done again.

    And all its messages as they now stand.
    """

    booking: Booking
    messages: list[Message]


def steps(booking: Booking, sent: Sequence[Message]) -> tuple[StepView, ...]:
    """Every step of a booking, from the messages themselves."""
    return steps_of(sent, approved=_launched(booking))


def messages(work: UnitOfWork, booking: Booking) -> list[Message]:
    """Everything that a booking ever had sent."""
    if not booking.event_id:
        return []
    told = outbox.about(work, booking.event_id)
    return told + outbox.about(work, booking.booking_id, money=True)


def retry_step(
    work: UnitOfWork, key: str, step: str, *, by: Actor, at: datetime
) -> Retried:
    """Have one step done again: what failed is sent, what was done is sent once more.

    Raises `NotFoundError` for a step or booking that there is not, `ConflictError`
    where the booking has not come so far or the step is under way.
    """
    booking = work.need(BOOKING, key, otherwise="There is no such booking.")
    if step not in STEPS:
        raise NotFoundError(
            f"There is no step {step[:40]!r}; there are {', '.join(STEPS)}."
        )
    if not _launched(booking):
        raise ConflictError("Only an approved booking has steps to repeat.")
    sent = messages(work, booking)
    again = standing(sent, step)
    if any(one.state is State.RUNNING and (one.due_at or at) > at for one in again):
        raise ConflictError("This step is under way right now; look again in a minute.")
    renewed = {one.message_id: outbox.replay(work, one, at=at) for one in again}
    after = [renewed.get(message.message_id, message) for message in sent]
    retried = Retried(booking, after)
    work.commit(by=by, did=f"step.{step}.retried", at=at, about=key, result=retried)
    return retried


def _launched(booking: Booking) -> bool:
    return booking.event_id is not None and booking.terms.status in (
        Status.APPROVED,
        Status.CANCELLED,
    )
