"""The audit inbox of one machine: a folder, beside all other mail."""

from __future__ import annotations

from dataclasses import replace

from jada_flask.adapters.local.mailbox import FolderMailbox
from jada_flask.adapters.mime import thread_headers
from jada_flask.domain.mail import Mail
from jada_flask.ports import Notes


class FolderAudit:
    """`AuditMailer` into the folder of a `FolderMailbox`."""

    def __init__(self, mailbox: FolderMailbox, recipient: str) -> None:
        self._mailbox = mailbox
        self._recipient = recipient

    def send(self, mail: Mail, *, key: str, thread: str, notes: Notes) -> None:
        """Keep the mail once per key, marked with it and with its thread."""
        self._mailbox.keep(
            replace(mail, to=self._recipient, to_name=""),
            key=f"audit:{key}",
            headers=thread_headers(thread, key, sender=self._mailbox.sender),
        )

    def health(self) -> str:
        """A folder is always awake."""
        return f"Audit mails to {self._recipient} stay in the mailbox of this machine."
