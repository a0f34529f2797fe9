"""The pages of a roster: who comes aboard, and what is due."""

from __future__ import annotations

from typing import Any

from flask import redirect, request

from blueprints.dispatch import bp
from blueprints.dispatch.forms import typed_amount
from blueprints.dispatch.roster_forms import PatronForm
from blueprints.dispatch.roster_lines import Charter, Line, charter_of
from jada_flask.domain.errors import ConflictError, NotFoundError
from jada_flask.domain.staff import Right
from jada_flask.services import roster
from jada_flask.services.payment_log import NO_PATRON
from jada_flask.web.access import STAFF, caller, open_to
from jada_flask.web.context import begin, now
from jada_flask.web.pages import page
from jada_flask.web.writes import attempted

_EVENT = "/dispatch/events/<event_id>"


@bp.get(f"{_EVENT}/patrons/new")
@open_to(STAFF, right=Right.PAY)
def new_patron(event_id: str) -> str:
    """The form of somebody who comes along."""
    return _shown(charter_of(begin(), event_id), PatronForm())


@bp.post(f"{_EVENT}/patrons/new")
@open_to(STAFF, right=Right.PAY)
def add_patron(event_id: str) -> Any:
    """Put somebody on the roster."""
    charter = charter_of(begin(), event_id)
    form = PatronForm(request.form)
    body = form.patron()
    if body is None:
        return _shown(charter, form), 422
    by, at = caller().actor, now()
    try:
        added = attempted(lambda work: roster.add(work, event_id, body, by=by, at=at))
    except ConflictError as error:
        form.form_errors.append(str(error))
        return _shown(charter, form), 409
    return _back(event_id, "added", added.patron.patron_id)


@bp.get(f"{_EVENT}/patrons/<patron_id>")
@open_to(STAFF, right=Right.PAY)
def patron(event_id: str, patron_id: str) -> str:
    """The form of somebody who is on the roster."""
    charter = charter_of(begin(), event_id)
    line = _line(charter, patron_id)
    known = {
        "name": line.patron.name,
        "email": line.patron.email,
        "phone": line.patron.phone,
        "amount_due": typed_amount(line.account.due),
        "minor": line.patron.minor,
    }
    return _shown(charter, PatronForm(data=known), line)


@bp.post(f"{_EVENT}/patrons/<patron_id>")
@open_to(STAFF, right=Right.PAY)
def change_patron(event_id: str, patron_id: str) -> Any:
    """Change particulars or what is due; what was logged stays as it is."""
    charter = charter_of(begin(), event_id)
    line, form = _line(charter, patron_id), PatronForm(request.form)
    body = form.patron()
    if body is None:
        return _shown(charter, form, line), 422
    by, at = caller().actor, now()
    attempted(lambda work: roster.change(work, event_id, patron_id, body, by=by, at=at))
    return _back(event_id, "changed", patron_id)


@bp.post(f"{_EVENT}/patrons/<patron_id>/remove")
@open_to(STAFF, right=Right.PAY)
def remove_patron(event_id: str, patron_id: str) -> Any:
    """Take somebody off the roster who has paid nothing."""
    by, at = caller().actor, now()
    attempted(lambda work: roster.remove(work, event_id, patron_id, by=by, at=at))
    return redirect(f"/dispatch/events/{event_id}?said=removed#roster", 303)


def _line(charter: Charter, patron_id: str) -> Line:
    line = charter.line(patron_id)
    if line is None:
        raise NotFoundError(NO_PATRON)
    return line


def _shown(charter: Charter, form: PatronForm, line: Line | None = None) -> str:
    return page(
        "dispatch/patron_form.html", charter=charter, patron_form=form, line=line
    )


def _back(event_id: str, said: str, patron_id: str) -> Any:
    return redirect(f"/dispatch/events/{event_id}?said={said}#patron-{patron_id}", 303)
