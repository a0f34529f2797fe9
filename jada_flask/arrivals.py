"""Bookings that arrive as files or mails: taken, cancelled, or put in quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from jada_flask.domain.audit import Actor
from jada_flask.domain.booking import Booking, Terms, booking_id
from jada_flask.domain.errors import JadaError, NotFoundError
from jada_flask.intake.mail import Action, Reading
from jada_flask.intake.source import Outcome as Read
from jada_flask.intake.source import read_source
from jada_flask.services import bookings, quarantine
from jada_flask.services.house import operations
from jada_flask.unit_of_work import UnitOfWork, retried

T = TypeVar("T")


class Verdict(StrEnum):
    """What became of one booking that arrived."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    AMENDED = "amended"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One booking that arrived, and what became of it."""

    verdict: Verdict
    reason: str = ""
    booking: Booking | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where arrivals are dealt with: on whose behalf, and with which openings."""

    begin: Callable[[], UnitOfWork]
    by: Actor
    at: datetime

    def receive(self, name: str, content: bytes) -> Iterator[Arrival]:
        """Deal with everything in one file; what is refused stops nothing else."""
        house = operations(self.begin())
        for read in read_source(name, content, house, at=self.at):
            yield self._deal_with(name, content, read)

    def _deal_with(self, name: str, content: bytes, read: Read) -> Arrival:
        try:
            if isinstance(read, JadaError):
                return Arrival(Verdict.REFUSED, str(read))
            if isinstance(read, Terms):
                return self._take(read)
            return self._act(name, content, read)
        except JadaError as error:
            return Arrival(Verdict.REFUSED, str(error))

    def _act(self, name: str, content: bytes, read: Reading) -> Arrival:
        """Do what a mail asks for."""
        if read.action is Action.TAKE and read.terms:
            return self._take(read.terms)
        if read.action is Action.CANCEL:
            return self._cancel(name, content, read)
        if read.action is Action.IGNORE:
            return Arrival(Verdict.UNCHANGED, read.reason)
        return self._quarantine(name, content, read, read.reason)

    def _take(self, terms: Terms) -> Arrival:
        taken = self._attempted(
            lambda work: bookings.take_booking(work, terms, by=self.by, at=self.at)
        )
        return Arrival(Verdict(taken.outcome.value), booking=taken.booking)

    def _cancel(self, name: str, content: bytes, read: Reading) -> Arrival:
        key = booking_id(read.source, read.source_ref)
        try:
            taken = self._attempted(
                lambda work: bookings.cancel_booking(
                    work, key, by=self.by, at=self.at, reason=read.reason
                )
            )
        except NotFoundError:
            words = f"{read.source_ref} is cancelled, but no such booking is known."
            return self._quarantine(name, content, read, words)
        return Arrival(Verdict(taken.outcome.value), read.reason, taken.booking)

    def _quarantine(
        self, name: str, content: bytes, read: Reading, reason: str
    ) -> Arrival:
        self._attempted(
            lambda work: quarantine.keep(
                work,
                name,
                content,
                kind=str(read.kind),
                reason=reason,
                source=read.source,
                source_ref=read.source_ref,
                by=self.by,
                at=self.at,
            )
        )
        return Arrival(Verdict.QUARANTINED, reason)

    def _attempted(self, act: Callable[[UnitOfWork], T]) -> T:
        return retried(self.begin, act)
