"""Receipts that a patron asks for."""

from __future__ import annotations

from datetime import datetime

from jada_flask.domain.audit import Actor
from jada_flask.services import payment_log
from jada_flask.services.payment_log import Found
from jada_flask.services.payment_mails import promise_receipt
from jada_flask.unit_of_work import UnitOfWork


def send(
    work: UnitOfWork,
    event_id: str,
    patron_id: str,
    payment_id: str,
    *,
    by: Actor,
    at: datetime,
) -> Found:
    """Promise the patron a mail with the receipt. Raises `NotFoundError`."""
    found = payment_log.one(work, event_id, patron_id, payment_id)
    promise_receipt(work, found.entry, at=at)
    work.commit(
        by=by,
        did="receipt.sent",
        at=at,
        about=event_id,
        detail=payment_id,
        result=found,
    )
    return found
