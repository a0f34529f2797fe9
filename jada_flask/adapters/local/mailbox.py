"""Mails kept as files in a folder, where one can read them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path

from jada_flask.adapters.local import durable
from jada_flask.adapters.mime import message_bytes
from jada_flask.domain.errors import DeliveryError, NotFoundError
from jada_flask.domain.mail import Attachment, Mail
from jada_flask.ports import Clock

_NAME = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z-[0-9a-f]{32}\.eml")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail of the mailbox, as a page shows it."""

    name: str
    subject: str
    sender: str
    to: str
    date: datetime
    text: str
    html: str
    attachments: tuple[Attachment, ...]


class FolderMailbox:
    """`Mailer` that leaves one `.eml` file for each mail, named by the time it left."""

    def __init__(
        self, folder: Path, clock: Clock, sender: str, *, sender_name: str = ""
    ) -> None:
        self._folder = folder
        self._sent = folder.with_name(f".{folder.name}")  # the same files, by key
        self._clock = clock
        self.sender = sender
        self._sender_name = sender_name

    def send(self, mail: Mail, *, key: str) -> None:
        """Keep the mail; the same key again leaves the one file that is there."""
        self.keep(mail, key=f"mail:{key}")

    def keep(
        self, mail: Mail, *, key: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Keep the mail with these headers added. Raises `DeliveryError`."""
        name = sha256(key.encode()).hexdigest()[:32]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sent.mkdir(exist_ok=True)
            first = self._sent / name
            if not first.exists():
                self._write(first, mail, headers)
            self._show(first)
        except OSError as error:
            raise DeliveryError(
                f"The mailbox folder cannot be written: {error.strerror}."
            ) from error

    def letters(self, limit: int = 50, after: str | None = None) -> list[Letter]:
        """The newest mails first; with `after`, those older than that one."""
        if not self._folder.is_dir():
            return []
        present = (path.name for path in self._folder.iterdir())
        names = sorted(filter(_NAME.fullmatch, present), reverse=True)
        older = [name for name in names if after is None or name < after]
        return [self.letter(name) for name in older[:limit]]

    def letter(self, name: str) -> Letter:
        """One mail; raise `NotFoundError` when there is none of that name."""
        if not _NAME.fullmatch(name):
            raise NotFoundError("There is no such mail in the mailbox.")
        try:
            raw = (self._folder / name).read_bytes()
        except FileNotFoundError:
            raise NotFoundError("There is no such mail in the mailbox.") from None
        return _letter(name, message_from_bytes(raw, EmailMessage, policy=default))

    def _write(
        self, first: Path, mail: Mail, headers: Mapping[str, str] | None
    ) -> None:
        now = self._clock.now()
        raw = message_bytes(
            mail,
            sender=self.sender,
            sender_name=self._sender_name,
            headers=headers,
            date=now,
            message_id=f"<{first.name}@{self.sender.rpartition('@')[2]}>",
        )
        draft = durable.write_draft(first.parent, raw)
        moment = (now - _EPOCH) // timedelta(microseconds=1) * 1000
        os.utime(draft, ns=(moment, moment))
        # A link, not a rename: of two who send the same mail at once, one comes first.
        try:
            with suppress(FileExistsError):
                first.hardlink_to(draft)
        finally:
            draft.unlink()
        durable.sync_folder(first.parent)

    def _show(self, first: Path) -> None:
        # The file itself remembers when it was first sent: a crash before this line
        # changes nothing but the moment at which the mail is seen.
        sent = _EPOCH + timedelta(microseconds=first.stat().st_mtime_ns // 1000)
        path = self._folder / f"{sent:%Y%m%dT%H%M%S.%fZ}-{first.name}.eml"
        with suppress(FileExistsError):
            path.hardlink_to(first)
        durable.sync_folder(self._folder)


def _letter(name: str, message: EmailMessage) -> Letter:
    return Letter(
        name=name,
        subject=str(message["subject"]),
        sender=str(message["from"]),
        to=str(message["to"]),
        date=parsedate_to_datetime(str(message["date"])),
        text=_content(message, "plain"),
        html=_content(message, "html"),
        attachments=tuple(map(_attachment, message.iter_attachments())),
    )


def _attachment(part: Message) -> Attachment:
    content = part.get_payload(decode=True)
    return Attachment(
        name=part.get_filename() or "",
        content=content if isinstance(content, bytes) else b"",
        content_type=part.get_content_type(),
    )


def _content(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    return str(part.get_content()) if part else ""
