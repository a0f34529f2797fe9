"""The marketplaces' mails of the collection, as a mail server hands them over."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

MAILS = Path(__file__).parent / "intake" / "mails"
SENT = datetime(2026, 5, 4, 16, 12, tzinfo=UTC)  # the sample's approval
GOOGLE = "mx.google.com"
GENUINE = f"{GOOGLE}; dkim=pass header.i=@boatsetter.com; dmarc=pass (p=REJECT)"


def mail(
    name: str,
    *swaps: tuple[str, str],
    at: datetime | None = None,
    results: str = GENUINE,
) -> bytes:
    """A mail with some passages changed, sent at that moment, checked with results."""
    text = (MAILS / f"{name}.eml").read_text()
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new)
    if at:
        date = format_datetime(at)
        text = re.sub("^Date: .*$", f"Date: {date}", text, count=1, flags=re.M)
    head = f"Authentication-Results: {results}\n" if results else ""
    return f"Delivered-To: office@example.com\n{head}{text}".encode()


def approved(number: int) -> bytes:
    """An approval of another booking each: 14 days on end, one charter a day."""
    return mail(
        "boatsetter-approved",
        ("BS-1048213", f"BS-{1048213 + number}"),
        ("Date: Saturday, May 30, 2026", f"Date: June {1 + number}, 2026"),
    )
