"""The operator's summary, handed over to our Apps Script (the bridge)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from jada_flask.adapters.google.script_web import ScriptWeb
from jada_flask.domain.errors import ConfigError, DeliveryError
from jada_flask.ports import Clock

ECHO_ORIGIN = "https://script.googleusercontent.com"

_MAX_BODY = 60_000  # characters; the script refuses more
_SECRET = re.compile(r"[\x20-\x7e]{32,}", re.ASCII)
_STRANGER = "What answered is not our bridge; the summary may have arrived."
_REFUSALS = {
    "bad_request": "The bridge cannot read our summaries: push gas_bridge/ again.",
    "bad_signature": (
        "The bridge refused our signature: GAS_SHARED_SECRET and BRIDGE_SECRET differ,"
        " or JADA_STAGE and STAGE do."
    ),
    "stale": "The bridge's clock and ours are more than five minutes apart.",
    "busy": "The bridge was busy with other bookings.",
    "internal": "The bridge failed; its executions page at script.google.com says why.",
}
_PERMANENT = ("bad_request", "bad_signature")


class ScriptSummary:
    """`OperatorSummary` as a row in the operator's Sheet and a mail."""

    def __init__(
        self,
        endpoint: str,
        secret: str,
        stage: str,
        *,
        clock: Clock,
        echo_origin: str = ECHO_ORIGIN,
        timeouts: tuple[float, float] = (3, 25),
    ) -> None:
        if not _SECRET.fullmatch(secret):
            raise ConfigError(
                "GAS_SHARED_SECRET must be 32 or more printable ASCII characters."
            )
        _check_endpoint(endpoint)
        self._web = ScriptWeb(endpoint, echo_origin, timeouts)
        self._secret = secret.encode("ascii")
        self._stage = stage
        self._clock = clock

    def send(self, payload: Mapping[str, Any], *, key: str) -> None:
        """Hand over one revision of a booking, signed afresh under the same id.

        The bridge demands an id made of booking and revision; `key`, the outbox's own
        name for it, does not travel.
        """
        envelope_id = f"booking:{payload['booking_id']}:{payload['revision']}"
        now = int(self._clock.now().timestamp())
        answer = self._web.post(self._envelope(envelope_id, payload, ts=now))
        _check(answer, envelope_id)

    def health(self) -> str:
        """Say in one sentence that the bridge is awake and shares our secret.

        Raises `DeliveryError` with the sentence that says what is wrong. The probe is
        decades old: a bridge that accepts its signature calls it stale, and writes
        nothing.
        """
        code = _code(self._web.post(self._envelope("booking:probe:0", {}, ts=0)))
        if code == "stale":
            return f"The bridge is awake and shares the secret of stage {self._stage}."
        raise DeliveryError(self._diagnosis(code), permanent=True)

    def _diagnosis(self, code: str) -> str:
        about = self._web.get()
        faults = about.get("faults")
        if isinstance(faults, list) and faults:
            named = ", ".join(str(fault) for fault in faults)
            return f"The bridge is awake, but among its script properties {named}."
        stage = about.get("stage")
        if isinstance(stage, str) and stage != self._stage:
            return f"The bridge is awake, but of stage {stage!r}, not {self._stage!r}."
        return _REFUSALS.get(code, _STRANGER)

    def _envelope(
        self, envelope_id: str, payload: Mapping[str, Any], *, ts: int
    ) -> bytes:
        packed = _packed(payload)
        signed = f"v1\n{self._stage}\n{ts}\n{envelope_id}\n{packed}"
        sig = hmac.new(self._secret, signed.encode(), hashlib.sha256).hexdigest()
        body = json.dumps(
            {"v": 1, "ts": ts, "id": envelope_id, "payload": packed, "sig": sig}
        )
        if len(body) > _MAX_BODY:
            raise DeliveryError(
                "The summary is too long for the bridge.", permanent=True
            )
        return body.encode("ascii")


def _packed(payload: Mapping[str, Any]) -> str:
    try:
        text = json.dumps(dict(payload), ensure_ascii=False, allow_nan=False)
        return base64.urlsafe_b64encode(text.encode()).decode("ascii")
    except (TypeError, ValueError):
        raise DeliveryError(
            "The summary holds a value that JSON cannot carry.", permanent=True
        ) from None


def _check_endpoint(endpoint: str) -> None:
    """Guests' names and the margin travel in it: in the clear only on one machine."""
    parts = urlsplit(endpoint)
    is_local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or not (parts.scheme == "https" or is_local):
        raise ConfigError("GAS_ENDPOINT_URL must be an https:// address.")


def _check(answer: Mapping[str, Any], envelope_id: str) -> None:
    if answer.get("ok") is not True:
        code = _code(answer)
        raise DeliveryError(
            _REFUSALS.get(code, _STRANGER), permanent=code in _PERMANENT
        )
    if answer.get("id") != envelope_id:
        raise DeliveryError("The bridge answered about another booking.")
    if answer.get("mailed") is not True:
        raise DeliveryError("The row stands; the operator's mail is still owed.")


def _code(answer: Mapping[str, Any]) -> str:
    code = answer.get("code")
    return code if isinstance(code, str) and answer.get("ok") is False else ""
