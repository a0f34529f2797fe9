"""Writing what several writers ask for: each all or nothing, all in one commit."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from jada_flask.adapters.local.connections import translated
from jada_flask.adapters.local.evaluation import holds, patched
from jada_flask.adapters.local.group_commit import Turn
from jada_flask.adapters.local.plan import Insert, Plan, Row
from jada_flask.ports import (
    ConditionError,
    Delete,
    Item,
    Key,
    Missing,
    Operation,
    Patch,
)

_IF_NEW = (Missing(),)
_REFUSALS = (ConditionError, PermissionError, ValueError)

_decode = msgspec.json.Decoder().decode


class Step(NamedTuple):
    """An operation that was found fit, and what could be made ready of it."""

    operation: Operation
    plan: Plan
    key: Key
    row: Row | None

    @property
    def new(self) -> Row | None:
        """The row that it only adds, if it does no more than that."""
        # What is append-only has a trigger that would refuse the whole statement.
        only = self.operation.when == _IF_NEW and not self.plan.table.append_only
        return self.row if only else None


class Work(NamedTuple):
    """What one writer asks for: step by step, and as few statements as will do.

    SQLite lets go of the interpreter for each statement, and whoever holds up all other
    writers then waits to get it back.
    """

    steps: list[Step]
    inserts: list[Insert]
    rest: list[Step]


def work_of(steps: list[Step]) -> Work:
    """The work of one writer, made ready before its turn comes."""
    rows: dict[Plan, list[Row]] = defaultdict(list)
    rest = []
    for step in steps:
        if row := step.new:
            rows[step.plan].append(row)
        else:
            rest.append(step)
    inserts = [insert for plan in rows for insert in plan.inserts(rows[plan])]
    return Work(steps, inserts, rest)


def commit(writer: sqlite3.Connection, group: Sequence[Turn[Work]]) -> None:
    """Write what every turn asks for; a turn that is refused learns why."""
    if not _taken_together(writer, group):
        _take_one_by_one(writer, group)


def _taken_together(writer: sqlite3.Connection, group: Sequence[Turn[Work]]) -> bool:
    """Commit the work of all; where any of it is refused, nothing is written."""
    writer.execute("BEGIN IMMEDIATE")
    try:
        taken = all(_taken(writer, turn.work) for turn in group)
        if taken:
            writer.execute("COMMIT")
    except (*_REFUSALS, sqlite3.Error):
        return False  # and met again by the turn that it is about
    finally:
        _leave(writer)
    return taken


def _take_one_by_one(writer: sqlite3.Connection, group: Sequence[Turn[Work]]) -> None:
    """Commit the work of those that are not refused."""
    writer.execute("BEGIN IMMEDIATE")
    try:
        for turn in group:
            writer.execute("SAVEPOINT turn")
            turn.error = _attempt(writer, turn.work.steps)
            if turn.error is not None:
                # It fails where SQLite gave up more than this turn; so do they all.
                writer.execute("ROLLBACK TO turn")
            writer.execute("RELEASE turn")
        writer.execute("COMMIT")
    finally:
        _leave(writer)


def _leave(writer: sqlite3.Connection) -> None:
    if writer.in_transaction:
        writer.execute("ROLLBACK")


def _taken(writer: sqlite3.Connection, work: Work) -> bool:
    for insert in work.inserts:
        if writer.execute(insert.sql, insert.values).rowcount < insert.rows:
            return False
    for position, step in enumerate(work.rest):
        _take(writer, position, step)
    return True


def _attempt(writer: sqlite3.Connection, steps: list[Step]) -> Exception | None:
    """Take the steps up to one that cannot be taken; what stood in the way."""
    try:
        for position, step in enumerate(steps):
            _take(writer, position, step)
    except _REFUSALS as error:
        return error
    except sqlite3.Error as error:
        return translated(error)
    return None


def _take(writer: sqlite3.Connection, position: int, step: Step) -> None:
    operation, plan, key, row = step
    item = None
    if operation.when or row is None:
        item = first(writer.execute(plan.get, key).fetchall())
    if not all(holds(condition, item) for condition in operation.when):
        raise ConditionError(position, item)
    if isinstance(operation, Patch):
        row = plan.row(patched(item, operation))
    if row is not None:
        writer.execute(plan.put, row)
    elif isinstance(operation, Delete):
        writer.execute(plan.delete, key)


def first(rows: list[tuple[bytes]]) -> Item | None:
    """The item of the first row."""
    return _decode(rows[0][0]) if rows else None
