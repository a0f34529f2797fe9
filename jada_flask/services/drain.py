"""Draining the outbox: what was promised is sent, by whoever leases it first."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from jada_flask.domain.errors import DeliveryError
from jada_flask.domain.outbox import Message, State
from jada_flask.ports import (
    Clock,
    ConditionError,
    Equals,
    Key,
    Notes,
    Operation,
    Patch,
    Present,
    Put,
    Store,
)
from jada_flask.records.jobs import GIVEN_UP, GivenUp
from jada_flask.records.kinds import milliseconds
from jada_flask.records.operations import EVENT, mark_of, message_kind
from jada_flask.services.notes import StoredNotes
from jada_flask.services.outbox import AWAKE, BOXES, in_line
from jada_flask.tables import EVENTS, JOBS, Table

_LOG = logging.getLogger(__name__)
_BATCH = 8  # leased together, and no more than can be sent side by side
_LOOK = 50  # how far down the line, so that two who look at once find different ones
_LINGER = 2.0  # seconds that what has ended waits for the others, to be noted together
_AWAKE_EVERY = timedelta(minutes=1)

# Sends one message; returns SKIPPED where there was nothing left to do.
Deliver = Callable[[Message, Notes], State]


class Move(NamedTuple):
    """A message that goes from one state to the next, in its box."""

    box: Table
    before: Message
    after: Message


@dataclass(frozen=True, slots=True)
class Drain:
    """One pass over the outbox: what is due is sent side by side."""

    store: Store
    deliver: Deliver
    clock: Clock
    pool: ThreadPoolExecutor
    luck: Random

    def run(self, more: Callable[[], bool] | None = None) -> Counter[State]:
        """Send what is due now, and what that made due.

        Say how many ended in which state. `more` is asked before more is taken on.
        """
        tally: Counter[State] = Counter()
        flying: dict[Future[Message], Move] = {}
        while True:
            if more is None or more():
                for move in self._leased(self._due(_BATCH - len(flying))):
                    flying[self.pool.submit(self._attempt, move)] = move
            if not flying:
                return tally
            # One that hangs keeps nobody waiting but those who need its place.
            ended, _ = wait(flying, timeout=_LINGER)
            moves = [_ended(flying.pop(one), one.result()) for one in ended]
            tally.update(move.after.state for move in self._settled(moves))

    def next_due(self) -> datetime | None:
        """When the next message comes due; None where nothing waits."""
        waiting = [
            message.due_at
            for box in BOXES
            for message in in_line(self.store, box, "due", limit=1)
        ]
        return min((moment for moment in waiting if moment), default=None)

    def _due(self, most: int) -> list[Move]:
        """Some of what is due, and how it stands once it is leased."""
        now = self.clock.now()
        due = [
            Move(box, message, message.leased(now))
            for box in BOXES
            for message in in_line(
                self.store, box, "due", hi=milliseconds(now), limit=_LOOK
            )
        ]
        if len(due) > most:
            self.luck.shuffle(due)
        return due[:most]

    def _leased(self, moves: Sequence[Move]) -> list[Move]:
        """Those that could be leased.

        The lease is the due time moved ahead, on condition that it is still the one
        seen: of two workers one loses, and one that died leaves the message due again.
        """
        return self._made(moves, ())

    def _settled(self, moves: Sequence[Move]) -> list[Move]:
        """Those whose end could be noted: not what somebody else has leased since."""
        made = self._made(moves, [*self._awake(moves), *self._given_up(moves)])
        for move in moves:
            if move not in made:
                _LOG.warning("message %s outlived its lease", move.after.message_id)
        return made

    def _made(self, moves: Sequence[Move], beside: Sequence[Operation]) -> list[Move]:
        """Write the moves in one commit; one that cannot be made hinders no other."""
        if not moves:
            return []
        try:
            self.store.write(*map(_moving, moves), *_marking(moves), *beside)
        except ConditionError:
            if len(moves) == 1:
                return []
            half = len(moves) // 2
            return self._made(moves[:half], beside) + self._made(moves[half:], beside)
        return list(moves)

    def _attempt(self, move: Move) -> Message:
        box, leased = move.box, move.after
        try:
            state = self.deliver(leased, StoredNotes(self.store, box, leased))
            return leased.done(self.clock.now(), state)
        except DeliveryError as error:
            return self._failed(leased, error)
        except Exception as error:  # noqa: BLE001 (one of the two places)
            # A fault of ours must not lose the message; its traceback is logged.
            _LOG.exception("message %s failed", leased.message_id)
            return self._failed(
                leased, DeliveryError(f"{type(error).__name__}: {error}")
            )

    def _failed(self, leased: Message, error: DeliveryError) -> Message:
        return leased.failed(
            str(error),
            self.clock.now(),
            permanent=error.permanent,
            retry_after=error.retry_after,
            luck=self.luck,
        )

    def _awake(self, moves: Sequence[Move]) -> list[Operation]:
        """Notes that a message of its kind went out just now, where the last is old."""
        sent = {move.after.kind for move in moves if move.after.state is State.DONE}
        if not sent:
            return []
        now = self.clock.now()
        known = self.store.query(JOBS, AWAKE, limit=100).items
        fresh = {item["sk"] for item in known if _is_fresh(item["at"], now)}
        return [
            Put(JOBS, {"pk": AWAKE, "sk": kind, "at": now.isoformat()})
            for kind in sorted(sent - fresh)
        ]

    def _given_up(self, moves: Sequence[Move]) -> Iterator[Operation]:
        """A note that something was given up, for lists that would not look else."""
        if any(move.after.state is State.DEAD for move in moves):
            yield Put(JOBS, GIVEN_UP.item(GivenUp(self.clock.now())))


def _ended(move: Move, after: Message) -> Move:
    return Move(move.box, move.after, after)


def _is_fresh(at: str, now: datetime) -> bool:
    return now - datetime.fromisoformat(at) < _AWAKE_EVERY


def _moving(move: Move) -> Operation:
    """The message in its new state, unless somebody moved it meanwhile."""
    box, before, after = move
    kind = message_kind(box)
    facets = kind.facets(after)
    key: Key = kind.key_of(after)
    seen = milliseconds(before.due_at) if before.due_at else 0
    gone = tuple({"due", "due_at", "expires"} - facets.keys())
    return Patch(
        box,
        key,
        set=facets | {"doc": kind.item(after)["doc"]},
        remove=gone,
        when=(Equals("due_at", seen),),
    )


def _marking(moves: Sequence[Move]) -> Iterator[Operation]:
    """How the messages now stand, on the headers of their events."""
    marks: dict[str, dict[str, str]] = defaultdict(dict)
    for _, _, message in moves:
        if message.event_id and message.step:
            marks[message.event_id][mark_of(message)] = message.state.value
    for event_id, changes in marks.items():
        yield Patch(EVENTS, EVENT.key(event_id), set=changes, when=(Present(),))
