"""Writers who wait for the same file share one commit, and so one wait for the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from jada_flask.adapters.local.gate import Gate
from jada_flask.domain.errors import BusyError

Work = TypeVar("Work")


class Turn(Generic[Work]):
    """One writer's work, and what became of it."""

    __slots__ = ("_wake", "error", "leads", "work")

    def __init__(self, work: Work) -> None:
        self.work = work
        self.error: Exception | None = None
        self.leads = False
        self._wake = threading.Lock()
        self._wake.acquire()

    def wait(self) -> None:
        """Sleep until the work is done or it is up to this writer to lead."""
        self._wake.acquire()

    def wake(self) -> None:
        """Let the writer go on."""
        self._wake.release()


class GroupCommit(Generic[Work]):
    """The first writer to come leads: it commits for all who came while it waited."""

    def __init__(self, gate: Gate, commit: Callable[[list[Turn[Work]]], None]) -> None:
        self._gate = gate
        self._commit = commit
        self.forget()

    def forget(self) -> None:
        """Begin anew, without those who wait: after a fork they are not there."""
        self._lock = threading.Lock()
        self._waiting: list[Turn[Work]] = []
        self._led = False

    def write(self, work: Work) -> None:
        """Return once the work is on the disk; raise what kept it from there."""
        turn = Turn(work)
        with self._lock:
            self._waiting.append(turn)
            turn.leads = not self._led
            self._led = True
        if not turn.leads:
            self._follow(turn)
        if turn.leads:
            self._lead(turn)
        if turn.error is not None:
            raise turn.error

    def _follow(self, turn: Turn[Work]) -> None:
        try:
            turn.wait()
        except BaseException:  # interrupted: leave nobody without a leader
            with self._lock:
                if turn in self._waiting:
                    self._waiting.remove(turn)
            if turn.leads:
                self._hand_over()
            raise

    def _lead(self, turn: Turn[Work]) -> None:
        group: list[Turn[Work]] = []
        try:
            with self._gate:
                group = self._take_all()
                self._commit(group)
        except BaseException as error:
            # At the gate it kept off all who waited; behind it, those of the group.
            group = group or self._take_all()
            for each in group:
                each.error = BusyError("The store is busy. Please try again.")
            if not isinstance(error, BusyError):
                raise
        finally:
            for each in group:
                if each is not turn:
                    each.wake()
            self._hand_over()

    def _take_all(self) -> list[Turn[Work]]:
        with self._lock:
            group, self._waiting = self._waiting, []
        return group

    def _hand_over(self) -> None:
        with self._lock:
            self._led = bool(self._waiting)
            if self._led:
                self._waiting[0].leads = True
                self._waiting[0].wake()
