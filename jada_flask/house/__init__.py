"""The house as it comes: what all aboard may know. The rates are in `rates.py`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jada_flask.decoding import decoder_of
from jada_flask.domain.house import Operations


@cache
def default_operations() -> Operations:
    """Boats, docks, people and tasks until somebody edits them."""
    content = Path(__file__).with_name("operations.json").read_bytes()
    return decoder_of(Operations).decode(content)
