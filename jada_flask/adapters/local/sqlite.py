"""The store in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from jada_flask.adapters.limits import check_key, check_total, check_write
from jada_flask.adapters.local.connections import Pool, create_file, translated
from jada_flask.adapters.local.gate import Gate
from jada_flask.adapters.local.group_commit import GroupCommit, Turn
from jada_flask.adapters.local.migration import make_tables
from jada_flask.adapters.local.plan import Plan, plan_of
from jada_flask.adapters.local.steps import Step, Work, commit, first, work_of
from jada_flask.adapters.paging import (
    Range,
    check_cursor,
    check_query,
    cursor_of,
    index_of,
)
from jada_flask.domain.errors import ConfigError
from jada_flask.ports import Item, Key, Operation, Page, Put
from jada_flask.tables import ALL, Table

_CHUNK = 500

_decode = msgspec.json.Decoder().decode


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
        self._commits = GroupCommit[Work](self._gate, self._commit)
        try:
            make_tables(self._path, list(self._plans.values()), self._gate)
        except sqlite3.DatabaseError as error:
            self.close()
            raise ConfigError(f"{self._path} is not a store: {error}") from error

    def get(self, table: Table, partition: str, sort: str | int) -> Item | None:
        """The item as of now."""
        check_key(table, partition, sort)
        return first(self._pool.read(self._plan(table).get, (partition, sort)))

    def get_many(self, *wanted: tuple[Table, Key]) -> list[Item | None]:
        """One after the other: nothing travels here."""
        return [self.get(table, *key) for table, key in wanted]

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
        check_total(operations, sum([len(step.row[2]) for step in steps if step.row]))
        self._commits.write(work_of(steps))

    def lane(self, name: str) -> AbstractContextManager[None]:
        """Among all threads and processes that have the file open."""
        return self._gate.lanes.of(name)

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

    def _commit(self, group: list[Turn[Work]]) -> None:
        try:
            commit(self._pool.writer(), group)
        except sqlite3.Error as error:
            raise translated(error) from error


def _items(rows: list[tuple[bytes]]) -> list[Item]:
    # One call of the decoder for all of them.
    items: list[Item] = _decode(b"[" + b",".join([row[0] for row in rows]) + b"]")
    return items
