"""Booking mails that arrive by themselves: fetched from an inbox, each taken once."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from threading import Event as Signal
from threading import Thread

from jada_flask.arrivals import Arrival, Desk, Verdict
from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import (
    DeliveryError,
    JadaError,
    NotFoundError,
    UnreadableError,
)
from jada_flask.ports import Clock, Inbox, InboxMail
from jada_flask.services import mail_intake
from jada_flask.services.mail_intake import Standing
from jada_flask.unit_of_work import Opening, UnitOfWork

INTAKE = Actor("intake")

_LOG = logging.getLogger(__name__)
_AT_ONCE = 50  # mails; what is left comes with the next look
_EVERY = 60.0  # seconds

Begin = Callable[[], UnitOfWork]
Tell = Callable[[InboxMail, Arrival], None]


def _nobody(_mail: InboxMail, _arrival: Arrival) -> None:
    """Tell nobody."""


def poll(
    begin: Begin, inbox: Inbox, by: Actor, at: datetime, *, tell: Tell = _nobody
) -> Counter[Verdict]:
    """Take what is new in the inbox; say how many mails ended in which way.

    A mail is remembered once it was dealt with, and the cursor moves once all before it
    are remembered: a crash repeats what can be repeated, and loses nothing. Raises
    `DeliveryError` where the inbox does not answer, or wants to be left alone.
    """
    standing = mail_intake.standing(begin(), inbox.name)
    if standing.waits(at):
        raise DeliveryError(
            f"{standing.trouble} It asked us to wait until"
            f" {standing.waits_until:%B %d, %H:%M} UTC."
        )
    try:
        return _Look(begin, inbox, Desk(begin, by, at, inbox.checked_by), tell).take(
            standing
        )
    except DeliveryError as error:
        mail_intake.trouble(begin(), inbox.name, error, at=at)
        raise


class _Look:
    """One look into the inbox."""

    def __init__(self, begin: Begin, inbox: Inbox, desk: Desk, tell: Tell) -> None:
        self._begin = begin
        self._inbox = inbox
        self._desk = desk
        self._tell = tell

    def take(self, standing: Standing) -> Counter[Verdict]:
        """Take the mails since the cursor, so many at once."""
        tally: Counter[Verdict] = Counter()
        batch = self._inbox.new_mails(standing.cursor)
        is_all = True
        for mail in batch.mails:
            is_all = tally.total() < _AT_ONCE
            if not is_all:
                break
            arrival = self._deal_with(mail)
            if arrival:
                tally[arrival.verdict] += 1
                self._tell(mail, arrival)
            self._inbox.done(mail.mail_id)
        self._note(standing.cursor, batch.cursor if is_all else standing.cursor)
        return tally

    def _note(self, before: str, after: str) -> None:
        """That the inbox answered, and how far it was read."""
        name = self._inbox.name
        if after != before:
            mail_intake.advance(self._begin(), name, before, after)
        mail_intake.answered(self._begin(), name, at=self._desk.at)

    def _deal_with(self, mail: InboxMail) -> Arrival | None:
        """Take one mail and remember it; None if it was taken before, or is gone."""
        name, at = self._inbox.name, self._desk.at
        if mail_intake.is_taken(self._begin(), name, mail.mail_id):
            return None
        try:
            arrival = self._received(mail)
        except NotFoundError:
            return None  # somebody took it away; it may come back
        mail_intake.remember(self._begin(), name, mail.mail_id, at=at)
        return arrival

    def _received(self, mail: InboxMail) -> Arrival:
        try:
            content = self._inbox.read(mail.mail_id)
        except UnreadableError as error:
            words = f"{mail.name}\n\n{error}"
            return self._desk.set_aside(mail.name, words.encode(), str(error))
        return self._desk.receive_mail(mail.name, content)


class Poller:
    """Looks into the inbox every minute, beside the worker of one machine."""

    def __init__(self) -> None:
        self._stop = Signal()
        self._said = ""

    def begin(self, office: Opening, inbox: Inbox, clock: Clock) -> Thread:
        """Start looking, until it is stopped or the process ends."""
        looking = Thread(
            target=self._run, args=(office, inbox, clock), name="intake", daemon=True
        )
        looking.start()
        return looking

    def stop(self) -> None:
        self._stop.set()

    def _run(self, office: Opening, inbox: Inbox, clock: Clock) -> None:
        while not self._stop.is_set():
            self.look(office, inbox, clock)
            self._stop.wait(_EVERY)

    def look(self, office: Opening, inbox: Inbox, clock: Clock) -> None:
        """Look once; whatever goes wrong is logged, a trouble that lasts once."""
        try:
            poll(lambda: UnitOfWork(office), inbox, INTAKE, clock.now())
            self._said = ""
        except JadaError as error:
            if str(error) != self._said:
                _LOG.warning("the inbox could not be read: %s", error)
            self._said = str(error)
        except Exception:  # noqa: BLE001 (a scheduled task: the next look comes)
            _LOG.exception("looking into the inbox failed")
