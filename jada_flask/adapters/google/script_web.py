"""One exchange with an Apps Script web app, and what each of its answers means."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from jada_flask.domain.errors import DeliveryError

if TYPE_CHECKING:
    import urllib3

_MAX_ANSWER = 65_536  # bytes
_UNREACHED = "The bridge cannot be reached; the summary has not left."
_LOST = "The bridge's answer was lost; the summary may have arrived."


@dataclass(frozen=True, slots=True)
class _Reply:
    """What came back, of whatever kind."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class ScriptWeb:
    """A web app that runs at `endpoint` and shows its answer at the echo's origin.

    Google answers 302 after the script has run. The answer is fetched from there by a
    GET without a body, and from nowhere else: no other redirect is followed.
    """

    def __init__(
        self, endpoint: str, echo_origin: str, timeouts: tuple[float, float]
    ) -> None:
        self._endpoint = endpoint
        self._echo_origin = echo_origin
        self._timeouts = timeouts

    def post(self, body: bytes) -> Mapping[str, Any]:
        """Have the script take this; return its answer. Raises `DeliveryError`."""
        return self._exchange("POST", body)

    def get(self) -> Mapping[str, Any]:
        """What the script says of itself. Raises `DeliveryError`."""
        return self._exchange("GET", None)

    def _exchange(self, method: str, body: bytes | None) -> Mapping[str, Any]:
        import urllib3

        connect, read = self._timeouts
        # A pool for each exchange: a kept connection does not survive a frozen Lambda.
        # Made here, it takes no proxy from the environment.
        with urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=connect, read=read)
        ) as pool:
            reply = self._request(pool, method, self._endpoint, body, _UNREACHED)
            if reply.status != 302:
                return _answer(reply, has_run=False)
            echo = self._echo(reply)
            return _answer(self._request(pool, "GET", echo, None, _LOST), has_run=True)

    def _request(
        self,
        pool: urllib3.PoolManager,
        method: str,
        url: str,
        body: bytes | None,
        unreached: str,
    ) -> _Reply:
        """Ask once: the outbox alone decides about trying again."""
        from urllib3.exceptions import (
            ConnectTimeoutError,
            HTTPError,
            NewConnectionError,
        )

        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            response = pool.request(
                method,
                url,
                body=body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
            )
            try:
                return _Reply(
                    response.status, response.headers, self._content(response)
                )
            finally:
                response.close()
        except (ConnectTimeoutError, NewConnectionError):
            raise DeliveryError(unreached) from None
        except HTTPError:
            raise DeliveryError(_LOST) from None

    def _content(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """The whole answer; a dripping one is cut off, as timeouts are per packet."""
        deadline = time.monotonic() + self._timeouts[1]
        content = b""
        while part := response.read1(_MAX_ANSWER):
            content += part
            if len(content) > _MAX_ANSWER or time.monotonic() > deadline:
                raise DeliveryError(_LOST)
        return content

    def _echo(self, reply: _Reply) -> str:
        parts = _location(reply)
        if f"{parts.scheme}://{parts.netloc}" != self._echo_origin:
            raise _redirect_error(parts)
        return parts.geturl()


def _answer(reply: _Reply, *, has_run: bool) -> Mapping[str, Any]:
    if 300 <= reply.status < 400:
        raise _redirect_error(_location(reply))
    if reply.status in (401, 403, 404) and not has_run:
        raise DeliveryError(
            f"GAS_ENDPOINT_URL answers {reply.status}: it is not the address of a"
            " deployment that runs as its owner with access for anyone.",
            permanent=True,
        )
    answer = _parsed(reply.content) if reply.status == 200 else None
    if not isinstance(answer, dict):
        raise DeliveryError(
            f"The bridge answered {reply.status} and not as it should;"
            " the summary may have arrived.",
            retry_after=_retry_after(reply.headers.get("Retry-After", "")),
        )
    return answer


def _redirect_error(target: SplitResult) -> DeliveryError:
    sign_in = target.hostname == "accounts.google.com" or "ServiceLogin" in target.path
    if sign_in:
        return DeliveryError(
            "The bridge asks us to sign in: deploy it with access for anyone.",
            permanent=True,
        )
    return DeliveryError(
        "The bridge sent us to an address that is not Google's echo;"
        " the summary may have arrived."
    )


def _location(reply: _Reply) -> SplitResult:
    try:
        return urlsplit(reply.headers.get("Location", ""))
    except ValueError:
        return urlsplit("")


def _parsed(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _retry_after(text: str) -> float | None:
    """Seconds, whichever of its two forms the header has; None if it makes no sense."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
