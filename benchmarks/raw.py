"""The floor: the rows that the application writes, by plain sqlite3 alone."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.captured import Commit
from jada_flask.adapters.local.plan import plan_of
from jada_flask.ports import Operation, Put
from jada_flask.tables import ALL

Statement = tuple[str, Sequence[Any]]


def statements(commit: Commit) -> list[Statement]:
    """Plain inserts of the very rows; nothing is asked and nothing is checked."""
    return [_insert(operation) for operation in commit]


class RawFile:
    """A database with the application's tables, indexes and pragmas."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        for table in ALL:
            for ddl in plan_of(table).ddl():
                self._connection.execute(ddl)

    def write(self, commits: Sequence[Sequence[Statement]]) -> float:
        """One transaction and one wait for the disk each; the seconds it took."""
        execute = self._connection.execute
        begun = time.perf_counter()
        for commit in commits:
            execute("BEGIN IMMEDIATE")
            for sql, values in commit:
                execute(sql, values)
            execute("COMMIT")
        return time.perf_counter() - begun

    def close(self) -> None:
        self._connection.close()


def _insert(operation: Operation) -> Statement:
    if not isinstance(operation, Put):
        raise TypeError(f"only what is new can be inserted, not {operation}")
    plan = plan_of(operation.table)
    partition, sort, packed, *rest = plan.row(operation.item)
    marks = ", ".join("?" * len(plan.columns))
    row = (partition, sort, packed.decode(), *rest)
    return f"INSERT INTO {plan.name} VALUES ({marks})", row
