"""What a patron gets on paper: receipts, and a statement across charters."""

from __future__ import annotations

from datetime import datetime

from jada_flask.domain.audit import Actor
from jada_flask.domain.payment import Entry
from jada_flask.records.operations import EVENT
from jada_flask.services import payment_log
from jada_flask.services.house import operations
from jada_flask.services.payment_log import Found, Place
from jada_flask.services.payment_mails import promise_receipt
from jada_flask.statement import statement_pdf
from jada_flask.unit_of_work import UnitOfWork

_MOST = 1_000  # entries on one statement; the newest


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


def statement(work: UnitOfWork, email: str, *, at: datetime) -> bytes:
    """Everything under an address as PDF, the oldest first."""
    entries: list[Entry] = []
    after: Place | None = None
    while len(entries) < _MOST:
        page = payment_log.of_address(work, email, limit=100, after=after)
        entries += page.entries
        after = page.after
        if after is None:
            break
    events = {
        event_id: event
        for event_id in {entry.event_id for entry in entries}
        if (event := work.get(EVENT, event_id))
    }
    return statement_pdf(email, entries[::-1], events, operations(work), at=at)
