"""Money from outside: files that are taken, and what somebody decides about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Response, redirect, request
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.exceptions import UnsupportedMediaType
from wtforms import FileField, Form, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from blueprints.payments import bp
from blueprints.payments.money_shown import Body, line_of, report_body, taken_body
from jada_flask.domain.errors import Fault, InvalidError, JadaError, UnreadableError
from jada_flask.domain.staff import Right
from jada_flask.intake.receipt_files import SOURCES, read
from jada_flask.services import house, reconciling
from jada_flask.services.expected import overdue
from jada_flask.services.reconciling import Report
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web import paging
from jada_flask.web.access import STAFF, caller, member, open_to
from jada_flask.web.answers import answer
from jada_flask.web.context import begin, now
from jada_flask.web.days import asked_days
from jada_flask.web.described import described
from jada_flask.web.pages import page
from jada_flask.web.writes import attempted, written

_PAGE = 50
_RECEIPT = "/dispatch/money/receipts/<path:receipt_id>"


class FileForm(Form):
    """A file and where it comes from."""

    source = SelectField(
        "What it is",
        choices=[SelectChoice(name, words) for name, words in SOURCES.items()],
    )
    file = FileField("File (CSV)", [InputRequired("Choose a file.")])


@bp.post("/api/receipts")
@open_to(STAFF, right=Right.PAY)
@described("Take a file of receipts (CSV)", answers={200: "ReceiptFile"})
def take_receipts() -> Response:
    """Take a payout file of `?source=`: all of it, or nothing where a line is wrong."""
    source = request.args.get("source", "")
    if source not in SOURCES:
        raise InvalidError(Fault("source", f"This is one of: {', '.join(SOURCES)}."))
    if request.mimetype != "text/csv":
        raise UnsupportedMediaType("Send the file with `Content-Type: text/csv`.")
    raw = request.get_data(cache=True)
    return written(_taking(source, raw, ""), _first_lines)


@bp.get("/api/receipts")
@open_to(STAFF)
@described(
    "List receipts: what is open, `state=explained` by date, or those of a `file`",
    answers={200: "Receipts"},
    query=("from", "to"),
)
def list_receipts() -> Response:
    """What somebody should look at, all else of some time, or the lines of a file."""
    if file_id := request.args.get("file"):
        return answer(_lines(file_id))
    state = request.args.get("state", "open")
    if state not in ("open", "explained"):
        raise InvalidError(Fault("state", "This is one of: open, explained."))
    work, limit, purpose = begin(), paging.limit(), f"receipts:{state}"
    after = paging.after(purpose)
    if state == "open":
        found, more = reconciling.proposals(work, limit=limit, after=after)
    else:
        first, last = map(str, asked_days())
        found, more = reconciling.explained(work, first, last, limit=limit, after=after)
    items = [taken_body(one) for one in found]
    return answer({"items": items, "next": paging.cursor(purpose, more)})


@bp.get("/dispatch/money")
@open_to(STAFF)
def money() -> str:
    """What came from outside and needs somebody, and the files that were taken."""
    return _money(FileForm())


@bp.post("/dispatch/money")
@open_to(STAFF, right=Right.PAY)
def take_file() -> Any:
    """Take a file, and show each of its lines."""
    form = FileForm(CombinedMultiDict([request.files, request.form]))
    if not form.validate():
        return _money(form), 422
    sent = form.file.data
    name = (sent.filename or "")[-100:]
    try:
        report = attempted(_taking(form.source.data, sent.read(), name))
    except (InvalidError, UnreadableError) as refusal:
        form.file.errors = _sentences(refusal)
        return _money(form), 422
    said = "money_taken" if report.fresh else "money_again"
    return redirect(f"/dispatch/money/files/{report.file.file_id}?said={said}", 303)


@bp.get("/dispatch/money/files/<file_id>")
@open_to(STAFF)
def money_file(file_id: str) -> str:
    """One file, line by line."""
    work = begin()
    skip = _skip()
    report = reconciling.report(work, file_id, limit=_PAGE, skip=skip)
    more = skip + _PAGE < len(report.file.receipts)
    return page(
        "dispatch/money_file.html",
        file=report.file,
        source=SOURCES[report.file.source],
        lines=[line_of(one) for one in report.lines],
        may_pay=_may_pay(),
        zone=_zone(work),
        next_url=f"/dispatch/money/files/{file_id}?skip={skip + _PAGE}"
        if more
        else None,
    )


@bp.post(f"{_RECEIPT}/accept")
@open_to(STAFF, right=Right.PAY)
def accept_receipt(receipt_id: str) -> Any:
    """Book a receipt where it was proposed, or where it was chosen to belong."""
    by, at, choice = caller().actor, now(), request.form.get("choice", "")
    attempted(
        lambda work: reconciling.accept(work, receipt_id, choice=choice, by=by, at=at)
    )
    return redirect("/dispatch/money?said=money_booked", 303)


@bp.post(f"{_RECEIPT}/dismiss")
@open_to(STAFF, right=Right.PAY)
def dismiss_receipt(receipt_id: str) -> Any:
    """Say why a receipt belongs nowhere, or what explains its difference."""
    by, at, reason = caller().actor, now(), request.form.get("reason", "")
    attempted(lambda work: reconciling.dismiss(work, receipt_id, reason, by=by, at=at))
    return redirect("/dispatch/money?said=money_dismissed", 303)


def _taking(source: str, raw: bytes, name: str) -> Callable[[UnitOfWork], Report]:
    """What takes this file; it is read at once, so that a wrong one is refused."""
    told = read(source, raw)
    by, at = caller().actor, now()
    return lambda work: reconciling.take_file(
        work,
        source,
        raw,
        told.receipts,
        name=name,
        passed_over=told.passed_over,
        by=by,
        at=at,
    )


def _first_lines(report: Report) -> tuple[Body, int]:
    """A whole file would be too much to be remembered as an answer."""
    first = replace(report, lines=report.lines[:_PAGE])
    rest = _PAGE if len(report.lines) > _PAGE else None
    cursor = paging.cursor(f"receipts:{report.file.file_id}", rest)
    return report_body(first, cursor), 200


def _lines(file_id: str) -> Body:
    purpose, limit = f"receipts:{file_id}", paging.limit()
    skip = paging.after(purpose) or 0
    report = reconciling.report(begin(), file_id, limit=limit, skip=skip)
    rest = skip + limit if skip + limit < len(report.file.receipts) else None
    return report_body(report, paging.cursor(purpose, rest))


def _money(form: FileForm) -> str:
    work = begin()
    found, more = reconciling.proposals(work, limit=_PAGE, after=paging.after("money"))
    cursor = paging.cursor("money", more)
    return page(
        "dispatch/money.html",
        form=form,
        lines=[line_of(one) for one in found],
        may_pay=_may_pay(),
        overdue=overdue(work, now()),
        files=reconciling.files(work),
        sources=SOURCES,
        zone=_zone(work),
        next_url=f"/dispatch/money?cursor={cursor}" if cursor else None,
    )


def _sentences(refusal: JadaError) -> list[str]:
    if isinstance(refusal, InvalidError):
        return [f"{_begun(one.field)}: {one.message}" for one in refusal.faults]
    return [str(refusal)]


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _skip() -> int:
    text = request.args.get("skip", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _may_pay() -> bool:
    session = member()
    return session is not None and session.role.may(Right.PAY)


def _zone(work: UnitOfWork) -> Any:
    return house.operations(work).docks[0].zone
