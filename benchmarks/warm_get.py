"""A JSON GET through Lambda's door when it is warm, by what its view alone takes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from io import BytesIO, StringIO
from secrets import token_hex
from statistics import median
from time import process_time
from typing import Any

from benchmarks import cold_start
from benchmarks.figure import Figure
from jada_flask.aws_entry import Door

_ROUNDS, _CALLS = 15, 400
_MOST = 0.1  # ms
_PATH = "/healthz"


def measure() -> list[Figure]:
    """Milliseconds of processor that the door, Flask and our frame take together."""
    token = token_hex(32)
    with tempfile.TemporaryDirectory() as folder:
        local = {"JADA_STORE": "sqlite", "JADA_DATA_DIR": folder}
        door = Door(cold_start.settings("") | cold_start.made_secrets(token) | local)
        sides = _sides(door, token)
        taken: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(_ROUNDS):
            for name, call in sides.items():
                taken[name].append(_milliseconds(call))
    over = [a - b for a, b in zip(taken["door"], taken["view"], strict=True)]
    facts = tuple(f"{name}: {median(taken[name]):.4f} ms" for name in taken)
    name = "ms of a warm JSON GET through the door, over the bare view"
    return [Figure(name, over, _MOST, facts=facts)]


def _sides(door: Door, token: str) -> dict[str, Callable[[], object]]:
    """The door, the application behind it by WSGI, and the view in its context."""
    app = door._app
    event = cold_start.event(_PATH, token)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": _PATH,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_NAME": cold_start.HOST,
        "SERVER_PORT": "443",
        "HTTP_HOST": cold_start.HOST,
        "HTTP_ACCEPT": "application/json",
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(),
    }
    view = app.view_functions["healthz"]

    def by_door() -> Any:
        return door({**event}, None)

    def by_wsgi() -> Any:
        return list(app.wsgi_app({**environ}, lambda *_: lambda _: None))

    app.test_request_context(_PATH, base_url=f"https://{cold_start.HOST}").push()
    return {"door": by_door, "WSGI": by_wsgi, "view": view}


def _milliseconds(call: Callable[[], object]) -> float:
    """Of one call; its line of the log is written too, into memory."""
    with redirect_stdout(StringIO()):
        call()
        begun = process_time()
        for _ in range(_CALLS):
            call()
        return (process_time() - begun) * 1000 / _CALLS
