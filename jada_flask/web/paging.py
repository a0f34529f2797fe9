"""Lists page by page, with cursors that only we can make."""

from __future__ import annotations

from typing import Any

from flask import request
from itsdangerous import BadData, URLSafeSerializer

from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.ports import Item
from jada_flask.web.context import config

DEFAULT, MOST = 50, 100


def limit() -> int:
    """`?limit=`, 1 to 100."""
    text = request.args.get("limit", str(DEFAULT))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST):
        raise InvalidError(Fault("limit", f"A whole number from 1 to {MOST}."))
    return int(text)


def after(purpose: str) -> Any:
    """What `?cursor=` holds; `purpose` keeps the cursor of one list out of another."""
    text = request.args.get("cursor")
    if not text:
        return None
    try:
        return _serializer(purpose).loads(text)
    except BadData:
        raise InvalidError(
            Fault("cursor", "This is not a cursor of this list; begin without one.")
        ) from None


def cursor(purpose: str, after: Item | Any | None) -> str | None:
    if after is None:
        return None
    made: str = _serializer(purpose).dumps(after)
    return made


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(config().secret_key, salt=f"cursor:{purpose}")
