"""The next 50 charters: what listing them costs among few and among many."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask

from benchmarks.captured import commits_of
from benchmarks.figure import Figure
from benchmarks.samples import body
from jada_flask.app import create_app
from jada_flask.config import Config
from jada_flask.local_secrets import kept_secrets
from jada_flask.ports import Item, Operation, Put
from jada_flask.records.kinds import Kind
from jada_flask.records.money import BOOKING
from jada_flask.records.operations import EVENT
from jada_flask.web.context import Parts
from jada_flask.wiring import build

_FEW, _MANY = 1_000, 100_000
_NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
_FIRST, _YEARS = datetime(2022, 1, 1, tzinfo=UTC), timedelta(days=3652)
_BATCH = 50  # charters a commit while the store is filled
_ROUNDS, _CALLS = 7, 20
_PAGES = {
    "/dispatch": "",
    "/api/events": "from=2027-03-01&to=2028-02-28&limit=50",
}


class _Clock:
    """Always the same moment, so that both stores have the same charters ahead."""

    def now(self) -> datetime:
        return _NOW


class Office:
    """An application with so many charters, spread evenly over ten years."""

    def __init__(self, data: Path, charters: int) -> None:
        config = Config.from_env({"JADA_DATA_DIR": str(data)})
        self._parts = build(config, clock=_Clock())
        begun = time.perf_counter()
        _fill(self._parts, charters)
        self.filled = time.perf_counter() - begun
        self._app = create_app(self._parts)
        self._cookie = _signed_in(self._app, kept_secrets(data).admin_password)

    def seconds(self, path: str) -> float:
        """The processor's time for one page of 50, from the request to its answer."""
        begun = time.process_time()
        self.get(path)
        return time.process_time() - begun

    def get(self, path: str) -> bytes:
        """The answer to one request, without a client's own work."""
        said: list[str] = []

        def hear(status: str, _headers: Any, _error: Any = None) -> Any:
            said.append(status)

        content = b"".join(self._app.wsgi_app(_environ(path, self._cookie), hear))
        if said != ["200 OK"]:
            raise RuntimeError(f"{path} was answered with {said}")
        return content

    def close(self) -> None:
        self._parts.ports.store.close()
        self._parts.ports.public_store.close()


def measure() -> list[Figure]:
    """The page and the API's list, each by what it costs among few."""
    with _office(_FEW) as few, _office(_MANY) as many:
        return [_figure(path, few, many) for path in _PAGES]


@contextmanager
def _office(charters: int) -> Iterator[Office]:
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder), charters)
        yield office
        office.close()


def _figure(path: str, few: Office, many: Office) -> Figure:
    if len(few.get(path)) < 10_000 or len(many.get(path)) < 10_000:
        raise RuntimeError(f"{path} does not list its 50 charters")
    ratios, costs = [], []
    for _ in range(_ROUNDS):
        pairs = [(few.seconds(path), many.seconds(path)) for _ in range(_CALLS)]
        low, high = (median(side) for side in zip(*pairs, strict=True))
        ratios.append(high / low)
        costs.append(high * 1000)
    facts = (
        f"processor time in one process, {_CALLS} calls a round and side in turns; "
        f"{median(costs):.2f} ms among {_MANY:,}",
        f"the {_MANY:,} were stored in {many.filled:.1f} s",
    )
    name = f"GET {path}: 50 upcoming charters among {_MANY:,}, by {_FEW:,}"
    return Figure(name, ratios, 1.2, facts=facts)


def _fill(parts: Parts, charters: int) -> None:
    """Headers and bookings like those of a real one, which is taken first."""
    [commit] = commits_of(parts, [json.dumps(body(1)).encode()])
    event, header = _written(commit, EVENT)
    booking, sold = _written(commit, BOOKING)
    step = _YEARS / charters
    writes: list[Operation] = []
    for number in range(charters):
        start = (_FIRST + number * step).replace(microsecond=0)
        event_id, booking_id = f"EV_{number:06}", f"BK_{number:06}"
        charter = replace(event, event_id=event_id, booking_id=booking_id, start=start)
        terms = replace(booking.terms, start=start)
        sale = replace(booking, booking_id=booking_id, event_id=event_id, terms=terms)
        writes.append(Put(EVENT.table, header | EVENT.item(charter)))
        writes.append(Put(BOOKING.table, sold | BOOKING.item(sale)))
        if len(writes) == 2 * _BATCH or number == charters - 1:
            parts.ports.store.write(*writes)
            writes = []


def _written(commit: tuple[Operation, ...], kind: Kind[Any]) -> tuple[Any, Item]:
    """The value of one kind that a commit wrote, and its item with all its marks."""
    for one in commit:
        if isinstance(one, Put) and one.table is kind.table and "year" in one.item:
            return kind.value(one.item), one.item
    raise LookupError(kind.type.__name__)


def _signed_in(app: Flask, password: str) -> str:
    sent = {"user": "admin", "password": password}
    answer = app.test_client().post("/admin/login", json=sent)
    return answer.headers["Set-Cookie"].partition(";")[0]


def _environ(path: str, cookie: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": _PAGES[path],
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_COOKIE": cookie,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
    }
