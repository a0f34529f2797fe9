"""A mail as it arrives: who says it is from them, its subject and its lines.

Anybody can send anything here, so nothing of it is believed beyond that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from email.utils import parsedate_to_datetime
from typing import Any

from jada_flask.domain.errors import UnreadableError
from jada_flask.intake.html_lines import lines_of, plain_lines
from jada_flask.intake.vouching import vouched

LONGEST = 2 * 1024 * 1024
MOST_PARTS = 12
_LONGEST_HEADER = 4096  # the parser takes quadratic time over one with many semicolons
_ENCODINGS = ("", "7bit", "8bit", "binary", "quoted-printable", "base64")
_CHARSETS = {
    "utf-8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
}

_FIRST_LINE = re.compile(rb"\s*(?:From |[!-9;-~]+:)")
_CONTENT_HEADER = re.compile(
    rb"^content-[a-z-]+:[^\r\n]*(?:[\r\n]+[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE
)
_NESTING = re.compile(rb"multipart/|message/", re.IGNORECASE)
_FOLD = re.compile(r"[\r\n]+[ \t]")
_LOCAL_PART = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+"
_DOMAIN = r"[A-Za-z0-9.-]+"
_FROM = re.compile(
    r'(?:"(?:[^"\\<>@]|\\.)*"\s*|[^"<>@,;:()\\]*)'
    rf"<{_LOCAL_PART}@(?P<named>{_DOMAIN})>|{_LOCAL_PART}@(?P<bare>{_DOMAIN})"
)
_FORGED = re.compile(r"\bdmarc\s*=\s*(?:fail|permerror)", re.IGNORECASE)
_REPLY = re.compile(r"(?:re|aw|sv|rv|rif)\s*:", re.IGNORECASE)  # never a forwarded one


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail holds, its plain text and its HTML both as lines.

    `doubt` says why its sender cannot be believed, where that is so.
    """

    domain: str
    subject: str
    text: tuple[str, ...] = ()
    html: tuple[str, ...] = ()
    bulk: bool = False
    doubt: str = ""
    sent_at: datetime | None = None  # as it says itself
    is_reply: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        return self.text + self.html


def open_letter(raw: bytes, *, checked_by: str = "") -> Letter:
    """The letter in these bytes; `UnreadableError` where there is none to be had.

    `checked_by` names the mail server that has to vouch for the sender.
    """
    _check_form(raw)
    message = message_from_bytes(raw, policy=compat32)
    domain, doubt = _sender(message, checked_by)
    subject = _subject(message)
    text: list[str] = []
    html: list[str] = []
    for part in _shown_parts(message):
        content = _content(part)
        if part.get_content_type() == "text/html":
            html.extend(lines_of(content))
        else:
            text.extend(plain_lines(content))
    return Letter(
        domain=domain,
        subject=subject,
        text=tuple(text),
        html=tuple(html),
        bulk="list-unsubscribe" in message,
        doubt=doubt,
        sent_at=_sent_at(message),
        is_reply="in-reply-to" in message and bool(_REPLY.match(subject)),
    )


def _check_form(raw: bytes) -> None:
    if len(raw) > LONGEST:
        raise UnreadableError("This mail is over 2 MB; no booking is that long.")
    if not _FIRST_LINE.match(raw):
        raise UnreadableError("This is no mail: it does not begin with header lines.")
    if len(_NESTING.findall(raw)) > MOST_PARTS:
        raise UnreadableError("This mail has parts within parts within parts.")
    if any(len(found[0]) > _LONGEST_HEADER for found in _CONTENT_HEADER.finditer(raw)):
        raise UnreadableError("This mail has a header line of over 4,000 characters.")


def _sender(message: Message[Any, Any], checked_by: str) -> tuple[str, str]:
    """The domain it claims to be from, and why not to believe it."""
    senders = _values(message, "from")
    if len(senders) != 1 or len(_values(message, "subject")) > 1:
        return "", "It has not exactly one sender and one subject."
    match = _FROM.fullmatch(senders[0].strip())
    if not match:
        return "", "Its sender is not one plain address."
    domain = (match["named"] or match["bare"]).lower().rstrip(".")
    results = _values(message, "authentication-results")
    if any(_FORGED.search(result) for result in results):
        return domain, "The mail server found that its sender is forged (DMARC)."
    if checked_by and not vouched(results, checked_by, domain):
        return domain, f"{checked_by} does not vouch for its sender."
    return domain, ""


def _sent_at(message: Message[Any, Any]) -> datetime | None:
    try:
        moment = parsedate_to_datetime(next(iter(_values(message, "date")), ""))
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _values(message: Message[Any, Any], name: str) -> list[str]:
    return [
        _FOLD.sub(" ", str(value)[:_LONGEST_HEADER])
        for header, value in message.raw_items()
        if header.lower() == name
    ]


def _subject(message: Message[Any, Any]) -> str:
    written = next(iter(_values(message, "subject")), "")
    try:
        subject = str(make_header(decode_header(written)))
    except (LookupError, ValueError, MessageError):
        subject = written
    seen = "".join(char if char.isprintable() else " " for char in subject)
    return " ".join(seen.split())[:200]


def _shown_parts(message: Message[Any, Any]) -> Iterator[Message[Any, Any]]:
    """The parts that a mail program would show as text; not what is attached."""
    if message.is_multipart():
        if message.get_content_maintype() == "multipart":
            parts: Any = message.get_payload()
            for part in parts:
                yield from _shown_parts(part)
        return
    attached = message.get_content_disposition() == "attachment"
    if message.get_content_type() in ("text/plain", "text/html") and not attached:
        yield message


def _content(part: Message[Any, Any]) -> str:
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    try:
        charset = _CHARSETS[part.get_content_charset("utf-8").strip()]
        if encoding in _ENCODINGS:
            content: Any = part.get_payload(decode=True)
            return str(content, charset)
    except (LookupError, ValueError):
        pass
    raise UnreadableError("This mail is not in the encoding that it claims.")
