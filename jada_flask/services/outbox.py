"""The outbox as staff see it: what waits, what was given up, what is sent again."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import ConflictError, NotFoundError
from jada_flask.domain.outbox import Message, State
from jada_flask.ports import Delete, Equals, Store
from jada_flask.records.jobs import GIVEN_UP
from jada_flask.records.operations import mark_of, message_kind
from jada_flask.tables import EVENTS, JOBS, Table
from jada_flask.unit_of_work import UnitOfWork

_LOG = logging.getLogger(__name__)
BOXES = (EVENTS, JOBS)
AWAKE = "AWAKE"  # under it stands when a message of each kind last went out


def in_line(
    store: Store, box: Table, partition: str, *, limit: int, hi: int | None = None
) -> Iterator[Message]:
    """The messages that are due, or were given up, by time.

    One that cannot be read is passed over and logged: it must not hold up the others.
    """
    kind = message_kind(box)
    for item in store.query(box, partition, index="due", limit=limit, hi=hi).items:
        try:
            yield kind.value(item)
        except msgspec.DecodeError:  # also of what does not fit the type
            _LOG.exception("message %s %s cannot be read", item["pk"], item["sk"])


def about(work: UnitOfWork, subject: str, *, money: bool = False) -> list[Message]:
    """Every message about an event, or with amounts about a booking."""
    kind = message_kind(JOBS if money else EVENTS)
    return work.query(kind, f"MSG#{subject}", limit=500).values


def waiting(work: UnitOfWork, *, dead: bool = False, limit: int = 50) -> list[Message]:
    """What is due or under way, or what was given up, by time."""
    partition = "dead" if dead else "due"
    found = [
        one for box in BOXES for one in in_line(work.store, box, partition, limit=limit)
    ]
    return sorted(found, key=lambda one: one.due_at or one.settled_at or one.created_at)


def given_up(work: UnitOfWork, *, limit: int = 50) -> list[Message]:
    """What was given up; not even looked for while nothing is."""
    return waiting(work, dead=True, limit=limit) if work.get(GIVEN_UP) else []


def last_sent(work: UnitOfWork, kinds: Iterable[str]) -> dict[str, datetime]:
    """When a message of each of these kinds last went out."""
    items = work.store.get_many(*((JOBS, (AWAKE, kind)) for kind in kinds))
    return {item["sk"]: datetime.fromisoformat(item["at"]) for item in items if item}


def replay(work: UnitOfWork, message: Message, *, at: datetime) -> Message:
    """Make a message due at once, as part of a commit; returns it as it then stands."""
    box = JOBS if message.money else EVENTS
    kind = message_kind(box)
    found = work.find(kind, message.subject, message.message_id)
    if found is None:
        raise NotFoundError("This message is no longer kept.")
    if found.value.state is State.DEAD:
        _forget_the_last(work)
    again = found.value.replayed(at)
    work.save(kind, again)
    if again.event_id and again.step:
        work.mark(again.event_id, {mark_of(again): again.state.value})
    work.wake()
    return again


def _forget_the_last(work: UnitOfWork) -> None:
    """Take the note away where nothing else was given up."""
    note = work.find(GIVEN_UP)
    if note and len(waiting(work, dead=True, limit=2)) == 1:
        unchanged = Equals("doc", note.item["doc"])
        work.add_raw(Delete(GIVEN_UP.table, GIVEN_UP.key(), (unchanged,)))


def replay_one(
    work: UnitOfWork, subject: str, message_id: str, *, by: Actor, at: datetime
) -> None:
    """Have staff send one message again.

    Raises `ConflictError` while it is under way.
    """
    for box in BOXES:
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
