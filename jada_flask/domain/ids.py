"""Ids that follow from what they name: the same booking always has the same one."""

from __future__ import annotations

import hashlib
from base64 import b32encode

_BOOKING = "BK_"


def booking_id(source: str, source_ref: str) -> str:
    """The id of a booking: the same source and reference always give the same one."""
    return _BOOKING + short_digest("booking", source, source_ref)


def event_id(booking: str) -> str:
    """The id of the event that a booking brings about."""
    return "EV_" + short_digest("event", booking)


def file_of(about: str) -> str:
    """In whose file papers about a thing go: a booking's in that of its event."""
    return event_id(about) if about.startswith(_BOOKING) else about


def short_digest(*parts: str) -> str:
    """80 bits of a hash over the parts, in letters and digits fit for the telephone."""
    text = "\0".join(parts).encode()
    return b32encode(hashlib.sha256(text).digest()[:10]).decode().lower()
