"""The unit of work: read, gather changes, and commit them all at once or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import uniform
from secrets import token_hex
from typing import Any, Generic, TypeVar

from jada_flask.domain.audit import Actor, AuditLine
from jada_flask.domain.errors import NotFoundError
from jada_flask.domain.outbox import Message
from jada_flask.links import Links
from jada_flask.ports import (
    NEW,
    Condition,
    ConditionError,
    Equals,
    Item,
    Key,
    Operation,
    Patch,
    Present,
    Put,
    Store,
)
from jada_flask.records.kinds import Kind
from jada_flask.records.operations import EVENT, audit_kind, mark_of, message_kind
from jada_flask.tables import EVENTS, JOBS, Table

T = TypeVar("T")
_ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class Opening:
    """A way into the store: the office's, or the public one that holds no money."""

    store: Store
    links: Links
    home: Table  # where its audit lines and remembered answers go
    nudge: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value together with the attributes that stand beside it."""

    value: T
    item: Item


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A page of a list; `after` is where the next one begins."""

    found: list[Found[T]]
    after: Item | None

    @property
    def values(self) -> list[T]:
        return [found.value for found in self.found]


@dataclass(slots=True)
class UnitOfWork:
    """What one request reads and writes. Nothing is written before `commit`.

    A value that was read and is saved is written only if nobody changed it meanwhile;
    `commit` then raises `ConditionError`, and the caller may start over.
    """

    opening: Opening
    keep_answer: Callable[[Any], Operation] | None = None  # of an idempotent request
    _read: dict[tuple[str, Key], Item | None] = field(default_factory=dict)
    _ahead: dict[tuple[str, Key], Item | None] = field(default_factory=dict)
    writes: list[Operation] = field(default_factory=list)
    _marks: dict[str, dict[str, Any]] = field(default_factory=dict)
    promised: list[Message] = field(default_factory=list)
    _saved: list[Any] = field(default_factory=list)
    _due: bool = False

    @property
    def links(self) -> Links:
        return self.opening.links

    @property
    def store(self) -> Store:
        return self.opening.store

    def get(self, kind: Kind[T], *ids: Any) -> T | None:
        """The value as of now, or None."""
        found = self.find(kind, *ids)
        return found.value if found else None

    def find(self, kind: Kind[T], *ids: Any) -> Found[T] | None:
        """The value with the attributes beside it, or None."""
        key = kind.key(*ids)
        if (kind.table.name, key) in self._ahead:
            item = self._ahead[kind.table.name, key]
        else:
            item = self.store.get(kind.table, *key)
        self._read[kind.table.name, key] = item
        return Found(kind.value(item), item) if item else None

    def ahead(self, *wanted: tuple[Any, ...]) -> None:
        """Read several records in one request: each a kind and its ids.

        `get` and `find` then take them from here, as of this moment; what was read
        ahead before is not read again.
        """
        asked = [(kind.table, kind.key(*ids)) for kind, *ids in wanted]
        places = [one for one in asked if (one[0].name, one[1]) not in self._ahead]
        if not places:
            return
        items = self.store.get_many(*places)
        for (table, key), item in zip(places, items, strict=True):
            self._ahead[table.name, key] = item

    def need(self, kind: Kind[T], *ids: Any, otherwise: str) -> T:
        """The value; raises `NotFoundError` with that sentence when there is none."""
        value = self.get(kind, *ids)
        if value is None:
            raise NotFoundError(otherwise)
        return value

    def query(
        self,
        kind: Kind[T],
        partition: str,
        *,
        keep: Callable[[Item], bool] = lambda item: True,
        **how: Any,
    ) -> Listing[T]:
        """Values of one partition, in order; `how` is the store's.

        `keep` looks at an item before it is unpacked, and may pass it over.
        """
        page = self.store.query(kind.table, partition, **how)
        table = kind.table
        if "index" not in how:  # an index lags behind: never decide on what it says
            for item in page.items:
                self._read[table.name, (item[table.partition], item[table.sort])] = item
        found = [Found(kind.value(item), item) for item in page.items if keep(item)]
        return Listing(found, page.after)

    def save(self, kind: Kind[T], value: T) -> None:
        """Write a value: as new if it was not there when it was read, else in place."""
        self._saved.append(value)
        item = kind.item(value)
        if kind.copied:
            event_id, name = kind.copied(value)
            self.mark(event_id, {name: item["doc"]})
        table = kind.table
        key = item[table.partition], item[table.sort]
        before = self._read.get((table.name, key))
        if before is None:
            self.writes.append(Put(table, item, NEW))
            return
        facets = kind.facets(value)
        gone = tuple(
            name
            for name in _facet_names(table)
            if name in before and name not in facets
        )
        self.writes.append(
            Patch(
                table,
                key,
                set=facets | {"doc": item["doc"]},
                remove=gone,
                when=(Equals("doc", before["doc"]),),
            )
        )

    def saved(self, type_: type[T]) -> list[T]:
        """The values of one type that the commit will write."""
        return [value for value in self._saved if isinstance(value, type_)]

    def add_raw(self, operation: Operation) -> None:
        """Something that no kind of record covers."""
        self.writes.append(operation)

    def patch(
        self,
        kind: Kind[Any],
        *ids: Any,
        changes: dict[str, Any],
        when: tuple[Condition, ...] = (),
    ) -> None:
        """Change single attributes beside the value, which must be there."""
        self.writes.append(
            Patch(kind.table, kind.key(*ids), set=changes, when=(*when, Present()))
        )

    def mark(self, event_id: str, marks: dict[str, Any]) -> None:
        """Note on the event's header how something stands, for lists.

        None takes it off.
        """
        self._marks.setdefault(event_id, {}).update(marks)

    def enqueue(self, message: Message) -> None:
        """Promise a side effect; the same message is promised only once."""
        kind = message_kind(JOBS if message.money else EVENTS)
        self.writes.append(Put(kind.table, kind.item(message), NEW))
        if message.event_id and message.step:
            self.mark(message.event_id, {mark_of(message): message.state.value})
        self.promised.append(message)
        self._due = True

    def wake(self) -> None:
        """Have the outbox drained once this is committed."""
        self._due = True

    def commit(
        self,
        *,
        by: Actor,
        did: str,
        at: datetime,
        about: str,
        detail: str = "",
        result: Any = None,
    ) -> None:
        """Write everything with its audit line, or nothing.

        `result` is what the caller will answer with, for a request that may be
        repeated.
        """
        writes = self._with_marks()
        line = AuditLine(about, at, str(by), did, detail, token_hex(4))
        trail = audit_kind(self.opening.home)
        writes.append(Put(trail.table, trail.item(line), NEW))
        if self.keep_answer:
            writes.append(self.keep_answer(result))
        self.store.write(*writes)
        if self._due:
            self.opening.nudge()

    def settle(self, result: Any = None) -> None:
        """Nothing changed: only keep the answer of a request that may be repeated."""
        if self.keep_answer:
            self.store.write(self.keep_answer(result))

    def _with_marks(self) -> list[Operation]:
        """The writes, with each event's marks folded into the write of its header."""
        writes = list(self.writes)
        for event_id, marks in self._marks.items():
            key = EVENT.key(event_id)
            for place, write in enumerate(writes):
                folded = _fold(write, key, marks)
                if folded:
                    writes[place] = folded
                    break
            else:
                alone = Patch(EVENTS, key, when=(Present(),))
                writes.append(_fold(alone, key, marks) or alone)
        return writes


def retried(begin: Callable[[], UnitOfWork], act: Callable[[UnitOfWork], T]) -> T:
    """Carry something out, from the start again while somebody else is faster.

    Raises `ConditionError` when that never ends.
    """
    for attempt in range(_ATTEMPTS - 1):
        try:
            return act(begin())
        except ConditionError:
            time.sleep(uniform(0, 0.01 * 2**attempt))
    return act(begin())


def _fold(write: Operation, key: Key, marks: dict[str, Any]) -> Operation | None:
    """That write with the marks in it, if it is the write of this header."""
    present = {name: mark for name, mark in marks.items() if mark is not None}
    if isinstance(write, Put) and (write.item.get("pk"), write.item.get("sk")) == key:
        return replace(write, item=write.item | present)
    if isinstance(write, Patch) and write.table is EVENTS and write.key == key:
        gone = tuple(name for name, mark in marks.items() if mark is None)
        return replace(write, set={**write.set, **present}, remove=write.remove + gone)
    return None


def _facet_names(table: Table) -> list[str]:
    names = [name for index in table.indexes for name in (index.partition, index.sort)]
    return names + [table.expires] if table.expires else names
