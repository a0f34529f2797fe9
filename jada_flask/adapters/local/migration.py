"""Bringing a SQLite file to the tables that this release knows."""

from __future__ import annotations

import sqlite3
import zlib
from pathlib import Path

import msgspec

from jada_flask.adapters.local.connections import connect
from jada_flask.adapters.local.gate import Gate
from jada_flask.adapters.local.plan import Plan


def make_tables(path: Path, plans: list[Plan], gate: Gate) -> None:
    """Make what is not there; add and fill the columns of an index that is new."""
    statements = [statement for plan in plans for statement in plan.ddl()]
    version = zlib.crc32("\n".join(statements).encode()) & 0x7FFFFFFF
    with gate:
        connection = connect(path)
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] == version:
                return
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            for plan in plans:
                _add_columns(connection, plan)
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("COMMIT")
        finally:
            connection.close()


def _add_columns(connection: sqlite3.Connection, plan: Plan) -> None:
    rows = connection.execute(f"PRAGMA table_info ({plan.name})").fetchall()
    there = {row[1].decode() for row in rows}
    missing = plan.columns.keys() - there
    if not there or not missing:
        return
    for statement in plan.widen(missing):
        connection.execute(statement)
    for (body,) in connection.execute(f"SELECT body FROM {plan.name}").fetchall():
        connection.execute(plan.put, plan.row(msgspec.json.decode(body)))
