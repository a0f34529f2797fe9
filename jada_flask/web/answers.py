"""Answers in JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from flask import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_TYPE = "application/json; charset=utf-8"
_Pairs = tuple[tuple[str, str], ...]
json_bytes = msgspec.json.Encoder().encode


class Answer(Response):
    """An answer that is all there: its length is known, and it leads nowhere."""

    beside: _Pairs = ()  # what stands with its own headers, the same in each answer

    def get_wsgi_response(
        self, environ: WSGIEnvironment
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        headers = [*self.headers, *self.beside]
        return self.get_app_iter(environ), self.status, headers


def json_text(body: Any) -> str:
    return json_bytes(body).decode()


def answer(
    body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    return ready(json_bytes(body), status, headers)


def ready(
    body: bytes | str, status: int, headers: dict[str, str] | None = None
) -> Response:
    """An answer that was written as JSON before."""
    return Answer(body, status, headers, content_type=_TYPE)


def moment(at: datetime | None, zone: ZoneInfo | None = None) -> str | None:
    """ISO 8601 with its offset: the dock's where there is one, else UTC."""
    if at is None:
        return None
    return (at.astimezone(zone) if zone else at).isoformat()
