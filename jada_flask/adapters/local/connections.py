"""Connections to one SQLite file: how they open, and what they may see."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jada_flask.adapters.local.plan import Plan
from jada_flask.adapters.local.wall import WalledConnection, wall_off
from jada_flask.domain.errors import BusyError, JadaError

_PATIENCE = 10.0  # seconds


def create_file(path: Path) -> None:
    """Make the file if there is none, for nobody's eyes but the owner's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Only ever a new file is opened here: closing another would drop SQLite's locks.
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return


def connect(
    path: Path, *, reach: Sequence[Plan] | None = None, reads_only: bool = False
) -> sqlite3.Connection:
    """Open the file; with `reach`, for these tables only."""
    # A connection that cannot write cannot checkpoint when it is closed, either.
    mode = "ro" if reads_only else "rw"
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
        factory=sqlite3.Connection if reach is None else WalledConnection,
    )
    connection.text_factory = bytes
    sqlite3.Cursor(connection).execute("PRAGMA synchronous = FULL")
    # What a statement about many rows would take back: else a file, each time anew.
    sqlite3.Cursor(connection).execute("PRAGMA temp_store = MEMORY")
    if isinstance(connection, WalledConnection):
        wall_off(connection, reach or ())
    return connection


class Pool:
    """The connections of one opening: any number that read, one that writes."""

    def __init__(self, path: Path, reach: Sequence[Plan] | None) -> None:
        self._path = path
        self._reach = reach
        self._idle: list[sqlite3.Connection] = []
        self._readers = 0
        self._writer: sqlite3.Connection | None = None
        self._opening = threading.Lock()
        self.is_closed = False

    def read(self, sql: str, values: Sequence[str | int]) -> list[tuple[Any, ...]]:
        """All the rows, as of now; writers do not hinder it."""
        try:
            reader = self._idle.pop()
        except IndexError:
            reader = self._open_reader()
        try:
            return reader.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise translated(error) from error
        finally:
            self._idle.append(reader)

    def writer(self) -> sqlite3.Connection:
        """The one connection that writes; to be used behind the gate."""
        if self._writer is None:
            self._writer = self._open(reads_only=False)
        return self._writer

    def rest(self) -> None:
        """Close what is open, behind the gate, and open nothing until `resume`."""
        self._opening.acquire()
        deadline = time.monotonic() + _PATIENCE
        while self._readers and time.monotonic() < deadline:
            while self._idle:
                self._idle.pop().close()
                self._readers -= 1
            if self._readers:
                time.sleep(0.001)
        # Who closes last also checkpoints, and that is the writer's business.
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def resume(self) -> None:
        """Open again what is needed."""
        self._opening.release()

    def close(self) -> None:
        """Close what is open, behind the gate, for good."""
        self.rest()
        self.is_closed = True
        self.resume()

    def _open_reader(self) -> sqlite3.Connection:
        with self._opening:
            reader = self._open(reads_only=True)
            self._readers += 1
            return reader

    def _open(self, *, reads_only: bool) -> sqlite3.Connection:
        if self.is_closed:
            raise ValueError("the store has been closed")
        try:
            return connect(self._path, reach=self._reach, reads_only=reads_only)
        except sqlite3.Error as error:
            raise translated(error) from error


def translated(error: sqlite3.Error) -> JadaError | PermissionError:
    """What SQLite says, in the words of the port."""
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_AUTH:
        return PermissionError(f"this opening of the store does not reach it: {error}")
    return BusyError("The store could not do it just now. Please try again.")
