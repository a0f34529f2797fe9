"""A bell between processes of one machine."""

from __future__ import annotations

import os
import select
import threading
import time
from contextlib import suppress
from pathlib import Path


def outbox_bell(folder: Path) -> Bell:
    """The bell of a data folder that whoever promised something rings."""
    return Bell(folder / "outbox.bell")


class Bell:
    """A named pipe; what rings while nobody listens is forgotten.

    Where a folder takes no pipes nobody hears it, and whoever listens only waits.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._out = self._in = -1
        with suppress(OSError):  # mostly because it is there
            os.mkfifo(self._path, 0o600)

    def ring(self) -> None:
        """Wake who listens, if anybody does; it never waits and never fails."""
        try:
            os.write(self._rope(), b".")
        except BlockingIOError:
            return  # it has been ringing for long
        except OSError:
            self._let_go()  # nobody listens; the next ring looks again

    def wait(self, seconds: float) -> bool:
        """Whether it rang; however often, it counts once."""
        try:
            if self._in < 0:
                # For writing too: else it would seem to ring once all ringers are gone.
                self._in = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
        except OSError:
            time.sleep(seconds)
            return False
        if not select.select([self._in], [], [], seconds)[0]:
            return False
        with suppress(BlockingIOError):
            while os.read(self._in, 65536):
                pass
        return True

    def close(self) -> None:
        """Neither ring nor listen any more."""
        self._let_go()
        if self._in >= 0:
            os.close(self._in)
            self._in = -1

    def _rope(self) -> int:
        with self._lock:
            if self._out < 0:
                self._out = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
            return self._out

    def _let_go(self) -> None:
        with self._lock:
            if self._out >= 0:
                os.close(self._out)
                self._out = -1
