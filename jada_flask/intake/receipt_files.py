"""The files in which money from outside is told, by where they come from."""

from __future__ import annotations

from collections.abc import Callable

from jada_flask.intake import payout_csv, paypal_csv
from jada_flask.intake.sheet import Told

_READERS: dict[str, Callable[[bytes], Told]] = {
    payout_csv.SOURCE: payout_csv.read,
    paypal_csv.SOURCE: paypal_csv.read,
}
SOURCES = {  # as people know them
    payout_csv.SOURCE: "Boatsetter payouts",
    paypal_csv.SOURCE: "PayPal activity",
}


def read(source: str, raw: bytes) -> Told:
    """What a file of this source tells; refuses all of it where a line is wrong."""
    return _READERS[source](raw)
