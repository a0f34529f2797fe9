"""Requests and responses as a server of Python has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from tests.aws.stand_in.gateway import Request, Response

Environ = dict[str, Any]
Start = Callable[[str, list[tuple[str, str]]], Any]


def request_of(environ: Environ) -> Request:
    """The request; whoever reads its body after this finds it still there."""
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI") or "/"
    path, _, query = target.partition("?")
    headers = [
        (name[5:].replace("_", "-").title(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    if environ.get("CONTENT_TYPE"):
        headers.append(("Content-Type", environ["CONTENT_TYPE"]))
    body = b""
    if size := int(environ.get("CONTENT_LENGTH") or 0):
        body = environ["wsgi.input"].read(size)
        environ["wsgi.input"] = BytesIO(body)
    return Request(environ["REQUEST_METHOD"], path, query, headers, body)


def give(start: Start, response: Response) -> Iterable[bytes]:
    headers = [*response.headers]
    if not response.all("Content-Length"):
        headers.append(("Content-Length", str(len(response.body))))
    start(f"{response.status} .", headers)
    return [response.body]
