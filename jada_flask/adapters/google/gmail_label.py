"""One label of a Gmail mailbox: what arrived there, and each mail of it."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jada_flask.adapters.google.refusals import RefusedError
from jada_flask.domain.errors import DeliveryError, NotFoundError, UnreadableError

if TYPE_CHECKING:
    from jada_flask.adapters.google.gmail_http import Line

_LONGEST = 2 * 1024 * 1024  # bytes; marketplaces write a twentieth of that
_MOST_PAGES = 20
_PER_PAGE = 500  # what Gmail gives at most
# A filter's label comes with `messageAdded`, one that a person adds with `labelAdded`,
# and a mail that was taken for spam is there once `labelRemoved` says so.
_CHANGES = ("messageAdded", "labelAdded", "labelRemoved")
_CHANGED = ("messagesAdded", "labelsAdded", "labelsRemoved")
_NOT_RECEIVED = frozenset({"CHAT", "DRAFT", "SENT", "SPAM", "TRASH"})


class MailLabel:
    """What one look at a label asks of Gmail. Raises `DeliveryError`."""

    def __init__(self, line: Line, name: str, mailbox: str) -> None:
        self._line = line
        self._name = name
        self._mailbox = mailbox

    def label_id(self) -> str:
        """By which Gmail knows the label."""
        answer = self._ask(self._line.users.labels().list(userId="me"))
        for label in self._listed(answer, "labels"):
            if label.get("name") == self._name:
                return str(label.get("id"))
        raise DeliveryError(
            f"JADA_INTAKE_LABEL: {self._mailbox} has no label {self._name!r}; make it"
            " in Gmail, with a filter that gives it to the marketplaces' mails.",
            permanent=True,
        )

    def history(self) -> str:
        """How far the history of the mailbox reaches right now."""
        return self._text(self._line.profile(), "historyId")

    def changed_since(
        self, history: str, label_id: str
    ) -> tuple[list[str], str] | None:
        """The mails that the label has got since, oldest first, and where history is.

        None where Gmail no longer knows, or there is too much of it.
        """
        found: list[str] = []
        reached, token = "", None
        for _ in range(_MOST_PAGES):
            request = self._line.users.history().list(
                userId="me",
                startHistoryId=history,
                labelId=label_id,
                historyTypes=list(_CHANGES),
                maxResults=_PER_PAGE,
                pageToken=token,
            )
            try:
                answer = self._ask(request)
            except RefusedError as refusal:
                if refusal.status != 404:
                    raise
                return None
            found += self._touched(answer)
            # The first page's: what happens between two pages is seen again.
            reached = reached or self._text(answer, "historyId")
            token = answer.get("nextPageToken")
            if not token:
                return list(dict.fromkeys(found)), reached
        return None

    def arrived_since(self, moment: datetime, label_id: str) -> list[str]:
        """The mails of the label that arrived since, oldest first."""
        found: list[str] = []
        token = None
        for _ in range(_MOST_PAGES):
            request = self._line.users.messages().list(
                userId="me",
                labelIds=[label_id],
                q=f"after:{int(moment.timestamp())}",
                maxResults=_PER_PAGE,
                pageToken=token,
            )
            answer = self._ask(request)
            found += [self._text(one, "id") for one in self._listed(answer, "messages")]
            token = answer.get("nextPageToken")
            if not token:
                return found[::-1]
        raise DeliveryError(
            f"JADA_INTAKE_LABEL: {self._name!r} holds over {_MOST_PAGES * _PER_PAGE:,}"
            " new mails; choose a label that holds the marketplaces' alone.",
            permanent=True,
        )

    def raw(self, mail_id: str, label_id: str) -> bytes:
        """The whole mail, if it still lies there and was received."""
        about = self._get(
            mail_id, format="metadata", metadataHeaders=["From", "Subject"]
        )
        labels = set(about.get("labelIds") or ())
        if label_id not in labels or labels & _NOT_RECEIVED:
            raise NotFoundError("This mail was taken from the label.")
        self._check_length(about)
        content = self._text(self._get(mail_id, format="raw"), "raw")
        try:
            return urlsafe_b64decode(content)
        except ValueError:
            raise DeliveryError(self._line.errand.lost) from None

    def _get(self, mail_id: str, **how: Any) -> dict[str, Any]:
        messages = self._line.users.messages()
        try:
            return self._ask(messages.get(userId="me", id=mail_id, **how))
        except RefusedError as refusal:
            if refusal.status != 404:
                raise
        raise NotFoundError("This mail was deleted.")

    def _check_length(self, about: dict[str, Any]) -> None:
        size = about.get("sizeEstimate")
        if not isinstance(size, int) or size <= _LONGEST:
            return
        headers = self._listed(about.get("payload") or {}, "headers")
        said = {str(one.get("name")).lower(): str(one.get("value")) for one in headers}
        raise UnreadableError(
            f"A mail of {size / 1024 / 1024:.0f} MB is longer than any booking:"
            f" “{said.get('subject', '')[:200]}” from {said.get('from', '')[:200]}."
            f" Look at it in {self._mailbox}."
        )

    def _touched(self, answer: dict[str, Any]) -> Iterator[str]:
        for record in self._listed(answer, "history"):
            for kind in _CHANGED:
                for change in self._listed(record, kind):
                    yield self._text(change.get("message"), "id")

    # What follows holds Gmail to its word: a page of HTML is no list of mails.

    def _ask(self, request: Any) -> dict[str, Any]:
        answer = self._line.ask(request)
        if not isinstance(answer, dict):
            raise DeliveryError(self._line.errand.lost)
        return answer

    def _listed(self, answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
        """A list of its answer, which Gmail leaves out where it is empty."""
        listed = answer.get(name, [])
        if isinstance(listed, list) and all(isinstance(one, dict) for one in listed):
            return listed
        raise DeliveryError(self._line.errand.lost)

    def _text(self, answer: object, name: str) -> str:
        text = answer.get(name) if isinstance(answer, dict) else None
        if not isinstance(text, str) or not text:
            raise DeliveryError(self._line.errand.lost)
        return text
