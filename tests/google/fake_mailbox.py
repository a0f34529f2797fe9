"""What lies in the fake Google's mailbox: mails with labels, and their history."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from email import message_from_bytes
from itertools import count
from typing import Any

LABEL = "JADA/Bookings"
LABEL_ID = "Label_7"
Query = dict[str, list[str]]
Answer = tuple[int, Any]
_KINDS = {
    "messageAdded": "messagesAdded",
    "labelAdded": "labelsAdded",
    "labelRemoved": "labelsRemoved",
}


@dataclass(slots=True)
class Lying:
    """A mail that lies in the mailbox."""

    raw: bytes
    labels: set[str]
    arrived_at: int  # epoch seconds

    @property
    def size(self) -> int:
        return len(self.raw)


@dataclass(slots=True)
class FakeMailbox:
    """Answers as Gmail does about labels, history and mails; `most` is a page."""

    labels: dict[str, str] = field(
        default_factory=lambda: {"Label_3": "Private", LABEL_ID: LABEL}
    )
    mails: dict[str, Lying] = field(default_factory=dict)
    most: int = 500
    forgotten: int = 0  # history up to here is gone
    records: list[tuple[int, str, str]] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1001, 7))

    def arrive(
        self, raw: bytes, *labels: str, at: int = 1_777_000_000, mail_id: str = ""
    ) -> str:
        """A mail comes in; a filter gives it these labels at once."""
        mail_id = mail_id or f"19c{len(self.mails):013x}"
        self.mails[mail_id] = Lying(raw, {"INBOX", *(labels or (LABEL_ID,))}, at)
        self._note("messageAdded", mail_id)
        return mail_id

    def label(self, mail_id: str, label: str = LABEL_ID) -> None:
        self.mails[mail_id].labels.add(label)
        self._note("labelAdded", mail_id)

    def unlabel(self, mail_id: str, label: str = LABEL_ID) -> None:
        self.mails[mail_id].labels.discard(label)
        self._note("labelRemoved", mail_id)

    def forget_history(self) -> None:
        """As Gmail does after a week, or sometimes after hours."""
        self.forgotten = self.history_id

    @property
    def history_id(self) -> int:
        return self.records[-1][0] if self.records else 1000

    def profile(self) -> dict[str, Any]:
        return {"historyId": str(self.history_id)}

    def list_labels(self, _query: Query) -> Answer:
        return 200, {"labels": [{"id": i, "name": n} for i, n in self.labels.items()]}

    def list_history(self, query: Query) -> Answer:
        start = int(query["startHistoryId"][0])
        if start < self.forgotten:
            return 404, "notFound"
        # A page token remembers how far history reached when the first page was shown.
        token = query.get("pageToken", [f"0.{self.history_id}"])[0]
        reached = int(token.partition(".")[2])
        known = [
            {
                "id": str(number),
                "messages": [{"id": mail_id}],
                _KINDS[kind]: [{"message": {"id": mail_id}}],
            }
            for number, kind, mail_id in self.records
            if start < number <= reached
            and kind in query["historyTypes"]
            and self._has(mail_id, query["labelId"][0])
        ]
        query = query | {"pageToken": [token.partition(".")[0]]}
        body = self._page("history", known, query) | {"historyId": str(self.history_id)}
        if "nextPageToken" in body:
            body["nextPageToken"] += f".{reached}"
        return 200, body

    def list_mails(self, query: Query) -> Answer:
        """The newest first, without spam and trash."""
        after = int(query["q"][0].removeprefix("after:"))
        found = [
            {"id": mail_id, "threadId": mail_id}
            for mail_id, mail in reversed(self.mails.items())
            if mail.arrived_at > after
            and self._has(mail_id, query["labelIds"][0])
            and not mail.labels & {"SPAM", "TRASH"}
        ]
        return 200, self._page("messages", found, query)

    def show_mail(self, mail_id: str, query: Query) -> Answer:
        mail = self.mails.get(mail_id)
        if mail is None:
            return 404, "notFound"
        about: dict[str, Any] = {"id": mail_id, "labelIds": sorted(mail.labels)}
        about["sizeEstimate"] = mail.size
        if query["format"] == ["raw"]:
            return 200, about | {"raw": urlsafe_b64encode(mail.raw).decode()}
        message = message_from_bytes(mail.raw)
        headers = [
            {"name": name, "value": str(value)}
            for name, value in message.items()
            if name in query["metadataHeaders"]
        ]
        return 200, about | {"payload": {"headers": headers}}

    def _note(self, kind: str, mail_id: str) -> None:
        self.records.append((next(self._numbers), kind, mail_id))

    def _has(self, mail_id: str, label: str) -> bool:
        return mail_id in self.mails and label in self.mails[mail_id].labels

    def _page(self, name: str, found: list[Any], query: Query) -> dict[str, Any]:
        """A page; like Gmail, leave an empty list out."""
        first = int(query.get("pageToken", ["0"])[0])
        last = first + min(self.most, int(query["maxResults"][0]))
        body: dict[str, Any] = {name: found[first:last]} if found[first:last] else {}
        if found[last:]:
            body["nextPageToken"] = str(last)
        return body
