"""What Google's answers mean for who asked: try again, when, or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from jada_flask.adapters.google.account import Account
from jada_flask.domain.errors import DeliveryError

_TRY_AGAIN = (408, 425, 429)
_SLOW_DOWN = ("rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED")
_SWITCHED_OFF = ("accessNotConfigured", "SERVICE_DISABLED")
_NO_SCOPE = ("insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
_TOKEN_REFUSALS = (
    "invalid_grant",
    "unauthorized_client",
    "invalid_client",
    "invalid_request",
    "invalid_scope",
    "access_denied",
    "admin_policy_enforced",
)


class RefusedError(DeliveryError):
    """Google has read the request and said no; `status` is its answer's."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        permanent: bool,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, permanent=permanent, retry_after=retry_after)
        self.status = status


def answer_error(
    status: int,
    headers: Mapping[str, str],
    content: bytes,
    *,
    account: Account,
    at: datetime,
) -> DeliveryError:
    """An answer that is not a success."""
    wait = _retry_after(headers.get("retry-after", ""), at)
    reason = _reason(content)
    if not 400 <= status < 500 or not reason:
        # Not Gmail's own words, or not its last: nobody knows what it has done.
        words = f"{account.errand.lost} It answered {status}."
        return DeliveryError(words, retry_after=wait)
    may_pass = status in (*_TRY_AGAIN, 404) or reason in _SLOW_DOWN
    return RefusedError(
        f"{_sentence(reason, account)} (Gmail: {status} {reason})",
        status=status,
        permanent=not may_pass,
        retry_after=wait,
    )


def token_error(answer: object, *, account: Account) -> DeliveryError:
    """No token: nothing was done."""
    details = answer if isinstance(answer, dict) else {}
    code = str(details.get("error"))
    if code not in _TOKEN_REFUSALS:
        return DeliveryError(account.errand.unreached)
    description = str(details.get("error_description", "")).lower()
    return DeliveryError(
        f"{_token_sentence(code, description, account)} (Google: {code})",
        permanent=True,
    )


def _token_sentence(code: str, description: str, account: Account) -> str:
    if code in ("unauthorized_client", "invalid_scope", "access_denied"):
        return _delegation(account)
    if "short-lived" in description:
        return "This machine's clock is wrong: Google refuses the service account."
    if "user id" in description or "impersonation" in description:
        setting = account.errand.mailbox_setting
        return f"{setting}: {account.subject} is not a mailbox of this Workspace."
    if code == "invalid_grant":
        return (
            "GMAIL_SERVICE_ACCOUNT_KEY: Google no longer knows this key; create another"
            f" for {account.email}."
        )
    return f"Google refuses the service account {account.email}."


def _sentence(reason: str, account: Account) -> str:
    if reason in _NO_SCOPE:
        return _delegation(account)
    if reason in _SWITCHED_OFF:
        return "The Gmail API is switched off in the service account's Cloud project."
    if reason == "failedPrecondition":
        setting = account.errand.mailbox_setting
        return f"{setting}: {account.subject} has no Gmail mailbox of its own."
    if reason == "domainPolicy":
        return "The Workspace administrator does not let this account use Gmail's API."
    if reason in ("authError", "UNAUTHENTICATED"):
        return "Gmail does not accept the service account's token."
    return account.errand.refused


def _delegation(account: Account) -> str:
    return (
        f"The Workspace administrator must allow {account.client_id} the scope"
        f" {account.errand.scope} under Security > API controls >"
        " Domain-wide delegation, and wait up to a day."
    )


def _reason(content: bytes) -> str:
    """Gmail's own word for what is wrong; empty if Gmail did not say any of this."""
    try:
        error = json.loads(content)["error"]
        reasons = [*error.get("details", ()), *error.get("errors", ())]
        named = [_word(one) for one in reasons]
        return next(filter(None, named), "") or str(error.get("status", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""


def _word(detail: Mapping[str, Any]) -> str:
    word = detail.get("reason")
    return word if isinstance(word, str) and word.isidentifier() else ""


def _retry_after(text: str, at: datetime) -> float | None:
    """Seconds, in whichever of its two forms; None where it makes no sense."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max((moment.replace(tzinfo=moment.tzinfo or UTC) - at).total_seconds(), 0.0)
