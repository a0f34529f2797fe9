"""Bodies of requests."""

from __future__ import annotations

from typing import Any

from werkzeug.exceptions import UnsupportedMediaType

from jada_flask.domain.errors import Fault, InvalidError, UnreadableError
from jada_flask.intake import strict_json
from jada_flask.web.context import asked

LONGEST = 64 * 1024
_JSON = "application/json"


class TooLargeError(InvalidError):
    """A body is longer than anything that is meant to be in it."""


def json_body() -> Any:
    """The request's body as JSON: 415, 413 or 400 where it is not."""
    here = asked()
    # As most send it, which needs no taking apart.
    if here.environ.get("CONTENT_TYPE") != _JSON and here.mimetype != _JSON:
        raise UnsupportedMediaType("Send JSON with `Content-Type: application/json`.")
    raw = here.get_data(cache=True)  # of a megabyte at most, however it is sent
    if len(raw) > LONGEST:
        words = "A body may have 64 KiB at most; shorten this."
        raise TooLargeError(Fault(_longest_field(raw), words))
    return strict_json.loads(raw)


def _longest_field(raw: bytes) -> str:
    """The field that most of a body is in."""
    try:
        return _longest(strict_json.loads(raw), "")[1].lstrip(".") or "body"
    except UnreadableError:
        return "body"


def _longest(value: Any, path: str) -> tuple[int, str]:
    """The length and the path of the longest text in a value."""
    if isinstance(value, str):
        return len(value), path
    parts: Any = enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, dict):
        parts = value.items()
    return max(
        (_longest(part, f"{path}.{str(name)[:60]}") for name, part in parts),
        default=(0, path),
    )
