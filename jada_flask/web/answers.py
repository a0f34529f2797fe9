"""Answers in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from flask import Response

_encode = msgspec.json.Encoder().encode


def json_text(body: Any) -> str:
    return _encode(body).decode()


def answer(
    body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    return Response(
        _encode(body), status, headers, content_type="application/json; charset=utf-8"
    )


def moment(at: datetime | None, zone: ZoneInfo | None = None) -> str | None:
    """ISO 8601 with its offset: the dock's where there is one, else UTC."""
    if at is None:
        return None
    return (at.astimezone(zone) if zone else at).isoformat()
