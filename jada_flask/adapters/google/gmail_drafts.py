"""Gmail's drafts, as the audit inbox uses them.

Importing this costs a tenth of a second; `GmailAudit` does it at the first mail.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager

from jada_flask.adapters.google.account import Account
from jada_flask.adapters.google.gmail_http import Gmail, Line
from jada_flask.adapters.google.refusals import RefusedError
from jada_flask.domain.errors import DeliveryError
from jada_flask.ports import Clock


class GmailDrafts:
    """The drafts of one mailbox, for any number of threads."""

    def __init__(
        self,
        account: Account,
        *,
        clock: Clock,
        timeout: float,
        api_endpoint: str | None = None,
    ) -> None:
        self._gmail = Gmail(
            account, clock=clock, timeout=timeout, api_endpoint=api_endpoint
        )

    @contextmanager
    def session(self) -> Iterator[Session]:
        """What one delivery needs, on a connection of its own."""
        with self._gmail.line() as line:
            yield Session(line)


class Session:
    """What one delivery asks of Gmail. Raises `DeliveryError`."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._drafts = line.users.drafts()

    def create(self, raw: bytes, thread_id: str | None = None) -> tuple[str, str]:
        """Lay the mail among the drafts; return its id and that of its conversation."""
        message = {"raw": urlsafe_b64encode(raw).decode("ascii")}
        if thread_id:
            message["threadId"] = thread_id
        request = self._drafts.create(userId="me", body={"message": message})
        answer = self._line.ask(request)
        try:
            return str(answer["id"]), str(answer["message"]["threadId"])
        except (TypeError, KeyError):
            raise DeliveryError(self._line.errand.lost) from None

    def send(self, draft_id: str) -> None:
        """Send it; Gmail takes it from the drafts as it does."""
        answer = self._line.ask(self._drafts.send(userId="me", body={"id": draft_id}))
        if not isinstance(answer, dict) or "id" not in answer:
            raise DeliveryError(self._line.errand.lost)

    def exists(self, draft_id: str) -> bool:
        """Whether it is still among the drafts."""
        try:
            self._line.ask(self._drafts.get(userId="me", id=draft_id))
        except RefusedError as refusal:
            if refusal.status != 404:
                raise
            return False
        return True

    def delete(self, draft_id: str) -> None:
        """Take it from the drafts, unsent."""
        self._line.ask(self._drafts.delete(userId="me", id=draft_id))

    def address(self) -> str:
        """Whose mailbox this is."""
        return str(self._line.profile().get("emailAddress", ""))
