"""Logs a payment in a process that ends at its n-th statement: arguments FOLDER WAY.

Prints, for each n, what is left afterwards and what there is once it was logged again.
The way is `together`, or `apart` for a store that writes one thing after another.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from jada_flask.adapters.local.sqlite import SqliteStore
from jada_flask.domain.errors import JadaError
from jada_flask.ports import Operation
from jada_flask.tables import FINANCE, JOBS
from tests.payments.desk import Desk

_KILLED = 9


def main() -> None:
    """Try every statement, until the payment comes through."""
    folder, number, ended = Path(sys.argv[1]), 0, True
    while ended:
        number += 1
        path = folder / f"{number}.sqlite3"
        patron_id = _prepare(path)
        ended = _log_and_end(path, patron_id, number)
        print(json.dumps(_look(path, patron_id, ended=ended)), flush=True)


class _Apart(SqliteStore):
    """A store without transactions."""

    def write(self, *operations: Operation) -> None:
        for operation in operations:
            super().write(operation)


_STORES = {"together": SqliteStore, "apart": _Apart}


def _prepare(path: Path) -> str:
    store = SqliteStore(path)
    patron_id = Desk(store).open().board("Ana", "100.00")
    store.close()
    return patron_id


def _log_and_end(path: Path, patron_id: str, number: int) -> bool:
    """Log a payment in a child; whether it ended before it was done."""
    child = os.fork()
    if child == 0:
        opened: list[sqlite3.Connection] = []
        sys.addaudithook(partial(_listen, opened))
        desk = Desk(_STORES[sys.argv[2]](path))
        desk.board("Ben")  # opens the connection that writes
        countdown = iter(range(number - 1, -1, -1))
        for connection in opened:
            with suppress(sqlite3.ProgrammingError):  # it is closed again
                connection.set_trace_callback(partial(_end_at, countdown))
        desk.log(patron_id)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == _KILLED


def _listen(
    opened: list[sqlite3.Connection], event: str, arguments: tuple[Any, ...]
) -> None:
    if event == "sqlite3.connect/handle":
        opened.append(arguments[0])


def _end_at(countdown: Iterator[int], statement: str) -> None:
    """End the process before the n-th statement of what is written."""
    if next(countdown, None) == 0:
        os._exit(_KILLED)


def _look(path: Path, patron_id: str, *, ended: bool) -> dict[str, Any]:
    store = SqliteStore(path)
    desk = Desk(store)
    found = {"ended": ended, "before": _left(desk)}
    with suppress(JadaError):  # half a payment may stand in the way
        found |= {"duplicate": desk.log(patron_id).duplicate, "after": _left(desk)}
        found |= {"cents": desk.account(patron_id).fares.cents}
    store.close()
    return found


def _left(desk: Desk) -> dict[str, Any]:
    guards = _count(desk, FINANCE, lambda item: item["sk"].startswith("GUARD#"))
    messages = _count(desk, JOBS, lambda item: item["pk"].startswith("MSG#"))
    lines = _count(desk, JOBS, lambda item: "payment.logged" in item["doc"])
    return {
        "entries": len(desk.entries()),
        "count": desk.ledger().count,
        "guards": guards,
        "messages": messages,
        "lines": lines,
        "breaks": [str(one) for one in desk.verify().breaks],
    }


def _count(desk: Desk, table: Any, wanted: Callable[[Any], bool]) -> int:
    return sum(map(wanted, desk.store.everything(table)))


if __name__ == "__main__":
    main()
