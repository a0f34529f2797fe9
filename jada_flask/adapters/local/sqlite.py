"""The store in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from jada_flask.adapters.limits import check_key, check_total, check_write
from jada_flask.adapters.local.connections import Pool, create_file, translated
from jada_flask.adapters.local.evaluation import holds, patched
from jada_flask.adapters.local.gate import Gate
from jada_flask.adapters.local.group_commit import GroupCommit, Turn
from jada_flask.adapters.local.migration import make_tables
from jada_flask.adapters.local.plan import Plan, Row, plan_of
from jada_flask.adapters.paging import (
    Range,
    check_cursor,
    check_query,
    cursor_of,
    index_of,
)
from jada_flask.domain.errors import ConfigError
from jada_flask.ports import (
    ConditionError,
    Delete,
    Item,
    Key,
    Missing,
    Operation,
    Page,
    Patch,
    Put,
)
from jada_flask.tables import ALL, Table

_IF_NEW = (Missing(),)
_CHUNK = 500

_decode = msgspec.json.Decoder().decode


class Step(NamedTuple):
    """An operation that was found fit, and what could be made ready of it."""

    operation: Operation
    plan: Plan
    key: Key
    row: Row | None


class SqliteStore:
    """`Store` in one file; with `only`, an opening that reaches no other table.

    Several processes may have the file open. A write returns once it is on the disk.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        tables: Sequence[Table] = ALL,
        only: Sequence[Table] | None = None,
    ) -> None:
        # One name for one file, since its gate goes by the name.
        self._path = Path(path).resolve()
        self._plans = {table.name: plan_of(table) for table in tables}
        self._reach = [plan_of(table) for table in (tables if only is None else only)]
        create_file(self._path)
        self._pool = Pool(self._path, None if only is None else self._reach)
        self._gate = Gate.at(str(self._path), self)
        self._commits = GroupCommit[list[Step]](self._gate, self._commit)
        try:
            make_tables(self._path, list(self._plans.values()), self._gate)
        except sqlite3.DatabaseError as error:
            self.close()
            raise ConfigError(f"{self._path} is not a store: {error}") from error

    def get(self, table: Table, partition: str, sort: str | int) -> Item | None:
        """The item as of now."""
        check_key(table, partition, sort)
        return _first(self._pool.read(self._plan(table).get, (partition, sort)))

    def query(
        self,
        table: Table,
        partition: str,
        *,
        index: str | None = None,
        prefix: str | None = None,
        lo: str | int | None = None,
        hi: str | int | None = None,
        limit: int = 50,
        after: Item | None = None,
        descending: bool = False,
    ) -> Page:
        """The items of one partition by sort key, from `lo` to `hi` (both included)."""
        asked, by = Range(prefix, lo, hi), index_of(table, index)
        check_query(table, by, partition, asked, limit)
        if after is not None:
            check_cursor(table, by, partition, asked, after)
        sql, values = self._plan(table).select(
            by, partition, asked, after, descending=descending
        )
        items = _items(self._pool.read(sql, [*values, limit + 1]))
        if len(items) <= limit:
            return Page(items, None)
        items.pop()
        return Page(items, cursor_of(table, by, items[-1]))

    def write(self, *operations: Operation) -> None:
        """All of them or none, in one commit with what other threads write just now."""
        keys = check_write(operations)
        steps = [
            self._ready(operation, key)
            for operation, key in zip(operations, keys, strict=True)
        ]
        check_total(operations, sum(len(step.row[2]) for step in steps if step.row))
        self._commits.write(steps)

    def everything(self, table: Table) -> Iterator[Item]:
        """Every item by key; what is written meanwhile may be among them or not."""
        plan = self._plan(table)
        rows = self._pool.read(plan.first, (_CHUNK,))
        while rows:
            items = _items(rows)
            yield from items
            last = items[-1]
            place = last[table.partition], last[table.sort]
            rows = self._pool.read(plan.next, (*place, _CHUNK))

    def purge(self, now: int) -> int:
        """Take away the items that have expired at `now` (epoch seconds); how many.

        From a table that is append-only too, but for that nothing is ever taken away.
        """
        with self._gate:
            try:
                return sum(
                    self._pool.writer().execute(plan.purge, (now,)).rowcount
                    for plan in self._reach
                    if plan.table.expires
                )
            except sqlite3.Error as error:
                raise translated(error) from error

    def backup(self, path: Path | str) -> None:
        """Write a copy of everything as of now, in place of the file that is there."""
        part = Path(f"{path}.part")
        part.unlink(missing_ok=True)
        create_file(part)
        self._pool.read("VACUUM INTO ?", (str(part),))
        with part.open("rb+") as copy:
            os.fsync(copy.fileno())
        part.replace(path)

    def close(self) -> None:
        """Let go of files and connections; nothing happens the second time."""
        if self._pool.is_closed:
            return
        with self._gate:
            self._pool.close()
        self._gate.leave(self)

    def before_fork(self) -> None:
        """Close what must not be open on both sides of a fork."""
        self._pool.rest()

    def after_fork(self, *, in_child: bool) -> None:
        """Go on; in the child, without the writers that stayed with the parent."""
        if in_child:
            self._commits.forget()
        self._pool.resume()

    def _plan(self, table: Table) -> Plan:
        try:
            return self._plans[table.name]
        except KeyError:
            raise ValueError(f"the store has no table {table.name}") from None

    def _ready(self, operation: Operation, key: Key) -> Step:
        plan = self._plan(operation.table)
        row = plan.row(operation.item) if isinstance(operation, Put) else None
        return Step(operation, plan, key, row)

    def _commit(self, group: list[Turn[list[Step]]]) -> None:
        """Write what every turn asks for, each all or nothing, in one commit."""
        try:
            writer = self._pool.writer()
            writer.execute("BEGIN IMMEDIATE")
            try:
                refused = _attempt_all(writer, group)
                writer.execute("ROLLBACK" if refused else "COMMIT")
            finally:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise translated(error) from error


