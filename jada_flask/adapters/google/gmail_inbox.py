"""Booking mails from one label of a Gmail mailbox, which is only read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from jada_flask.adapters.google.account import READING, Account, account_from
from jada_flask.adapters.google.gmail_label import MailLabel
from jada_flask.ports import Batch, Clock, InboxMail

if TYPE_CHECKING:
    from jada_flask.adapters.google.gmail_http import Gmail

_LATELY = timedelta(days=14)  # how far the first look goes back
_OVERLAP = timedelta(days=1)
_CURSOR = re.compile(r"([0-9]{1,20})@([0-9]{1,11})", re.ASCII)


class GmailInbox:
    """`Inbox` of a service account that may read a Workspace mailbox.

    The cursor is how far the mailbox's history was read, and when: Gmail forgets
    history within weeks, and then the mails since that moment are listed.
    """

    checked_by = "mx.google.com"

    def __init__(
        self,
        account: Account,
        label: str,
        *,
        clock: Clock,
        timeout: float = 10.0,
        api_endpoint: str | None = None,
    ) -> None:
        self.name = f"gmail:{account.subject}:{label}"
        self._account = account
        self._label = label
        self._clock = clock
        self._timeout = timeout
        self._api_endpoint = api_endpoint
        self._label_id = ""
        self._lock = Lock()
        self._opened: Gmail | None = None

    @classmethod
    def from_settings(
        cls, email: str, key_b64: str, mailbox: str, label: str, *, clock: Clock
    ) -> GmailInbox:
        """As the stage is set up. Raises `ConfigError`."""
        account = account_from(email, key_b64, mailbox, errand=READING)
        return cls(account, label, clock=clock)

    def new_mails(self, cursor: str) -> Batch:
        now = self._clock.now()
        read = _CURSOR.fullmatch(cursor)
        with self._look() as label:
            self._label_id = label.label_id()
            if read:
                changed = label.changed_since(read[1], self._label_id)
                if changed:
                    return _batch(*changed, now)
            # Before the list, so that nothing can arrive between the two unseen.
            history = label.history()
            since = now - _LATELY
            if read:
                last = datetime.fromtimestamp(int(read[2]), UTC)
                since = min(since, last - _OVERLAP)
            return _batch(label.arrived_since(since, self._label_id), history, now)

    def read(self, mail_id: str) -> bytes:
        with self._look() as label:
            return label.raw(mail_id, self._label_id or label.label_id())

    def done(self, mail_id: str) -> None:
        """The mail stays as it is."""

    def health(self) -> str:
        """Say in one sentence that the mailbox can be read and has the label.

        Raises `DeliveryError` with the sentence that says who has to do what.
        """
        with self._look() as label:
            label.label_id()
        return (
            f"The inbox is awake: booking mails are those that"
            f" {self._account.subject} labels {self._label!r}."
        )

    @contextmanager
    def _look(self) -> Iterator[MailLabel]:
        with self._gmail().line() as line:
            yield MailLabel(line, self._label, self._account.subject)

    def _gmail(self) -> Gmail:
        with self._lock:
            if self._opened is None:
                # A tenth of a second, which nobody shall pay who fetches no mail.
                from jada_flask.adapters.google.gmail_http import Gmail

                self._opened = Gmail(
                    self._account,
                    clock=self._clock,
                    timeout=self._timeout,
                    api_endpoint=self._api_endpoint,
                )
            return self._opened


def _batch(mail_ids: list[str], history: str, at: datetime) -> Batch:
    mails = tuple(InboxMail(mail_id, f"{mail_id}.eml") for mail_id in mail_ids)
    return Batch(mails, f"{history}@{int(at.timestamp())}")
