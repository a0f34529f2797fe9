"""Which keys a stored file may have, the same for a folder and for a bucket."""

from __future__ import annotations

import re

# No part begins with a dot: none can climb, none can reach the keeper's own notes.
_KEY = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,199}){0,9}"
)


def is_safe(key: str) -> bool:
    """Whether a file can be called this."""
    return _KEY.fullmatch(key) is not None


def safe_key(key: str) -> str:
    """The key itself; `ValueError` for one that could lead out of its place."""
    if not is_safe(key):
        raise ValueError(f"not a key of a file: {key!r}")
    return key