def _attempt_all(writer: sqlite3.Connection, group: list[Turn[list[Step]]]) -> bool:
    """Take every turn or leave it; whether nothing at all is to be kept."""
    if len(group) == 1:  # no savepoint then: it would cost as much as four rows
        group[0].error = _attempt(writer, group[0].work)
        return group[0].error is not None
    for turn in group:
        writer.execute("SAVEPOINT turn")
        turn.error = _attempt(writer, turn.work)
        if turn.error is not None:
            # It fails where SQLite has given up more than this turn; so do they all.
            writer.execute("ROLLBACK TO turn")
        writer.execute("RELEASE turn")
    return False


def _attempt(writer: sqlite3.Connection, steps: list[Step]) -> Exception | None:
    """Take the steps up to one that cannot be taken; what stood in the way."""
    try:
        for position, step in enumerate(steps):
            _take(writer, position, step)
    except (ConditionError, PermissionError, ValueError) as error:
        return error
    except sqlite3.Error as error:
        return translated(error)
    return None


def _take(writer: sqlite3.Connection, position: int, step: Step) -> None:
    operation, plan, key, row = step
    if row is not None and operation.when == _IF_NEW and not plan.table.append_only:
        if writer.execute(plan.put_if_missing, row).rowcount == 0:
            raise ConditionError(position, _find(writer, plan, key))
        return
    item = None
    if operation.when or row is None:
        item = _find(writer, plan, key)
    if not all(holds(condition, item) for condition in operation.when):
        raise ConditionError(position, item)
    if isinstance(operation, Patch):
        row = plan.row(patched(item, operation))
    if row is not None:
        writer.execute(plan.put, row)
    elif isinstance(operation, Delete):
        writer.execute(plan.delete, key)


def _find(writer: sqlite3.Connection, plan: Plan, key: Key) -> Item | None:
    return _first(writer.execute(plan.get, key).fetchall())


def _first(rows: list[tuple[bytes]]) -> Item | None:
    return _decode(rows[0][0]) if rows else None


def _items(rows: list[tuple[bytes]]) -> list[Item]:
    # One call of the decoder for all of them.
    items: list[Item] = _decode(b"[" + b",".join([row[0] for row in rows]) + b"]")
    return items
