"""A mail as we write it, before any vendor's format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: a complete plain text, the same as HTML, and to whom."""

    to: str
    subject: str
    text: str
    html: str = ""
    to_name: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    event_id: str = ""  # the charter that it is about, should it come back
