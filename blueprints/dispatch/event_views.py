"""The page on which the office changes what the crew sees of a charter."""

from __future__ import annotations

from typing import Any

from flask import redirect, request

from blueprints.dispatch import bp
from blueprints.dispatch.event_form import EventForm
from jada_flask.domain.errors import ConflictError, InvalidError
from jada_flask.domain.event import Event
from jada_flask.domain.staff import Right
from jada_flask.records.operations import EVENT
from jada_flask.services import crew_events, events, house
from jada_flask.services.crew_events import Entered
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.access import STAFF, caller, open_to
from jada_flask.web.context import begin, now
from jada_flask.web.pages import page
from jada_flask.web.writes import attempted

_EDIT = "/dispatch/events/<event_id>/edit"


@bp.get(_EDIT)
@open_to(STAFF, right=Right.WORK)
def edit_event(event_id: str) -> str:
    """The form as the charter is now."""
    work = begin()
    event = _event(work, event_id)
    known = events.assignments(work, event_id)
    return _shown(event, EventForm.of(event, known, house.operations(work)))


@bp.post(_EDIT)
@open_to(STAFF)
def change_event(event_id: str) -> Any:
    """Change what the crew sees; whom it concerns is told."""
    work = begin()
    event = _event(work, event_id)
    form = EventForm(request.form).offer(house.operations(work))
    try:
        changed = _changed(event, form)
    except ConflictError as error:
        form.form_errors.append(str(error))
        return _shown(event, form), 409
    if changed is None:
        return _shown(event, form), 422
    return redirect(f"/dispatch/events/{event_id}?said=edited", 303)


def _changed(event: Event, form: EventForm) -> Entered | None:
    """The charter as it is now; None where a control says what is wrong."""
    body = form.changes(event)
    if body is None:
        return None
    by, at = caller().actor, now()
    try:
        return attempted(
            lambda work: crew_events.change(work, event.event_id, body, by=by, at=at)
        )
    except InvalidError as error:
        form.blame(*error.faults)
        return None


def _event(work: UnitOfWork, event_id: str) -> Event:
    return work.need(EVENT, event_id, otherwise="There is no such charter.")


def _shown(event: Event, form: EventForm) -> str:
    return page("dispatch/event_form.html", event=event, event_form=form)
