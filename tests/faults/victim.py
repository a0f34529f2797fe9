"""A process that does one job and kills itself at one of its writes.

It reads what to do from stdin.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from jada_flask.app import create_app
from jada_flask.config import Config
from jada_flask.wiring import build
from tests.callers import Caller
from tests.conftest import drain_of
from tests.fakes import Doom, DoomedStore, SetClock


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    asked = json.load(sys.stdin)
    parts = build(Config.from_env(asked["settings"]), clock=SetClock())
    doom = Doom(asked["write"], after=asked["after"], end=kill)
    store = DoomedStore(parts.ports.store, doom)
    parts = replace(
        parts,
        ports=replace(parts.ports, store=store),
        office=replace(parts.office, store=store),
    )
    if asked["job"] == "take":
        scripts = Caller(create_app(parts), X_Dashboard_Token=asked["token"])
        assert scripts.post("/api/bookings", asked["body"]).status_code == 201
        return
    with ThreadPoolExecutor(1) as one:
        drain_of(parts, one).run()


if __name__ == "__main__":
    main()
