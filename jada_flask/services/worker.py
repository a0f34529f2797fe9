"""The outbox on one machine: a thread of the serving process that sends what is due."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from random import SystemRandom
from threading import Event as Signal
from threading import Thread

from jada_flask.ports import Ports
from jada_flask.services.deliveries import Courier
from jada_flask.services.drain import Drain
from jada_flask.unit_of_work import Opening

_LOG = logging.getLogger(__name__)
SIDE_BY_SIDE = 8
_QUIET = 0.01  # seconds without a new promise
_ENDING = "interpreter shutdown"  # the words of a pool that takes no more work
_LOOK_AGAIN = 1.0  # seconds: another process may have promised something
_SWEEP_EVERY = 3600  # seconds


def drain_of(office: Opening, ports: Ports) -> Drain:
    """The outbox of this installation, ready to be drained."""
    pool = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="outbox")
    courier = Courier(office, ports)
    return Drain(ports.store, courier.deliver, ports.clock, pool, SystemRandom())


class Worker:
    """Sends at once after a commit of this process, and looks again every second."""

    def __init__(self, *, patience: float = 1.0) -> None:
        self._patience = patience  # seconds
        self._signal = Signal()
        self._stopped = False
        self._swept = 0

    def wake(self) -> None:
        """Something is due."""
        self._signal.set()

    def begin(self, office: Opening, ports: Ports) -> Thread:
        """Start sending, until it is stopped or the process ends."""
        drain = drain_of(office, ports)
        thread = Thread(target=self._run, args=(drain,), name="outbox", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._stopped = True
        self._signal.set()

    def _run(self, drain: Drain) -> None:
        while not self._stopped:
            if not self._sent(drain):
                self._signal.wait(_LOOK_AGAIN)
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
            self._signal.clear()
            if not self._signal.wait(_QUIET):
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
