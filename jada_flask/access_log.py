"""One line of the log for each request, without a word of what it held.

Addresses hold tokens and the e-mail addresses of people. So the line names the rule
that an address fits, and nothing of the address itself.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

NO_ROUTE = "-"
_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class AccessLog:
    """A WSGI application whose every request is noted, refused ones included."""

    def __init__(
        self, app: Application, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._app = app
        self._clock = clock

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        began, line = self._clock(), _line(environ)

        def start(status: str, *rest: Any) -> Any:
            line["route"], line["status"] = _route(environ), int(status[:3])
            return start_response(status, *rest)

        try:
            return self._app(environ, start)
        finally:
            line["ms"] = round((self._clock() - began) * 1000, 1)
            print(json.dumps({"access": line}))


def _line(environ: Environ) -> dict[str, Any]:
    """What is known before there is an answer; without one it is a fault of ours."""
    method = environ.get("REQUEST_METHOD")
    context = environ.get("apig_wsgi.request_context") or {}
    return {
        "route": NO_ROUTE,
        "method": method if method in _METHODS else "other",
        "status": 500,
        "ms": 0.0,
        "request_id": str(context.get("requestId", "")),
    }


def _route(environ: Environ) -> str:
    """The rule that the address fitted; a dash where none did, or nobody looked.

    Flask takes its request away again when it is done with it, which is later.
    """
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    return rule.rule if rule else NO_ROUTE
