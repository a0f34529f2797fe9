"""The outbox on one machine: a thread that sends what is due, as soon as it is."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from random import SystemRandom
from threading import Event as Signal
from threading import Thread
from typing import Protocol

from jada_flask.ports import Ports
from jada_flask.services.deliveries import Courier
from jada_flask.services.drain import Drain
from jada_flask.unit_of_work import Opening

_LOG = logging.getLogger(__name__)
SIDE_BY_SIDE = 8
_QUIET = 0.01  # seconds without a ring
_ENDING = "interpreter shutdown"  # the words of a pool that takes no more work
_LOOK_AGAIN = 1.0  # seconds: another process may have promised something
_SWEEP_EVERY = 3600  # seconds


def drain_of(office: Opening, ports: Ports) -> Drain:
    """The outbox of this installation, ready to be drained."""
    pool = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="outbox")
    courier = Courier(office, ports)
    return Drain(ports.store, courier.deliver, ports.clock, pool, SystemRandom())


class Bell(Protocol):
    """What a worker listens to."""

    def ring(self) -> None:
        """Something is due."""

    def wait(self, seconds: float) -> bool:
        """Whether it rang, within so many seconds; however often, it counts once."""


class ThreadBell:
    """A `Bell` between threads of one process."""

    def __init__(self) -> None:
        self._signal = Signal()

    def ring(self) -> None:
        self._signal.set()

    def wait(self, seconds: float) -> bool:
        rang = self._signal.wait(seconds)
        self._signal.clear()
        return rang


class Worker:
    """Sends at once after the bell rang, and looks again every second."""

    def __init__(self, bell: Bell | None = None, *, patience: float = 1.0) -> None:
        self.bell = bell or ThreadBell()
        self._patience = patience  # seconds
        self._stopped = False
        self._swept = 0

    def begin(self, office: Opening, ports: Ports) -> Thread:
        """Start sending, until it is stopped or the process ends."""
        drain = drain_of(office, ports)
        thread = Thread(target=self._run, args=(drain,), name="outbox", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._stopped = True
        self.bell.ring()

    def _run(self, drain: Drain) -> None:
        while not self._stopped:
            if not self._sent(drain):
                self.bell.wait(_LOOK_AGAIN)
        drain.pool.shutdown()

    def _sweep(self, drain: Drain) -> None:
        """Once an hour, when nothing waits, take away what has expired."""
        now = int(drain.clock.now().timestamp())
        if now < self._swept + _SWEEP_EVERY:
            return
        self._swept = now
        drain.store.purge(now)

    def _let_answers_go_first(self) -> bool:
        """Wait for a moment in which nothing new is promised, but not for long.

        Whoever books is kept waiting by mails, while mails can wait for a second. Say
        whether to go on at all.
        """
        latest = time.monotonic() + self._patience
        while time.monotonic() < latest and not self._stopped:
            time.sleep(_QUIET)
            if not self.bell.wait(0):
                break
        return not self._stopped

    def _sent(self, drain: Drain) -> bool:
        """Send some of what is due, if anything is."""
        try:
            sent = bool(drain.run(self._let_answers_go_first))
            if not sent:
                self._sweep(drain)
            return sent
        except Exception as error:  # noqa: BLE001 (the other of the two places)
            if _ENDING in str(error):
                self.stop()
                return False
            # Whatever it was, the messages are still due, and nobody else looks.
            _LOG.exception("the outbox could not be looked at")
            return False
