"""The outbox: sending what was promised, each message by whoever leases it first."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from random import Random

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import ConflictError, DeliveryError, NotFoundError
from jada_flask.domain.outbox import Message, State
from jada_flask.ports import (
    Clock,
    ConditionError,
    Equals,
    Key,
    Missing,
    Notes,
    Operation,
    Patch,
    Present,
    Put,
    Store,
)
from jada_flask.records.kinds import Kind, milliseconds
from jada_flask.records.operations import EVENT, mark_of, message_kind
from jada_flask.tables import EVENTS, JOBS, Table
from jada_flask.unit_of_work import Found, Listing, UnitOfWork

_LOG = logging.getLogger(__name__)
_BOXES = (EVENTS, JOBS)
_BATCH = 50
_AWAKE = "AWAKE"
_THREAD = "thread:"

# Sends one message; returns SKIPPED where there was nothing left to do.
Deliver = Callable[[Message, Notes], State]


@dataclass(frozen=True, slots=True)
class Drain:
    """One pass over the outbox: what is due is sent side by side."""

    store: Store
    deliver: Deliver
    clock: Clock
    pool: ThreadPoolExecutor
    luck: Random

    def run(self, rounds: int = 20) -> Counter[State]:
        """Send what is due now, and what that made due.

        Say how many ended in which state.
        """
        tally: Counter[State] = Counter()
        for _ in range(rounds):
            due = list(self._due())
            if not due:
                break
            self.luck.shuffle(due)  # of two who look at once, both find something
            states = list(self.pool.map(self._settle, due))
            tally.update(state for state in states if state)
            self._note_awake(due, states)
        return tally

    def _note_awake(
        self,
        due: Sequence[tuple[Table, Found[Message]]],
        states: Sequence[State | None],
    ) -> None:
        """Note for each kind of message when one last went out."""
        sent = {
            found.value.kind
            for (_, found), state in zip(due, states, strict=True)
            if state is State.DONE
        }
        at = self.clock.now().isoformat()
        for kind in sorted(sent):
            self.store.write(Put(JOBS, {"pk": _AWAKE, "sk": kind, "at": at}))

    def next_due(self) -> datetime | None:
        """When the next message comes due; None where nothing waits."""
        waiting = [
            found.value.due_at
            for box in _BOXES
            for found in _query(self.store, box, "due", limit=1).found
        ]
        return min((moment for moment in waiting if moment), default=None)

    def _due(self) -> Iterator[tuple[Table, Found[Message]]]:
        now = milliseconds(self.clock.now())
        for box in _BOXES:
            for found in _query(self.store, box, "due", hi=now, limit=_BATCH).found:
                yield box, found

    def _settle(self, due: tuple[Table, Found[Message]]) -> State | None:
        """Lease one message, deliver it, and note how that ended.

        The lease is the due time moved ahead, on condition that it is still the one
        seen: of two workers one loses, and one that died leaves the message due again.
        """
        box, found = due
        leased = found.value.leased(self.clock.now())
        try:
            self.store.write(_move(box, found.value, leased), *_marking(leased))
        except ConditionError:
            return None
        settled = self._attempt(box, leased)
        try:
            self.store.write(_move(box, leased, settled), *_marking(settled))
        except ConditionError:
            _LOG.warning("message %s outlived its lease", leased.message_id)
            return None
        return settled.state

    def _attempt(self, box: Table, leased: Message) -> Message:
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


class StoredNotes:
    """`Notes` that stand beside the message in the store.

    A note whose name begins with ``thread:`` belongs to all messages of that thread.
    """

    def __init__(self, store: Store, box: Table, message: Message) -> None:
        self._store = store
        self._box = box
        self._key = message_kind(box).key_of(message)

    def get(self, name: str) -> str | None:
        if name.startswith(_THREAD):
            item = self._store.get(JOBS, *_thread_key(name)) or {}
            return item.get("note")
        item = self._store.get(self._box, *self._key) or {}
        return item.get(f"note:{name}")

    def note(self, name: str, value: str) -> str:
        if name.startswith(_THREAD):
            partition, sort = _thread_key(name)
            item = {"pk": partition, "sk": sort, "note": value}
            return self._first(Put(JOBS, item, (Missing(),)), "note", value)
        attribute = f"note:{name}"
        unnoted = (Missing(attribute), Present())
        patch = Patch(self._box, self._key, set={attribute: value}, when=unnoted)
        return self._first(patch, attribute, value)

    def _first(self, write: Operation, attribute: str, value: str) -> str:
        """Write a note unless one is there; the one that then stands.

        Raises `DeliveryError` where the message itself is gone: nothing can be promised
        exactly once without a place to remember it.
        """
        try:
            self._store.write(write)
        except ConditionError as error:
            if error.item is None or attribute not in error.item:
                raise DeliveryError("This message is no longer kept.") from None
            return str(error.item[attribute])
        return value


def about(work: UnitOfWork, subject: str, *, money: bool = False) -> list[Message]:
    """Every message about an event, or with amounts about a booking."""
    kind = message_kind(JOBS if money else EVENTS)
    return work.query(kind, f"MSG#{subject}", limit=500).values


def waiting(work: UnitOfWork, *, dead: bool = False, limit: int = 50) -> list[Message]:
    """What is due or under way, or what was given up, by time."""
    partition = "dead" if dead else "due"
    found = [
        one
        for box in _BOXES
        for one in _query(work.store, box, partition, limit=limit).values
    ]
    return sorted(found, key=lambda one: one.due_at or one.settled_at or one.created_at)


def last_sent(work: UnitOfWork) -> dict[str, datetime]:
    """When a message of each kind last went out."""
    page = work.store.query(JOBS, _AWAKE, limit=100)
    return {item["sk"]: datetime.fromisoformat(item["at"]) for item in page.items}


def replay(work: UnitOfWork, message: Message, *, at: datetime) -> Message:
    """Make a message due at once, as part of a commit; returns it as it then stands."""
    box = JOBS if message.money else EVENTS
    kind = message_kind(box)
    found = work.find(kind, message.subject, message.message_id)
    if found is None:
        raise NotFoundError("This message is no longer kept.")
    again = found.value.replayed(at)
    work.save(kind, again)
    if again.event_id and again.step:
        work.mark(again.event_id, {mark_of(again): again.state.value})
    work.wake()
    return again


def replay_one(
    work: UnitOfWork, subject: str, message_id: str, *, by: Actor, at: datetime
) -> None:
    """Have staff send one message again.

    Raises `ConflictError` while it is under way.
    """
    for box in _BOXES:
        message = work.get(message_kind(box), subject, message_id)
        if message is None:
            continue
        if message.state is State.RUNNING and (message.due_at or at) > at:
            raise ConflictError("This message is under way right now.")
        replay(work, message, at=at)
        work.commit(
            by=by, did="message.replayed", at=at, about=subject, detail=message_id
        )
        return
    raise NotFoundError("There is no such message.")


def _thread_key(name: str) -> Key:
    return f"NOTE#{name}", "#"


def _query(store: Store, box: Table, partition: str, **how: object) -> Listing[Message]:
    kind: Kind[Message] = message_kind(box)
    page = store.query(box, partition, index="due", **how)  # type: ignore[arg-type]
    return Listing([Found(kind.value(item), item) for item in page.items], page.after)


def _move(box: Table, before: Message, after: Message) -> Operation:
    """The message in its new state, unless somebody moved it meanwhile."""
    kind = message_kind(box)
    item = kind.item(after)
    facets = kind.facets(after)
    key: Key = kind.key_of(after)
    seen = milliseconds(before.due_at) if before.due_at else 0
    gone = tuple({"due", "due_at", "expires"} - facets.keys())
    return Patch(
        box,
        key,
        set=facets | {"doc": item["doc"]},
        remove=gone,
        when=(Equals("due_at", seen),),
    )


def _marking(message: Message) -> tuple[Operation, ...]:
    """How the message stands, on the header of its event."""
    if not (message.event_id and message.step):
        return ()
    marks = {mark_of(message): message.state.value}
    return (Patch(EVENTS, EVENT.key(message.event_id), set=marks, when=(Present(),)),)
