"""What a form for an upload may allow, the same for a folder and for a bucket."""

from __future__ import annotations

import re
from datetime import timedelta

from jada_flask.adapters.file_key import is_safe

LARGEST = 15_728_640  # bytes of one photo
FORM_SERVES = timedelta(seconds=300)
ADDRESS_SERVES = timedelta(minutes=15)
# What is looked at is always our own clean copy, never what was handed in.
SHOWN_AS = {
    "Content-Type": "image/jpeg",
    "Content-Disposition": 'inline; filename="photo.jpg"',
}
_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,63}")


def check(key: str, content_type: str, size: int) -> None:
    """`ValueError` for what no form may allow."""
    if not (is_safe(key) and key.startswith("incoming/") and key.count("/") == 2):
        raise ValueError(f"not a key of an upload: {key!r}")
    if not _TYPE.fullmatch(content_type):
        raise ValueError(f"not a type of content: {content_type!r}")
    if not 0 < size <= LARGEST:
        raise ValueError(f"not a size of a photo: {size}")
