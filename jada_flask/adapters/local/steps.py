"""Writing what several writers ask for: each all or nothing, all in one commit."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from jada_flask.adapters.local.connections import translated
from jada_flask.adapters.local.evaluation import holds, patched
from jada_flask.adapters.local.group_commit import Turn
from jada_flask.adapters.local.plan import Plan, Row, Told
from jada_flask.ports import (
    NEW,
    ConditionError,
    Delete,
    Item,
    Key,
    Operation,
    Patch,
)

_REFUSALS = (ConditionError, PermissionError, ValueError)

_decode = msgspec.json.Decoder().decode


class Step(NamedTuple):
    """An operation that was found fit, and what could be made ready of it."""

    operation: Operation
    plan: Plan
    key: Key
    row: Row | None


class Reading(NamedTuple):
    """What some steps depend on, read at once."""

    told: Told
    steps: list[Step]


class Work(NamedTuple):
    """What one writer asks for: step by step, and as few statements as will do.

    SQLite lets go of the interpreter for each statement, and whoever holds up all other
    writers then waits to get it back.
    """

    steps: list[Step]
    adds: list[Told]
    readings: list[Reading]
    puts: list[Told]
    deletes: list[Step]


def work_of(steps: list[Step]) -> Work:
    """The work of one writer, made ready before its turn comes."""
    adds: dict[Plan, list[Row]] = defaultdict(list)
    puts: dict[Plan, list[Row]] = defaultdict(list)
    asked: dict[Plan, list[Step]] = defaultdict(list)
    deletes = []
    for step in steps:
        operation, plan, _, row = step
        if row is not None and operation.when == NEW:
            adds[plan].append(row)
            continue
        if row is not None:
            puts[plan].append(row)
        elif isinstance(operation, Delete):
            deletes.append(step)
        if operation.when or isinstance(operation, Patch):
            asked[plan].append(step)
    return Work(
        steps,
        [told for plan, rows in adds.items() for told in plan.adds(rows)],
        [reading for plan in asked for reading in _readings(plan, asked[plan])],
        [told for plan, rows in puts.items() for told in plan.puts(rows)],
        deletes,
    )


def _readings(plan: Plan, steps: list[Step]) -> Iterator[Reading]:
    for told in plan.gets([step.key for step in steps]):
        yield Reading(told, steps[: told.rows])
        steps = steps[told.rows :]


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
    # No item is twice in one write, so that the order of its statements is free.
    for add in work.adds:
        if writer.execute(add.sql, add.values).rowcount < add.rows:
            return False
    found = [pair for reading in work.readings for pair in _found(writer, reading)]
    if not all(_may(operation, item) for (operation, *_), item in found):
        return False
    for put in work.puts:
        writer.execute(put.sql, put.values)
    for (operation, plan, *_), item in found:
        if isinstance(operation, Patch):
            writer.execute(plan.put, plan.row(patched(item, operation)))
    for step in work.deletes:
        writer.execute(step.plan.delete, step.key)
    return True


def _found(
    writer: sqlite3.Connection, reading: Reading
) -> Iterator[tuple[Step, Item | None]]:
    """The steps, each with the item that it is about."""
    told, steps = reading
    rows = dict(writer.execute(told.sql, told.values).fetchall())
    for place, step in enumerate(steps):
        yield step, _decode(rows[place]) if place in rows else None


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
    if not _may(operation, item):
        raise ConditionError(position, item)
    if isinstance(operation, Patch):
        row = plan.row(patched(item, operation))
    if row is not None:
        writer.execute(plan.put, row)
    elif isinstance(operation, Delete):
        writer.execute(plan.delete, key)


def _may(operation: Operation, item: Item | None) -> bool:
    """Whether the operation may be done to the item that is there, or to none."""
    return all(holds(condition, item) for condition in operation.when)


def first(rows: list[tuple[bytes]]) -> Item | None:
    """The item of the first row."""
    return _decode(rows[0][0]) if rows else None
