"""The audit inbox in Gmail: exactly one mail for each payment."""

from __future__ import annotations

import logging
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from jada_flask.adapters.google.account import Account, account_from
from jada_flask.adapters.google.refusals import RefusedError
from jada_flask.adapters.mime import message_bytes, thread_headers
from jada_flask.domain.errors import DeliveryError
from jada_flask.domain.mail import Mail
from jada_flask.ports import Clock, Notes

if TYPE_CHECKING:
    from jada_flask.adapters.google.gmail_drafts import GmailDrafts, Session

_LOG = logging.getLogger(__name__)


class GmailAudit:
    """`AuditMailer` through a service account that acts for a Workspace mailbox.

    A mail is laid down as a draft, the draft's id is noted, then the draft is sent,
    which removes it. A later try that finds the draft gone knows that it was sent.
    """

    def __init__(
        self,
        account: Account,
        recipient: str,
        *,
        clock: Clock,
        timeout: float = 10.0,
        api_endpoint: str | None = None,
    ) -> None:
        self._account = account
        self._recipient = recipient
        self._clock = clock
        self._timeout = timeout
        self._api_endpoint = api_endpoint
        self._lock = Lock()
        self._opened: GmailDrafts | None = None

    @classmethod
    def from_settings(
        cls, email: str, key_b64: str, sender: str, recipient: str, *, clock: Clock
    ) -> GmailAudit:
        """As the stage is set up. Raises `ConfigError`."""
        account = account_from(email, key_b64, sender or recipient)
        return cls(account, recipient or sender, clock=clock)

    def send(self, mail: Mail, *, key: str, thread: str, notes: Notes) -> None:
        """Send the mail once per key, marked with the key and with its thread."""
        raw = self._raw(mail, key, thread)
        with self._drafts().session() as drafts:
            noted = notes.get("draft")
            draft_id = noted or self._draft(drafts, raw, thread, notes)
            try:
                drafts.send(draft_id)
            except RefusedError as refusal:
                if drafts.exists(draft_id):
                    raise
                if not noted:
                    # Hardly laid down and gone already: another worker has sent it, or
                    # Gmail does not show it yet. The next try can tell.
                    raise DeliveryError("Gmail has mislaid the draft.") from refusal

    def health(self) -> str:
        """Say in one sentence that the inbox is awake.

        Raises `DeliveryError` with the sentence that says who has to do what.
        """
        with self._drafts().session() as drafts:
            address = drafts.address()
        return f"The audit inbox is awake: {address} writes to {self._recipient}."

    def _draft(self, drafts: Session, raw: bytes, thread: str, notes: Notes) -> str:
        """Lay the mail down and note it; of two who do so at once, the first counts.

        Mails of one thread stand together in the sender's own mailbox as well where
        whoever keeps the notes shares those named `thread:…` among deliveries.
        """
        conversation = notes.get(f"thread:{thread}")
        ours, joined = self._create(drafts, raw, conversation)
        standing = notes.note("draft", ours)
        if standing != ours:
            self._discard(drafts, ours)
        elif not conversation:
            notes.note(f"thread:{thread}", joined)
        return standing

    def _create(
        self, drafts: Session, raw: bytes, thread_id: str | None
    ) -> tuple[str, str]:
        try:
            return drafts.create(raw, thread_id)
        except RefusedError as refusal:
            # Somebody has deleted the conversation; the mail begins another.
            if refusal.status != 404 or not thread_id:
                raise
        return drafts.create(raw)

    def _discard(self, drafts: Session, draft_id: str) -> None:
        try:
            drafts.delete(draft_id)
        except DeliveryError as error:
            # It stays among the drafts, where it harms nobody.
            _LOG.warning("draft %s could not be deleted: %s", draft_id, error)

    def _raw(self, mail: Mail, key: str, thread: str) -> bytes:
        sender = self._account.subject
        return message_bytes(
            replace(mail, to=self._recipient, to_name=""),
            sender=sender,
            date=self._clock.now(),
            headers=thread_headers(thread, key, sender=sender),
        )

    def _drafts(self) -> GmailDrafts:
        with self._lock:
            if self._opened is None:
                # A tenth of a second, which no request without a mail shall pay.
                from jada_flask.adapters.google.gmail_drafts import GmailDrafts

                self._opened = GmailDrafts(
                    self._account,
                    clock=self._clock,
                    timeout=self._timeout,
                    api_endpoint=self._api_endpoint,
                )
            return self._opened
