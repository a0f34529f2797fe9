"""The pages of payments; each does without a script what the charter's dialogs do."""

from __future__ import annotations

from typing import Any

from flask import redirect, request

from blueprints.dispatch import bp
from blueprints.dispatch.payment_forms import BatchForm, PaymentForm
from blueprints.dispatch.roster_lines import Charter, charter_of
from jada_flask.domain.errors import InvalidError
from jada_flask.domain.staff import Right
from jada_flask.services import payments
from jada_flask.services.payment_pen import Logged
from jada_flask.web.access import STAFF, caller, open_to
from jada_flask.web.context import begin, now
from jada_flask.web.pages import page
from jada_flask.web.writes import attempted

_EVENT = "/dispatch/events/<event_id>"


@bp.get(f"{_EVENT}/payments/new")
@open_to(STAFF, right=Right.PAY)
def new_payment(event_id: str) -> str:
    """The form of one payment; `?patron=` says who paid."""
    work = begin()
    form = PaymentForm(data={"patron": request.args.get("patron")})
    return _payment_page(charter_of(work, event_id), form, payments.methods(work))


@bp.post(f"{_EVENT}/payments/new")
@open_to(STAFF, right=Right.PAY)
def enter_payment(event_id: str) -> Any:
    """Log a payment; one that repeats another is shown beside it, and asks why."""
    work = begin()
    charter, methods = charter_of(work, event_id), payments.methods(work)
    form = PaymentForm(request.form).offer(charter.roster, methods)
    logged = _log(event_id, form)
    if logged is None:
        return _payment_page(charter, form, methods), 422
    if logged.duplicate:
        return _payment_page(charter, form, methods, first=logged)
    return redirect(
        f"/dispatch/events/{event_id}?said=logged#patron-{logged.entry.patron_id}", 303
    )


@bp.get(f"{_EVENT}/payments/batch")
@open_to(STAFF, right=Right.PAY)
def new_batch(event_id: str) -> str:
    """A row for everybody on the roster, with what is open."""
    work = begin()
    charter = charter_of(work, event_id)
    return _batch_page(charter, BatchForm.of(charter.roster, payments.methods(work)))


@bp.post(f"{_EVENT}/payments/batch")
@open_to(STAFF, right=Right.PAY)
def enter_batch(event_id: str) -> Any:
    """Log what several patrons paid: all of it or nothing."""
    work = begin()
    charter = charter_of(work, event_id)
    form = BatchForm(request.form).offer(payments.methods(work))
    logged = _log_all(event_id, form)
    if logged is None:
        return _batch_page(charter, form), 422
    if any(one.duplicate for one in logged):
        return _batch_page(charter_of(begin(), event_id), form.repeated(logged), logged)
    return redirect(f"/dispatch/events/{event_id}?said=logged#roster", 303)


def _log(event_id: str, form: PaymentForm) -> Logged | None:
    """What was logged; None where a control says what is wrong."""
    payment = form.payment()
    if payment is None:
        return None
    patron_id, by, at = form.patron.data, caller().actor, now()
    try:
        return attempted(
            lambda work: payments.log_payment(
                work, event_id, patron_id, payment, by=by, at=at
            )
        )
    except InvalidError as error:
        form.blame(*error.faults)
        return None


def _log_all(event_id: str, form: BatchForm) -> list[Logged] | None:
    lines = form.payments()
    if lines is None:
        return None
    by, at = caller().actor, now()
    try:
        return attempted(
            lambda work: payments.log_batch(work, event_id, lines, by=by, at=at)
        )
    except InvalidError as error:
        form.blame(*error.faults)
        return None


def _payment_page(
    charter: Charter,
    form: PaymentForm,
    methods: tuple[str, ...],
    first: Logged | None = None,
) -> str:
    form.offer(charter.roster, methods)
    return page(
        "dispatch/payment_form.html",
        charter=charter,
        payment_form=form,
        line=charter.line(form.patron.data),
        first=first,
    )


def _batch_page(
    charter: Charter, form: BatchForm, logged: list[Logged] | None = None
) -> str:
    return page(
        "dispatch/batch_form.html", charter=charter, batch_form=form, logged=logged
    )
