"""Side effects of 100, 200 and 400 ms: how long all three take together."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from benchmarks.figure import Figure
from jada_flask.adapters.local.clock import SystemClock
from jada_flask.adapters.local.sqlite import SqliteStore
from jada_flask.domain.outbox import Message, State
from jada_flask.ports import Notes, Put
from jada_flask.records.operations import message_kind
from jada_flask.services.drain import Drain
from jada_flask.services.worker import SIDE_BY_SIDE
from jada_flask.tables import EVENTS

_ROUNDS = 5
_SECONDS = (0.1, 0.2, 0.4)


def measure() -> list[Figure]:
    """The outbox on the real store, with deliveries that sleep, by the slowest."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(SIDE_BY_SIDE) as pool,
    ):
        store = SqliteStore(Path(folder) / "bench.sqlite3")
        drain = Drain(store, _sleep, SystemClock(), pool, Random(1))
        ratios = []
        for turn in range(_ROUNDS):
            _promise(store, turn)
            slept = _seconds(lambda: time.sleep(max(_SECONDS)))
            took = _seconds(drain.run)
            ratios.append(took / slept)
        store.close()
    facts = (
        "a drain of three due messages from the lease to the settled state, two "
        "durable commits included, by one sleep of 400 ms",
    )
    name = "side effects of 100, 200 and 400 ms, by the slowest"
    return [Figure(name, ratios, 1.15, facts=facts)]


def _promise(store: SqliteStore, turn: int) -> None:
    kind, at = message_kind(EVENTS), datetime.now(UTC)
    for seconds in _SECONDS:
        message = Message(
            subject=f"EV_{turn}",
            message_id=f"sleep:{seconds}",
            kind="sleep",
            created_at=at,
            payload={"seconds": str(seconds)},
            due_at=at,
        )
        store.write(Put(EVENTS, kind.item(message)))


def _sleep(message: Message, _notes: Notes) -> State:
    time.sleep(float(message.payload["seconds"]))
    return State.DONE


def _seconds(act: object) -> float:
    begun = time.perf_counter()
    act()  # type: ignore[operator]
    return time.perf_counter() - begun
