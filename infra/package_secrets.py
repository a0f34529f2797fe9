"""What must never be in a package: this machine's secrets, and what looks alike."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from jada_flask.config import SECRETS

_OF_AWS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "STRIPE_WEBHOOK_SECRET")
_LONG_ENOUGH = 12  # anything shorter is somewhere by chance
_NAMES = (
    ".env", ".env.*", ".git", "*.key", "*.p12", "*.pem", "*.pfx", "*.sqlite3",
    "secrets.json", "zappa_settings*",
)  # fmt: skip
_PUBLIC_NAMES = ("cacert.pem",)
_SHAPES = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\n|\s)+[A-Za-z0-9+/]{40}"
    rb"|\bA[KS]IA[A-Z0-9]{16}\b(?<!EXAMPLE)"
)


def known_secrets(root: Path) -> list[bytes]:
    """Every secret that this machine knows: by its environment, `.env`, and `var`."""
    found = [os.environ.get(name, "") for name in (*SECRETS, *_OF_AWS)]
    found += [value for path in root.glob(".env*") for value in _assigned(path)]
    for path in root.glob("var*/secrets.json"):
        found += _strings(json.loads(path.read_text()))
    return sorted({text.encode() for text in found if len(text) >= _LONG_ENOUGH})


def has_private_name(path: Path) -> bool:
    """Whether a file has a name that private things have."""
    private = any(fnmatch(path.name, pattern) for pattern in _NAMES)
    return private and path.name not in _PUBLIC_NAMES


def tells_a_secret(content: bytes, canaries: list[bytes]) -> bool:
    """Whether a known secret, or a key of a well-known shape, is in it."""
    return any(one in content for one in canaries) or bool(_SHAPES.search(content))


def _assigned(path: Path) -> Iterator[str]:
    for line in path.read_text(errors="replace").splitlines():
        yield line.partition("=")[2].strip().strip("'\"")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
