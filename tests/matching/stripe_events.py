"""Events as Stripe sends them, made up, and signed by its scheme."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

SECRET = "whsec_of_the_tests_0123456789"
OLDER = "whsec_of_last_year_0123456789"
CREATED = 1_780_000_000


def charge(**changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "id": "ch_1",
        "object": "charge",
        "amount": 50_000,
        "amount_captured": 50_000,
        "amount_refunded": 0,
        "balance_transaction": "txn_1",
        "billing_details": {
            "name": "Avery Example",
            "email": "avery@example.com",
            "address": None,
            "phone": None,
        },
        "captured": True,
        "created": CREATED,
        "currency": "usd",
        "livemode": False,
        "metadata": {},
        "paid": True,
        "payment_intent": "pi_1",
        "receipt_email": None,
        "refunded": False,
        "status": "succeeded",
    }
    return usual | changes


def balance_transaction(fee: int = 1_480, **changes: Any) -> dict[str, Any]:
    usual = {"id": "txn_1", "amount": 50_000, "fee": fee, "currency": "usd"}
    return usual | changes


def intent(**changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 50_000,
        "amount_received": 50_000,
        "created": CREATED - 5,
        "currency": "usd",
        "latest_charge": "ch_1",
        "metadata": {},
        "receipt_email": "avery@example.com",
        "status": "succeeded",
    }
    return usual | changes


def event(
    thing: dict[str, Any],
    type_: str = "charge.succeeded",
    *,
    event_id: str = "evt_1",
    before: dict[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    data: dict[str, Any] = {"object": thing}
    if before is not None:
        data["previous_attributes"] = before
    usual = {
        "id": event_id,
        "object": "event",
        "api_version": "2025-03-31.basil",
        "created": CREATED + 60,
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type_,
    }
    return usual | changes


def refunded(total: int, before: int | None = 0, **changes: Any) -> dict[str, Any]:
    """Money was given back: `total` so far, of which `before` by earlier events."""
    return event(
        charge(amount_refunded=total),
        "charge.refunded",
        event_id=f"evt_refund_{total}",
        before=None if before is None else {"amount_refunded": before},
        **changes,
    )


def written(told: Any) -> bytes:
    return json.dumps(told, indent=2).encode()


def signature(body: bytes, at: datetime, secret: str = SECRET) -> str:
    """One signature, written down here once more, apart from the code that checks."""
    signed = str(int(at.timestamp())).encode() + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def header(body: bytes, at: datetime, secret: str = SECRET) -> str:
    return f"t={int(at.timestamp())},v1={signature(body, at, secret)},v0=6ffbb59b2300"
