"""What taking a booking writes: the operations, caught on their way to the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from jada_flask.domain.audit import Actor
from jada_flask.intake.body import BookingBody
from jada_flask.intake.schema import load
from jada_flask.intake.strict_json import loads
from jada_flask.intake.terms import booking_terms
from jada_flask.ports import Operation
from jada_flask.services.bookings import take_booking
from jada_flask.services.house import operations
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts

Commit = tuple[Operation, ...]
_BODY = BookingBody()


class Recorder:
    """Hands everything on to a store and remembers what was written."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.commits: list[Commit] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, *operations: Operation) -> None:
        self.commits.append(operations)
        self._store.write(*operations)


def commits_of(parts: Parts, bodies: Sequence[bytes]) -> list[Commit]:
    """Take these bookings, each in one commit, and say what each one wrote."""
    recorder = Recorder(parts.ports.store)
    opening = replace(parts.office, store=recorder)
    at = parts.ports.clock.now()
    for body in bodies:
        house = operations(UnitOfWork(opening))
        terms = booking_terms(load(_BODY, loads(body)), house)
        take_booking(UnitOfWork(opening), terms, by=Actor("bench"), at=at)
    return recorder.commits
