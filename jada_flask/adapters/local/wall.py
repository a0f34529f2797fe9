"""The wall round an opening of the store that reaches some tables only.

Twice, for once is not enough: SQLite's authorizer is not asked about the columns that
`FULL JOIN … USING` compares, and so would let a whole table out. Therefore such a
connection executes nothing but the statements of its own tables in the first place.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, Self

from jada_flask.adapters.local.plan import Plan

_ROWS = {
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_INSERT,
    sqlite3.SQLITE_UPDATE,
    sqlite3.SQLITE_DELETE,
}
_HARMLESS = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_TRANSACTION,
    sqlite3.SQLITE_SAVEPOINT,
}
_TURNS = {
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT turn",
    "RELEASE turn",
    "ROLLBACK TO turn",
}

Authorizer = Callable[[int, str | None, str | None, str | None, str | None], int]


def _shut(*_args: Any, **_options: Any) -> NoReturn:
    raise PermissionError("this opening of the store reaches some tables only")


class WalledCursor(sqlite3.Cursor):
    """A cursor that opens for the statements its connection knows."""

    def execute(self, sql: str, values: Any = ()) -> Self:
        """Execute a statement of one of the tables within the wall."""
        if sql not in self.connection.known:  # type: ignore[attr-defined]
            _shut()
        return super().execute(sql, values)

    executemany = executescript = _shut


class WalledConnection(sqlite3.Connection):
    """A connection with one door."""

    known: frozenset[str] = frozenset()

    def cursor(self, *_factory: Any) -> WalledCursor:  # type: ignore[override]
        """What every statement of the connection goes through."""
        return WalledCursor(self)

    def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        """Execute a statement by such a cursor; the inherited way leads past it."""
        return WalledCursor(self).execute(sql, values)

    executemany = executescript = _shut
    backup = serialize = deserialize = blobopen = iterdump = _shut
    set_authorizer = enable_load_extension = load_extension = _shut


def wall_off(connection: WalledConnection, reach: Iterable[Plan]) -> None:
    """Leave the connection these tables and nothing else, for good."""
    plans = list(reach)
    connection.known = frozenset(_TURNS).union(*(plan.statements for plan in plans))
    names = {plan.table.name for plan in plans}
    sqlite3.Connection.set_authorizer(connection, _allowing(names))


def _allowing(names: set[str]) -> Authorizer:
    def decide(
        action: int,
        subject: str | None,
        detail: str | None,
        database: str | None,
        _trigger: str | None,
    ) -> int:
        if action in _HARMLESS:
            return sqlite3.SQLITE_OK
        if action in _ROWS and subject in names and database == "main":
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and detail == "strftime":
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    return decide
