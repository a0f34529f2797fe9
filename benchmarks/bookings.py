"""Taking a booking over HTTP, by the same commits made with plain sqlite3."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.captured import commits_of
from benchmarks.figure import Figure
from benchmarks.raw import RawFile, Statement, statements
from benchmarks.samples import body
from benchmarks.server import Server
from jada_flask.config import Config
from jada_flask.wiring import build

_ROUNDS = 9
_EACH = 300  # bookings a round and side
_CONNECTIONS = 16
_WARM = 50
_DUE = (
    "SELECT (SELECT count(*) FROM Events WHERE due_p = 'due')"
    " + (SELECT count(*) FROM Jobs WHERE due_p = 'due')"
)


@dataclass(frozen=True, slots=True)
class Round:
    """One turn: the rates of both sides, and what else was to be seen."""

    raw: float
    answered: float
    drained: float  # seconds from the last answer until nothing was due
    middle: float  # milliseconds
    late: float
    client: float  # share of a processor

    @property
    def ratio(self) -> float:
        return self.answered / self.raw


def measure() -> list[Figure]:
    """Answers a second, by commits a second; the two sides take turns."""
    with tempfile.TemporaryDirectory() as folder:
        rounds = list(_rounds(Path(folder)))
    return [
        Figure(
            "bookings answered over HTTP, by raw SQLite commits of the same rows",
            [one.ratio for one in rounds],
            0.5,
            at_least=True,
            facts=_facts(rounds),
        )
    ]


def _rounds(folder: Path) -> Iterator[Round]:
    bodies = [json.dumps(body(n)).encode() for n in range(_WARM + _ROUNDS * _EACH)]
    parts = build(Config.from_env({"JADA_DATA_DIR": str(folder / "captured")}))
    commits = [statements(commit) for commit in commits_of(parts, bodies)]
    raw = RawFile(folder / "raw.sqlite3")
    raw.write(commits[:_WARM])
    with Server(folder / "served") as server:
        posted(server, bodies[:_WARM])
        drained(server)
        for begin in range(_WARM, len(bodies), _EACH):
            turn = slice(begin, begin + _EACH)
            yield _round(raw, commits[turn], server, bodies[turn])
    raw.close()


def _round(
    raw: RawFile, commits: list[list[Statement]], server: Server, bodies: list[bytes]
) -> Round:
    seconds = raw.write(commits)
    said = posted(server, bodies)
    if said["statuses"] != {"201": len(bodies)}:
        raise RuntimeError(f"not every booking was taken: {said['statuses']}")
    times = said["latencies"]
    return Round(
        raw=len(commits) / seconds,
        answered=len(bodies) / said["seconds"],
        drained=drained(server),
        middle=median(times) * 1000,
        late=times[len(times) * 99 // 100] * 1000,
        client=said["client_cpu"] / said["seconds"],
    )


def posted(server: Server, bodies: list[bytes]) -> dict[str, Any]:
    """What the client in its own process says of having posted these bookings."""
    place = (str(server.port), str(_CONNECTIONS), "/api/bookings", server.token)
    command = [sys.executable, "-m", "benchmarks.load", *place]
    lines = b"\n".join(bodies)
    said: dict[str, Any] = json.loads(subprocess.check_output(command, input=lines))
    return said


def drained(server: Server) -> float:
    """Wait until the outbox has nothing that is due; the seconds it took."""
    begun = time.perf_counter()
    look = sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)
    while look.execute(_DUE).fetchone()[0]:
        time.sleep(0.05)
    look.close()
    return time.perf_counter() - begun


def _facts(rounds: list[Round]) -> tuple[str, ...]:
    def middle(name: str) -> float:
        return median([float(getattr(one, name)) for one in rounds])

    return (
        f"raw: {middle('raw'):.0f} commits/s on one connection, WAL, synchronous=FULL",
        f"HTTP: {middle('answered'):.0f} answers/s, {_CONNECTIONS} connections; "
        f"median {middle('middle'):.1f} ms, p99 {middle('late'):.1f} ms; "
        f"the client took {middle('client'):.0%} of a processor",
        f"the outbox was empty {middle('drained'):.1f} s after the last of {_EACH} "
        f"answers: {middle('drained') / _EACH * 1000:.1f} ms a booking",
    )
