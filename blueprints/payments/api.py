"""The office's API: logging payments, taking them back, giving money back."""

from __future__ import annotations

from flask import Response

from blueprints.payments import bp
from blueprints.payments.shown import Body, logged_body
from jada_flask.domain.staff import Right
from jada_flask.intake.payment_body import (
    BatchBody,
    PaymentBody,
    RefundBody,
    VoidBody,
    payment_of,
)
from jada_flask.intake.schema import load
from jada_flask.services import payments, reversals
from jada_flask.services.payment_pen import Logged
from jada_flask.web.access import STAFF, caller, open_to
from jada_flask.web.bodies import json_body
from jada_flask.web.context import now
from jada_flask.web.described import described
from jada_flask.web.writes import written

_PAYMENT, _BATCH, _VOID, _REFUND = PaymentBody(), BatchBody(), VoidBody(), RefundBody()
_ENTRY = "/api/events/<event_id>/<patron_id>/payment/<payment_id>"


@bp.post("/api/events/<event_id>/<patron_id>/payment")
@open_to(STAFF, right=Right.PAY)
@described("Log a payment", body=PaymentBody, answers={200: "Payment"})
def log_payment(event_id: str, patron_id: str) -> Response:
    """Log a payment; the same within a minute is answered with the first record."""
    payment = payment_of(load(_PAYMENT, json_body()))
    by, at = caller().actor, now()
    return written(
        lambda work: payments.log_payment(
            work, event_id, patron_id, payment, by=by, at=at
        ),
        _one,
    )


@bp.post("/api/events/<event_id>/payments/batch")
@open_to(STAFF, right=Right.PAY)
@described("Log several payments", body=BatchBody, answers={200: "Payments"})
def log_batch(event_id: str) -> Response:
    """Log up to 15 payments, all or none."""
    lines = [
        payments.Line(line["patron_id"], payment_of(line))
        for line in load(_BATCH, json_body())["payments"]
    ]
    by, at = caller().actor, now()
    return written(
        lambda work: payments.log_batch(work, event_id, lines, by=by, at=at), _several
    )


@bp.post(f"{_ENTRY}/void")
@open_to(STAFF, right=Right.VOID)
@described("Take an entry back", body=VoidBody, answers={200: "Payment"})
def void(event_id: str, patron_id: str, payment_id: str) -> Response:
    """Take an entry back that was a mistake, by one that reverses it."""
    reason = load(_VOID, json_body())["reason"]
    by, at = caller().actor, now()
    return written(
        lambda work: reversals.void(
            work, event_id, patron_id, payment_id, reason=reason, by=by, at=at
        ),
        _one,
    )


@bp.post(f"{_ENTRY}/refund")
@open_to(STAFF, right=Right.VOID)
@described("Give money back", body=RefundBody, answers={200: "Payment"})
def refund(event_id: str, patron_id: str, payment_id: str) -> Response:
    """Give back all or part of a payment."""
    data = load(_REFUND, json_body())
    by, at = caller().actor, now()
    return written(
        lambda work: reversals.refund(
            work, event_id, patron_id, payment_id, **data, by=by, at=at
        ),
        _one,
    )


def _one(logged: Logged) -> tuple[Body, int]:
    return logged_body(logged), 200


def _several(logged: list[Logged]) -> tuple[Body, int]:
    return {"items": [logged_body(one) for one in logged], "next": None}, 200
