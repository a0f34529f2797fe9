"""Where Stripe tells what it has charged and given back."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import BadRequest

from blueprints.payments import bp
from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import NotFoundError
from jada_flask.intake import stripe
from jada_flask.intake.stripe_signature import is_signed
from jada_flask.services import reconciling
from jada_flask.web.access import ANYONE, open_to
from jada_flask.web.answers import answer
from jada_flask.web.context import begin, config, now

_LARGEST = 256 * 1024
_STRIPE = Actor("stripe")


@bp.post("/api/stripe/webhook")
@open_to(ANYONE)  # the signature is the key
def stripe_webhook() -> Response:
    """One event; told again, or in another order, it comes to the same."""
    if not config().stripe_secrets:
        raise NotFoundError("There is nothing at this address.")
    event = stripe.read(_signed_body())
    if event.receipt is None or not _counts(event):
        return answer({"received": True, "state": "ignored"})
    (taken,) = reconciling.take_receipts(
        begin(), [event.receipt], by=_STRIPE, at=now(), told_by=event.event_id
    )
    return answer({"received": True, "state": taken.state.value})


def _signed_body() -> bytes:
    """The very bytes that were signed; what is wrong with a signature is not said."""
    request.max_content_length = _LARGEST
    body = request.get_data(cache=False)
    signature = request.headers.get("Stripe-Signature", "")
    if not is_signed(body, signature, config().stripe_secrets, at=now()):
        raise BadRequest("This is not signed as it should be.")
    return body


def _counts(event: stripe.Event) -> bool:
    """In the sandbox no money moves, so nothing of it belongs into the real books."""
    return event.live or config().stage != "production"
