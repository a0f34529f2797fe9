"""The office's API: what stands in the payment log, and receipts."""

from __future__ import annotations

from flask import Response

from blueprints.payments import bp
from blueprints.payments.shown import Body, entry_body, statement_body
from jada_flask.domain.staff import Right
from jada_flask.domain.text import clean_email
from jada_flask.receipt import receipt_pdf
from jada_flask.services import payment_log, receipts
from jada_flask.services.house import operations
from jada_flask.services.payment_log import Found, Listed
from jada_flask.web import paging
from jada_flask.web.access import STAFF, caller, open_to
from jada_flask.web.answers import answer
from jada_flask.web.context import begin, now
from jada_flask.web.described import described
from jada_flask.web.writes import written

_ENTRY = "/api/events/<event_id>/<patron_id>/payment/<payment_id>"


@bp.get("/api/events/<event_id>/<patron_id>/payment")
@open_to(STAFF)
@described("A patron's payments at an event", answers={200: "Statement"})
def statement(event_id: str, patron_id: str) -> Response:
    """What a patron owes and has paid at one event, with every entry."""
    return answer(statement_body(payment_log.of_patron(begin(), event_id, patron_id)))


@bp.get("/api/events/<event_id>/payments")
@open_to(STAFF)
@described("The payments of an event", answers={200: "PaymentEntries"}, query=("page",))
def list_event(event_id: str) -> Response:
    """All payments of an event by time."""
    purpose = f"payments:{event_id}"
    listed = payment_log.of_event(
        begin(), event_id, limit=paging.limit(), after=paging.after(purpose)
    )
    return answer(_page(listed, purpose))


@bp.get("/api/patrons/<email>/payments")
@open_to(STAFF)
@described(
    "A patron's payments across events",
    answers={200: "PaymentEntries"},
    query=("page",),
)
def list_address(email: str) -> Response:
    """The payments under one address, newest first."""
    address = clean_email(email, "email")
    purpose = f"payments:{address}"
    listed = payment_log.of_address(
        begin(), address, limit=paging.limit(), after=paging.after(purpose)
    )
    return answer(_page(listed, purpose))


@bp.get("/api/patrons/<email>/statement.pdf")
@open_to(STAFF)
@described("A patron's statement across events", answers={200: "PDF"})
def statement_across(email: str) -> Response:
    """All payments under one address on paper, with what they come to."""
    content = receipts.statement(begin(), clean_email(email, "email"), at=now())
    return _pdf(content, "statement.pdf")


@bp.get(f"{_ENTRY}/receipt.pdf")
@open_to(STAFF)
@described("The receipt of a payment", answers={200: "PDF"})
def receipt(event_id: str, patron_id: str, payment_id: str) -> Response:
    """The receipt as PDF."""
    work = begin()
    found = payment_log.one(work, event_id, patron_id, payment_id)
    content = receipt_pdf(found.entry, found.event, found.ledger, operations(work))
    return _pdf(content, f"receipt-{payment_id}.pdf")


@bp.post(f"{_ENTRY}/receipt")
@open_to(STAFF, right=Right.PAY)
@described("Mail the receipt to the patron", answers={202: "ReceiptSent"})
def send_receipt(event_id: str, patron_id: str, payment_id: str) -> Response:
    """Send the patron the receipt, as was asked for."""
    by, at = caller().actor, now()
    return written(
        lambda work: receipts.send(work, event_id, patron_id, payment_id, by=by, at=at),
        _promised,
    )


def _pdf(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, 200, headers, content_type="application/pdf")


def _promised(found: Found) -> tuple[Body, int]:
    entry = found.entry
    return {"payment_id": entry.payment_id, "sent_to": entry.patron_email}, 202


def _page(listed: Listed, purpose: str) -> Body:
    items = [entry_body(one, listed.ledgers[one.event_id]) for one in listed.entries]
    return {"items": items, "next": paging.cursor(purpose, listed.after)}
