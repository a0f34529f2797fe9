"""One writer at a time: among the threads of a process and among processes.

SQLite's WAL can be corrupted before 3.51.3 when two connections write or checkpoint at
the same instant, and its own waiting sleeps up to a tenth of a second at a time.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from pathlib import Path
from types import TracebackType
from typing import Protocol

from jada_flask.adapters.claims import claimed, let_go
from jada_flask.adapters.lanes import Lanes
from jada_flask.adapters.local.bell import Bell
from jada_flask.domain.errors import BusyError

_PATIENCE = 10.0  # seconds
_BREATH = 0.001  # how late they may come who overheard the bell
_WRITING, _NEXT = 0, 1  # the bytes of the file that are locked

_gates: dict[str, Gate] = {}
_registry = threading.Lock()


class Tenant(Protocol):
    """Who writes through a gate with connections that must not outlive a fork."""

    def before_fork(self) -> None:
        """Close what is open, and keep from SQLite until after the fork."""

    def after_fork(self, *, in_child: bool) -> None:
        """Go on; in the child, without the threads that are no longer there."""


class Gate:
    """What a thread passes to write to one file; `BusyError` after ten seconds."""

    @classmethod
    def at(cls, path: str, tenant: Tenant) -> Gate:
        """The gate of this file: the same for all who write to it in this process."""
        with _registry:
            gate = _gates.get(path)
            if gate is None:
                gate = _gates[path] = cls(path)
            gate.tenants.add(tenant)
            return gate

    def __init__(self, path: str) -> None:
        self.patience = _PATIENCE
        self.breath = _BREATH
        self.tenants: weakref.WeakSet[Tenant] = weakref.WeakSet()
        self._path = path
        self._lock = threading.Lock()
        # A file of its own: whoever closes SQLite's file loses SQLite's locks on it.
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(f"{path}-lock", flags, 0o600)
        # Who opens the gate rings, for to look again and again would take the
        # interpreter from those who work meanwhile.
        self._bell = Bell(Path(f"{path}-bell"))
        self.lanes = Lanes(self._file)

    def leave(self, tenant: Tenant) -> None:
        """Have no more use for it; the last one closes the file."""
        with _registry:
            self.tenants.discard(tenant)
            if not self.tenants and _gates.get(self._path) is self:
                del _gates[self._path]
                os.close(self._file)
                self._file = -1  # not another file that may get the number
                self._bell.close()
                self.lanes.close()

    def __enter__(self) -> None:
        deadline = time.monotonic() + self.patience
        if not self._lock.acquire(timeout=self.patience):
            raise BusyError("The store is busy. Please try again.")
        try:
            # Who waits holds the place of the next one, so that a busy process cannot
            # take its turn again before those who were there first.
            self._take(_NEXT, deadline)
            try:
                self._take(_WRITING, deadline)
            finally:
                let_go(self._file, _NEXT)
        except BaseException:
            self._lock.release()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        let_go(self._file, _WRITING)
        self._bell.ring()
        self._lock.release()

    def _take(self, byte: int, deadline: float) -> None:
        while True:
            if self._file < 0:
                raise ValueError("the store has been closed")
            if claimed(self._file, byte):
                return
            if time.monotonic() > deadline:
                raise BusyError("The store is busy. Please try again.")
            self._bell.wait(self.breath)


def _before_fork() -> None:
    # Neither SQLite's connections nor its locks survive a fork, and a mutex that a
    # thread holds stays locked in the child: keep all threads out of it meanwhile.
    _registry.acquire()
    for gate in _gates.values():
        gate.__enter__()
        for tenant in list(gate.tenants):
            tenant.before_fork()


def _after_fork(*, in_child: bool) -> None:
    for gate in _gates.values():
        if in_child:
            gate.lanes.forget()
        for tenant in list(gate.tenants):
            tenant.after_fork(in_child=in_child)
        gate.__exit__(None, None, None)
    _registry.release()


os.register_at_fork(
    before=_before_fork,
    after_in_parent=lambda: _after_fork(in_child=False),
    after_in_child=lambda: _after_fork(in_child=True),
)
