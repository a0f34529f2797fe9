"""The worker of one machine, besides sending: it takes away what has expired."""

from __future__ import annotations

from threading import Event as Signal

from jada_flask.ports import Put
from jada_flask.services.worker import Worker
from jada_flask.tables import JOBS
from jada_flask.web.context import Parts
from tests.fakes import SetClock

_TRIAL = ("TRIAL", "#")


def _kept(parts: Parts) -> bool:
    return parts.ports.store.get(JOBS, *_TRIAL) is not None


def _put(parts: Parts, expires: int) -> None:
    item = {"pk": _TRIAL[0], "sk": _TRIAL[1], "expires": expires}
    parts.ports.store.write(Put(JOBS, item))


def _runs_until(worker: Worker, parts: Parts, gone: Signal) -> None:
    thread = worker.begin(parts.office, parts.ports)
    for _ in range(500):
        if not _kept(parts):
            gone.set()
            break
        gone.wait(0.01)
    worker.stop()
    thread.join(10)


def test_what_has_expired_is_taken_away(parts: Parts, clock: SetClock) -> None:
    _put(parts, int(clock.now().timestamp()) - 1)
    gone = Signal()

    _runs_until(Worker(patience=0), parts, gone)

    assert gone.is_set()


def test_what_expires_later_stays(parts: Parts, clock: SetClock) -> None:
    _put(parts, int(clock.now().timestamp()) + 60)
    worker = Worker(patience=0)

    parts.ports.store.purge(int(clock.now().timestamp()))

    assert _kept(parts)
    worker.stop()
