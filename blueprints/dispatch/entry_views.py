"""The page of one entry of the payment log: what it says, and how it is reversed."""

from __future__ import annotations

from typing import Any

from flask import redirect, request

from blueprints.dispatch import bp
from blueprints.dispatch.payment_forms import RefundForm, VoidForm
from blueprints.dispatch.roster_lines import entry_line
from jada_flask.domain.errors import InvalidError
from jada_flask.domain.staff import Right
from jada_flask.services import payment_log, receipts, reversals
from jada_flask.services.payment_pen import Logged
from jada_flask.web.access import STAFF, caller, open_to
from jada_flask.web.context import begin, now
from jada_flask.web.pages import page
from jada_flask.web.writes import attempted

_ENTRY = "/dispatch/events/<event_id>/patrons/<patron_id>/payments/<payment_id>"


@bp.get(_ENTRY)
@open_to(STAFF)
def entry(event_id: str, patron_id: str, payment_id: str) -> str:
    """One entry of the log, with its receipt."""
    return _shown(event_id, patron_id, payment_id)


@bp.post(f"{_ENTRY}/void")
@open_to(STAFF, right=Right.VOID)
def void(event_id: str, patron_id: str, payment_id: str) -> Any:
    """Take an entry back that was a mistake."""
    form = VoidForm(request.form)
    reason = form.why()
    if reason is None:
        return _shown(event_id, patron_id, payment_id, void_form=form), 422
    by, at = caller().actor, now()
    attempted(
        lambda work: reversals.void(
            work, event_id, patron_id, payment_id, reason=reason, by=by, at=at
        )
    )
    return _back(event_id, patron_id, "voided")


@bp.post(f"{_ENTRY}/refund")
@open_to(STAFF, right=Right.VOID)
def refund(event_id: str, patron_id: str, payment_id: str) -> Any:
    """Give back all or part of a payment."""
    form = RefundForm(request.form)
    if _refunded(event_id, patron_id, payment_id, form) is None:
        return _shown(event_id, patron_id, payment_id, refund_form=form), 422
    return _back(event_id, patron_id, "refunded")


@bp.post(f"{_ENTRY}/receipt")
@open_to(STAFF, right=Right.PAY)
def mail_receipt(event_id: str, patron_id: str, payment_id: str) -> Any:
    """Send the patron the receipt."""
    by, at = caller().actor, now()
    attempted(
        lambda work: receipts.send(work, event_id, patron_id, payment_id, by=by, at=at)
    )
    return _back(event_id, patron_id, "receipt")


def _refunded(
    event_id: str, patron_id: str, payment_id: str, form: RefundForm
) -> Logged | None:
    """What was given back; None where a control says what is wrong."""
    asked = form.refund()
    if asked is None:
        return None
    by, at = caller().actor, now()
    try:
        return attempted(
            lambda work: reversals.refund(
                work, event_id, patron_id, payment_id, **asked, by=by, at=at
            )
        )
    except InvalidError as error:
        form.blame(*error.faults)
        return None


def _shown(
    event_id: str,
    patron_id: str,
    payment_id: str,
    *,
    void_form: VoidForm | None = None,
    refund_form: RefundForm | None = None,
) -> str:
    found = payment_log.one(begin(), event_id, patron_id, payment_id)
    return page(
        "dispatch/entry.html",
        event=found.event,
        line=entry_line(found.entry, found.ledger),
        left=found.ledger.left(found.entry),
        void_form=void_form or VoidForm(),
        refund_form=refund_form or RefundForm(),
    )


def _back(event_id: str, patron_id: str, said: str) -> Any:
    return redirect(f"/dispatch/events/{event_id}?said={said}#patron-{patron_id}", 303)
