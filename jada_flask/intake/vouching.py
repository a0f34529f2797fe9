"""Whether the mail server that took a mail in found its sender genuine.

A mail of an inbox that strangers can write to may cancel a booking or send a crew out,
so it has to be proved who sent it: by DMARC, or by a signature of the sender's domain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*(dmarc|dkim)\s*=\s*([a-z]+)\b(.*)", re.DOTALL)
_SIGNER = re.compile(r"\bheader\.(?:d\s*=\s*|i\s*=\s*[^\s@]*@)([a-z0-9.-]+)")


def vouched(results: Sequence[str], server: str, domain: str) -> bool:
    """Whether the server says in its Authentication-Results that the domain sent it.

    Each server writes above what it was given: of these headers only the first is the
    server's own, whatever others claim.
    """
    first, *others = [_COMMENT.sub("", one.lower()) for one in results] or [""]
    if _author(first) != server or any(_author(other) == server for other in others):
        return False
    found = [match for part in first.split(";")[1:] if (match := _RESULT.match(part))]
    by_policy = {match[2] for match in found if match[1] == "dmarc"}
    if by_policy:
        return by_policy == {"pass"}
    return any(
        _aligned(signer[1], domain)
        for match in found
        if match[2] == "pass" and (signer := _SIGNER.search(match[3]))
    )


def _author(result: str) -> str:
    return result.partition(";")[0].strip()


def _aligned(signer: str, domain: str) -> bool:
    """Whether the signer is the domain or stands above it, and is no mere ending."""
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))
