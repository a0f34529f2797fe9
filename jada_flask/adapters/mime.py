"""A mail as the bytes that travel, whatever a guest calls himself.

Header lines are written here, not by `email`: before 3.11.15, 3.12.13 and 3.13.12 it
turns an encoded word such as ``=?utf-8?q?Zoe=0D=0ABcc=3A_evil=40x?=`` in a subject or a
name into a header of its own.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import Header
from email.policy import compat32
from email.utils import format_datetime, getaddresses
from hashlib import sha256
from unicodedata import category
from urllib.parse import quote

from jada_flask.domain.errors import DeliveryError
from jada_flask.domain.mail import Attachment, Mail

_LONGEST_LINE = 900  # SMTP allows 998; names, quotes and indents need some of it
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]+@[A-Za-z0-9.-]+>")
_CONTENT_TYPE = re.compile(
    r"(application|audio|font|image|text|video)/[A-Za-z0-9.+-]+"
    r"(; ?[A-Za-z0-9-]+=[A-Za-z0-9._/+-]+)*"
)
_NOT_SEVEN_BIT = re.compile(r"[^\t\r\n\x20-\x7e]")


def message_bytes(
    mail: Mail,
    *,
    sender: str,
    date: datetime,
    sender_name: str = "",
    headers: Mapping[str, str] | None = None,
    message_id: str | None = None,
) -> bytes:
    """Write the mail as MIME; equal arguments give equal bytes.

    Raises a permanent `DeliveryError` where a header could not be written safely.
    """
    body = _body(mail)
    fields = [
        ("From", _mailbox(sender_name, sender, "sender")),
        ("To", _mailbox(mail.to_name, mail.to, "recipient")),
        ("Subject", _encoded(_one_line(mail.subject, "subject"))),
        ("Date", format_datetime(date)),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
    ]
    if mail.reply_to:
        fields.insert(2, ("Reply-To", _address(mail.reply_to, "reply-to")))
    if message_id:
        fields.insert(3, ("Message-ID", _message_id(message_id)))
    fields += _extra_fields(headers or {}, taken=[*fields, *body.fields])

    whole = _Entity((*fields, *body.fields), body.content, body.parts)
    return checked(whole.raw(), names=list(whole.names()), to=mail.to)


def thread_headers(thread: str, key: str, *, sender: str) -> dict[str, str]:
    """What makes mails of one thread stand together, and tells one from its twin.

    All name the same message, which need not exist: readers join mails by that name.
    """
    first = f"<{sha256(thread.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"
    return {"In-Reply-To": first, "References": first, "X-Audit-Key": key}


def checked(raw: bytes, *, names: list[str], to: str) -> bytes:
    """The same bytes, once a parser has found in them just the fields meant."""
    message = message_from_bytes(raw, policy=compat32)
    parts = list(message.walk())
    found = [name for part in parts for name in part]
    to_lines = [str(line) for line in message.get_all("To", [])]
    recipients = [address for _, address in getaddresses(to_lines)]
    if found != names or recipients != [to] or any(part.defects for part in parts):
        raise DeliveryError(
            "This mail would not arrive as it was meant; a name in it is unsafe.",
            permanent=True,
        )
    return raw


@dataclass(frozen=True, slots=True)
class _Entity:
    """Header fields with a content, or with parts."""

    fields: tuple[tuple[str, str], ...]
    content: bytes = b""
    parts: tuple[_Entity, ...] = ()

    def raw(self) -> bytes:
        head = "".join(f"{name}: {value}\r\n" for name, value in self.fields)
        return f"{head}\r\n".encode("ascii") + self.content

    def names(self) -> Iterator[str]:
        yield from (name for name, _ in self.fields)
        for part in self.parts:
            yield from part.names()


def _body(mail: Mail) -> _Entity:
    content = _text("plain", mail.text)
    if mail.html:
        content = _multipart("alternative", content, _text("html", mail.html))
    if mail.attachments:
        content = _multipart("mixed", content, *map(_attached, mail.attachments))
    return content


def _multipart(subtype: str, *parts: _Entity) -> _Entity:
    raws = [part.raw() for part in parts]
    # A hash of what it separates cannot occur in it, and is the same at each try.
    boundary = "=_" + sha256(b"\0".join(raws)).hexdigest()[:40]
    delimiter = f"\r\n--{boundary}".encode()
    content = b"".join(delimiter + b"\r\n" + raw for raw in raws)
    content = content.removeprefix(b"\r\n") + delimiter + b"--\r\n"
    field = ("Content-Type", f'multipart/{subtype}; boundary="{boundary}"')
    return _Entity((field,), content, parts)


def _text(subtype: str, text: str) -> _Entity:
    lines = re.sub(r"\r\n?", "\n", text).removesuffix("\n").split("\n")
    content = "\r\n".join(lines) + "\r\n"
    longest = max(map(len, lines))
    if longest > _LONGEST_LINE or _NOT_SEVEN_BIT.search(content):
        encoding, raw = "quoted-printable", b2a_qp(content.encode("utf-8", "replace"))
    else:
        encoding, raw = "7bit", content.encode("ascii")
    return _Entity(
        (
            ("Content-Type", f"text/{subtype}; charset=utf-8"),
            ("Content-Transfer-Encoding", encoding),
        ),
        raw,
    )


def _attached(attachment: Attachment) -> _Entity:
    if not _CONTENT_TYPE.fullmatch(attachment.content_type):
        raise DeliveryError(
            "An attachment is of a type that mails cannot hold.", permanent=True
        )
    return _Entity(
        (
            ("Content-Type", attachment.content_type),
            ("Content-Transfer-Encoding", "base64"),
            ("Content-Disposition", f"attachment; {_file_name(attachment.name)}"),
        ),
        encodebytes(attachment.content).replace(b"\n", b"\r\n"),
    )


def _file_name(name: str) -> str:
    plain = (
        _one_line(name, "attachment's name").replace("/", "_").replace("\\", "_")[:80]
    )
    if re.fullmatch(r"[A-Za-z0-9 ._()-]+", plain):
        return f'filename="{plain}"'
    return f"filename*=utf-8''{quote(plain, safe='')}"


def _extra_fields(
    headers: Mapping[str, str], *, taken: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    standing = {name.lower() for name, _ in taken}
    for name in headers:
        if not _FIELD_NAME.fullmatch(name) or name.lower() in standing:
            raise ValueError(f"not a header to be added: {name!r}")
    return [
        (name, _encoded(_one_line(value, f"header {name}")))
        for name, value in headers.items()
    ]


def _mailbox(name: str, address: str, what: str) -> str:
    plain, address = _one_line(name, f"name of the {what}"), _address(address, what)
    if not plain:
        return address
    if plain.isascii() and len(plain) <= _LONGEST_LINE // 2:
        escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{_encoded(plain, always=True)}\r\n <{address}>"


def _address(address: str, what: str) -> str:
    if len(address) > 254 or "=?" in address or not _ADDRESS.fullmatch(address):
        raise DeliveryError(
            f"The {what}'s address is not one that a mail can go to; correct it.",
            permanent=True,
        )
    return address


def _message_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"not a message id: {message_id!r}")
    return message_id


def _one_line(value: str, what: str) -> str:
    """The value without what a mail program could take for structure."""
    if "\r" in value or "\n" in value:
        raise DeliveryError(
            f"The {what} has a line break in it; take it out and send again.",
            permanent=True,
        )
    printable = (c for c in value if c.isspace() or category(c) not in ("Cc", "Cs"))
    # The gap keeps every reader, however old, from decoding what a guest has typed.
    return " ".join("".join(printable).split()).replace("=?", "= ?")


def _encoded(value: str, *, always: bool = False) -> str:
    if value.isascii() and len(value) <= _LONGEST_LINE and not always:
        return value
    return Header(value, "utf-8", maxlinelen=70).encode(linesep="\r\n")
