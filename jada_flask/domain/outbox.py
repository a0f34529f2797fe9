"""Messages that wait in the outbox: mails, publishes, pushes, and their retries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

TRIES = 8
LEASE = timedelta(minutes=2)
_FIRST_PAUSE = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(hours=6)


class State(StrEnum):
    """Where a message, or a step made of messages, stands."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # will be tried again
    DEAD = "dead"  # given up; staff can replay it
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Message:
    """One side effect that was promised in the same commit as its cause.

    `subject` is the event or booking it is about; `message_id` is the same however
    often the same cause is committed, and is the key under which the outside may know
    it.
    """

    subject: str
    message_id: str
    kind: str
    created_at: datetime
    event_id: str = ""  # whose header shows how it stands
    step: str = ""  # of the booking's automation that it belongs to
    recipient: str = ""  # where a step goes to several people
    payload: dict[str, str] = field(default_factory=dict)
    money: bool = False  # whether the payload may hold amounts
    state: State = State.PENDING
    attempts: int = 0
    due_at: datetime | None = None  # None: nothing more to do
    last_error: str = ""
    settled_at: datetime | None = None
    replays: int = 0  # how often staff had it done once more after it was done

    @property
    def delivery_key(self) -> str:
        """By which the outside sees it once: another one only after a wanted repeat."""
        return f"{self.message_id}~{self.replays}" if self.replays else self.message_id

    def leased(self, at: datetime) -> Message:
        """Taken by a worker: due again when the lease ends, should the worker die."""
        return replace(
            self, state=State.RUNNING, attempts=self.attempts + 1, due_at=at + LEASE
        )

    def done(self, at: datetime, state: State = State.DONE) -> Message:
        return replace(self, state=state, due_at=None, settled_at=at, last_error="")

    def failed(
        self,
        why: str,
        at: datetime,
        *,
        permanent: bool,
        retry_after: float | None,
        luck: Random,
    ) -> Message:
        """To be tried again after a pause, or given up."""
        if permanent or self.attempts >= TRIES:
            return replace(
                self, state=State.DEAD, due_at=None, settled_at=at, last_error=why[:500]
            )
        pause = pause_after(self.attempts, luck)
        if retry_after is not None:
            pause = max(pause, timedelta(seconds=min(retry_after, 86_400.0)))
        return replace(
            self, state=State.FAILED, due_at=at + pause, last_error=why[:500]
        )

    def replayed(self, at: datetime) -> Message:
        """Due at once, with all tries ahead of it."""
        return replace(
            self,
            state=State.PENDING,
            attempts=0,
            due_at=at,
            settled_at=None,
            last_error="",
            replays=self.replays + (self.state is State.DONE),
        )


def pause_after(attempts: int, luck: Random) -> timedelta:
    """Full jitter: anything up to a pause that grows fourfold, so that a crowd spreads.

    Eight tries reach over some eleven hours at most: longer than an outage, and the
    morning after still finds what was given up.
    """
    growth = 1 << 2 * min(max(attempts - 1, 0), TRIES)
    longest = min(_FIRST_PAUSE * growth, _LONGEST_PAUSE)
    return longest * luck.uniform(0.1, 1.0)


def overall(states: list[State]) -> State:
    """The state of a step that is made of messages: the worst that needs a look."""
    for state in (State.DEAD, State.FAILED, State.RUNNING, State.PENDING):
        if state in states:
            return state
    return State.DONE if State.DONE in states else State.SKIPPED
