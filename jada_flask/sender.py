"""The other half of `make run`: a process that sends what those who serve promised.

It is polite: whoever waits for an answer on a phone goes before any mail.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading

from jada_flask.adapters.local.bell import outbox_bell
from jada_flask.config import Config
from jada_flask.intake_poll import Poller
from jada_flask.services.worker import Worker
from jada_flask.wiring import build

_POLITENESS = 10  # of 19
_PAUSE = 1.0  # seconds before one that died is replaced


class Sender:
    """Keeps such a process running, for as long as this one runs."""

    def __init__(self) -> None:
        self._leaving = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name="sender", daemon=True)

    def start(self) -> None:
        self._keeper.start()

    def stop(self) -> None:
        """Have it end what it is at."""
        self._leaving.set()
        _end(self._process)
        self._keeper.join()

    def _keep(self) -> None:
        while not self._leaving.is_set():
            # It ends when its input does, however this process came to its end.
            command = [sys.executable, "-m", "jada_flask.sender"]
            self._process = subprocess.Popen(  # noqa: S603 (ourselves)
                command, stdin=subprocess.PIPE
            )
            if self._leaving.is_set():
                _end(self._process)
            self._process.wait()
            self._leaving.wait(_PAUSE)


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process and process.stdin:
        process.stdin.close()


def main() -> None:
    """Send, and look into the inbox, until whoever started this has ended."""
    logging.basicConfig(level=logging.WARNING)
    os.nice(_POLITENESS)
    config = Config.from_env()
    bell = outbox_bell(config.data_dir)
    parts = build(config, nudge=bell.ring)
    worker = Worker(bell)
    sending = worker.begin(parts.office, parts.ports)
    if parts.ports.inbox:
        Poller().begin(parts.office, parts.ports.inbox, parts.ports.clock)
    sys.stdin.buffer.read()
    worker.stop()
    sending.join()


if __name__ == "__main__":
    main()
