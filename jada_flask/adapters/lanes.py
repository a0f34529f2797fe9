"""One after another about the same thing, among threads and perhaps processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from zlib import crc32

from jada_flask.adapters.claims import claimed, let_go

_LANES = 64
_FIRST = 16  # the byte of the file that is locked for the first lane
_PATIENCE = 2.0  # seconds
_BREATH = 0.0005


class Lanes:
    """A few lanes, each for all names that lead to it.

    With `file`, the descriptor of a file of which each process locks a byte, among
    processes too. Nobody waits for longer than two seconds, whatever became of whoever
    is ahead: it is a courtesy, and conditions hold without it.
    """

    def __init__(self, file: int = -1) -> None:
        self.patience = _PATIENCE
        self._file = file
        self.forget()

    def forget(self) -> None:
        """Begin anew, without those who hold one: after a fork they are not there."""
        self._threads = [RLock() for _ in range(_LANES)]
        self._depths = [0] * _LANES

    def close(self) -> None:
        """Have no more to do with the file, which may be another soon."""
        self._file = -1

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Keep others from the lane of this name, or go on without it."""
        lane = crc32(name.encode()) % _LANES
        deadline = time.monotonic() + self.patience
        thread = self._threads[lane]
        if not thread.acquire(timeout=self.patience):
            yield
            return
        try:
            self._enter(lane, deadline)
            yield
        finally:
            self._leave(lane)
            thread.release()

    def _enter(self, lane: int, deadline: float) -> None:
        self._depths[lane] += 1
        if self._depths[lane] > 1:  # this thread has it already
            return
        while self._file >= 0 and time.monotonic() < deadline:
            if claimed(self._file, _FIRST + lane):
                return
            time.sleep(_BREATH)

    def _leave(self, lane: int) -> None:
        self._depths[lane] -= 1
        if self._file >= 0 and not self._depths[lane]:
            let_go(self._file, _FIRST + lane)
