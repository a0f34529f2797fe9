"""Bodies of requests."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from jada_flask.intake import strict_json

LONGEST = 64 * 1024


def json_body() -> Any:
    """The request's body as JSON: 415, 413 or 400 where it is not."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON with `Content-Type: application/json`.")
    if (request.content_length or 0) > LONGEST:
        raise RequestEntityTooLarge(
            "A body may have 64 KiB at most; shorten the long fields."
        )
    return strict_json.loads(request.get_data(cache=True))
