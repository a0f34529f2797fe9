"""The edge: what a request is once CloudFront has let it through.

CloudFront cannot forward the viewer's Host to API Gateway. So the host is the one of
the settings, and nothing of the request is believed before its secret was compared.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_SECRET = "HTTP_X_ORIGIN_SECRET"  # noqa: S105 (the header's name)
_VIEWER = "HTTP_CLOUDFRONT_VIEWER_ADDRESS"
_CONTEXT = "apig_wsgi.request_context"
_REFUSED = b'{"type":"about:blank","title":"Not allowed","status":403,"detail":""}'


class Edge:
    """A WSGI application behind CloudFront.

    `secrets` are the values of `JADA_ORIGIN_SECRET`, two while it rotates. A request
    without one of them is 403, whatever it asks for.
    """

    def __init__(self, app: Application, base_url: str, secrets: str) -> None:
        self._app = app
        parts = urlsplit(base_url)
        self._host, self._scheme = parts.netloc, parts.scheme
        self._name = parts.hostname or ""
        self._secrets = [one.encode() for one in secrets.split(",") if one.strip()]

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        sent = str(environ.pop(_SECRET, "")).encode("latin-1", "replace")
        # Every value is compared, so that the time tells nothing.
        matches = [hmac.compare_digest(sent, known) for known in self._secrets]
        if not any(matches):
            return _refuse(start_response)
        environ["HTTP_HOST"] = self._host
        environ["SERVER_NAME"] = self._name
        environ["wsgi.url_scheme"] = self._scheme
        environ["SCRIPT_NAME"] = ""
        environ["REMOTE_ADDR"] = _viewer(environ)
        return self._app(environ, start_response)


def _viewer(environ: Environ) -> str:
    """The viewer's address as CloudFront names it, with the port behind the last colon.

    Else the one that API Gateway saw; where that is nothing an address could be, none.
    What stands in `X-Forwarded-For` is anybody's word.
    """
    told = str(environ.get(_VIEWER, "")).rpartition(":")[0].strip("[]")
    identity = (environ.get(_CONTEXT) or {}).get("identity") or {}
    for address in (told, str(identity.get("sourceIp", ""))):
        if found := _normal(address):
            return found
    return ""


@lru_cache(maxsize=256)
def _normal(address: str) -> str:
    """An address in its usual form, or nothing; whoever calls, calls again."""
    try:
        return str(ip_address(address))
    except ValueError:
        return ""


def _refuse(start_response: StartResponse) -> Iterable[bytes]:
    start_response(
        "403 Forbidden",
        [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(_REFUSED))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )
    return [_REFUSED]
