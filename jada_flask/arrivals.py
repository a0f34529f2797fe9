"""Bookings that arrive as files or mails: taken, cancelled, or put in quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from jada_flask.domain.audit import Actor
from jada_flask.domain.booking import Booking, Terms
from jada_flask.domain.errors import BusyError, JadaError
from jada_flask.domain.ids import booking_id, event_id
from jada_flask.intake.mail import Action, Reading, read_mail
from jada_flask.intake.markets import MailKind
from jada_flask.intake.source import Outcome as Read
from jada_flask.intake.source import read_source
from jada_flask.ports import ConditionError
from jada_flask.records.money import BOOKING
from jada_flask.services import bookings, history, quarantine
from jada_flask.services.bookings import Taken
from jada_flask.services.house import operations
from jada_flask.unit_of_work import UnitOfWork, retried

T = TypeVar("T")
_SKEW = timedelta(hours=1)  # what is dated later than that has no date to go by


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
    """Where arrivals are dealt with: on whose behalf, and with which openings.

    With `checked_by`, mails come by themselves, from anybody: that server has to vouch
    for who sent them, and they undo nothing that a person has done since.
    """

    begin: Callable[[], UnitOfWork]
    by: Actor
    at: datetime
    checked_by: str = ""

    def receive(self, name: str, content: bytes) -> Iterator[Arrival]:
        """Deal with everything in one file; what is refused stops nothing else."""
        house = operations(self.begin())
        for read in read_source(name, content, house, at=self.at):
            yield self._deal_with(name, content, read)

    def receive_mail(self, name: str, content: bytes) -> Arrival:
        """Deal with one mail; what cannot be taken is put in quarantine, not refused.

        Raises `BusyError` or `ConditionError` where the store did not get to it.
        """
        house = operations(self.begin())
        try:
            read = read_mail(content, house, at=self.at, checked_by=self.checked_by)
            if self._is_message(read):
                words = "It is a guest's message about a booking that is known."
                return Arrival(Verdict.UNCHANGED, words)
            return self._act(name, content, read)
        except (BusyError, ConditionError):
            raise
        except JadaError as error:
            return self.set_aside(name, content, str(error))

    def set_aside(self, name: str, content: bytes, reason: str) -> Arrival:
        """Put in quarantine what cannot even be read."""
        unread = Reading(MailKind.UNKNOWN, Action.QUARANTINE, reason)
        return self._quarantine(name, content, unread, reason)

    def _deal_with(self, name: str, content: bytes, read: Read) -> Arrival:
        try:
            if isinstance(read, JadaError):
                return Arrival(Verdict.REFUSED, str(read))
            if isinstance(read, Terms):
                taken = self._attempted(lambda work: self._taken(work, read))
                return Arrival(Verdict(taken.outcome.value), booking=taken.booking)
            return self._act(name, content, read)
        except JadaError as error:
            return Arrival(Verdict.REFUSED, str(error))

    def _act(self, name: str, content: bytes, read: Reading) -> Arrival:
        """Do what a mail asks for, unless something speaks against it."""
        if read.action is Action.IGNORE:
            return Arrival(Verdict.UNCHANGED, read.reason)
        if read.action is Action.QUARANTINE:
            return self._quarantine(name, content, read, read.reason)
        done = self._attempted(lambda work: self._done(work, read))
        if isinstance(done, Taken):
            return Arrival(Verdict(done.outcome.value), read.reason, done.booking)
        return self._quarantine(name, content, read, done)

    def _done(self, work: UnitOfWork, read: Reading) -> Taken | str:
        """What a mail brought about, or why it must not."""
        key = booking_id(read.source, read.source_ref)
        known = work.get(BOOKING, key)
        if known is None and read.action is Action.CANCEL:
            return f"{read.source_ref} is cancelled, but no such booking is known."
        against = self._against(work, known, read)
        if against:
            return against
        if read.terms and read.action is Action.TAKE:
            return self._taken(work, read.terms)
        return bookings.cancel_booking(
            work, key, by=self.by, at=self.at, reason=read.reason
        )

    def _taken(self, work: UnitOfWork, terms: Terms) -> Taken:
        return bookings.take_booking(work, terms, by=self.by, at=self.at)

    def _against(self, work: UnitOfWork, known: Booking | None, read: Reading) -> str:
        """What speaks against doing what the mail says; empty where nothing does."""
        if known and known.cancelled and read.action is Action.TAKE:
            return self._not_revived(known, read)
        if not self.checked_by:
            return ""
        if known is None:
            is_over = read.terms is not None and read.terms.end <= self.at
            return "The charter it tells of is over." if is_over else ""
        says_nothing_new = known.cancelled or known.terms == read.terms
        if not says_nothing_new and self._changed_since(work, known, read.sent_at):
            return "Somebody here has changed this booking since the mail was sent."
        return ""

    def _is_message(self, read: Reading) -> bool:
        """Whether it comes by itself and only carries words of the guest."""
        if not (self.checked_by and read.kind is MailKind.INQUIRY and read.source_ref):
            return False
        known = self.begin().get(BOOKING, booking_id(read.source, read.source_ref))
        return known is not None and known.event_id is not None

    def _not_revived(self, known: Booking, read: Reading) -> str:
        """Why a mail does not bring a cancelled booking back to life."""
        cancelled_at = known.amended_at or known.taken_at
        latest = self.at + _SKEW
        newer = read.sent_at is not None and cancelled_at < read.sent_at <= latest
        if read.kind is MailKind.APPROVED and newer:
            return ""
        day = cancelled_at.astimezone(ZoneInfo(known.terms.time_zone))
        return (
            f"{read.source_ref} was cancelled here on {day:%B} {day.day}; only an"
            " approval that was sent after that brings it back."
        )

    def _changed_since(
        self, work: UnitOfWork, known: Booking, sent_at: datetime | None
    ) -> bool:
        """Whether anybody but a mail has changed the booking since."""
        return sent_at is not None and any(
            line.did.startswith("booking.")
            and line.by != str(self.by)
            and line.at > sent_at
            for line in history.of(work, event_id(known.booking_id), limit=500)
        )

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
