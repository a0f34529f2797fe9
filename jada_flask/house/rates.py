"""The rates as they come: money, so for the office only."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jada_flask.decoding import decoder_of
from jada_flask.domain.rates import House, Rates
from jada_flask.house import default_operations


@cache
def default_rates() -> Rates:
    """Rates and fees until somebody edits them."""
    content = Path(__file__).with_name("rates.json").read_bytes()
    return decoder_of(Rates).decode(content)


def default_house() -> House:
    """Both halves."""
    return House(default_operations(), default_rates())
