"""The signature of Stripe's webhooks, as its public documentation describes the scheme.

``Stripe-Signature: t=<unix seconds>,v1=<hex>[,v1=<hex>…]``, each an HMAC-SHA256 of
``<t>.<raw body>`` under the endpoint's secret.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import datetime

TOLERANCE = 300  # seconds, into the past and into the future
_LONGEST = 2_000  # a rotation has two signatures; nobody has a thousand
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


def is_signed(
    body: bytes, header: str, secrets: Sequence[str], *, at: datetime
) -> bool:
    """Whether Stripe has signed just these bytes, and not long ago.

    Every secret is tried on every signature, so that the time it takes tells nothing.
    """
    if len(header) > _LONGEST:
        return False
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not _SECONDS.fullmatch(times[0]):
        return False
    # In bytes: the comparison of texts breaks on letters that are not ASCII.
    given = [
        value.encode("utf-8", "replace") for name, _, value in parts if name == "v1"
    ]
    signed = times[0].encode() + b"." + body
    right = [
        hmac.digest(secret.encode(), signed, "sha256").hex().encode()
        for secret in secrets
    ]
    known = [hmac.compare_digest(one, other) for one in right for other in given]
    return any(known) and abs(at.timestamp() - int(times[0])) <= TOLERANCE
