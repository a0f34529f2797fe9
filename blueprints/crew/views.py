"""The crew's pages: the link becomes a cookie, the cookie opens one event."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, request
from itsdangerous import BadData, URLSafeSerializer

from blueprints.crew import api, bp
from blueprints.crew.forms import AnswerForm
from blueprints.crew.shown import page_of
from jada_flask.calendar_file import charter_file
from jada_flask.domain.audit import Actor
from jada_flask.domain.crew import Answer, CrewAssignment
from jada_flask.domain.errors import ConflictError, NotFoundError, RuleError
from jada_flask.services import crew, house
from jada_flask.web import csrf
from jada_flask.web.access import CREW, SERVICE_HEADER, open_to
from jada_flask.web.context import begin, config, links, now
from jada_flask.web.pages import public_page
from jada_flask.web.writes import attempted


@bp.get("/events/<event_id>")
@open_to(CREW)
def event(event_id: str) -> Any:
    """What one member may see of one event; with the link's token, the way in.

    A GET writes nothing: whoever follows links for a living answers nobody. A service
    that entered the event reads it here too, as JSON.
    """
    if SERVICE_HEADER in request.headers:
        return api.shown_to_service(event_id)
    token = request.args.get("token")
    if token is not None:
        return _exchange(event_id, token)
    try:
        seen = _aboard(event_id)
    except NotFoundError:
        return _closed()
    return _page(seen, AnswerForm())


@bp.post("/events/<event_id>")
@open_to(CREW)
def answer(event_id: str) -> Any:
    """Accept or decline; 422 without a choice, 409 where the plan is another."""
    form = AnswerForm(request.form)
    try:
        seen = _aboard(event_id)
    except NotFoundError:
        return _closed()
    if not form.validate():
        return _page(seen, form), 422
    choice, by, at = form.choice(), _actor(seen.place), now()
    plan = form.plan_or(seen.place.revision)
    try:
        attempted(lambda work: crew.answer(work, seen, choice, plan=plan, by=by, at=at))
    except RuleError as error:
        return _page(seen, form, refusal=str(error)), 422
    except ConflictError as error:
        return _page(_aboard(event_id), AnswerForm(), refusal=str(error)), 409
    return redirect(f"/events/{event_id}?saved=answer", 303)


@bp.post("/events/<event_id>/tasks")
@open_to(CREW)
def tick(event_id: str) -> Any:
    """Tick the task of the button that was pressed, or take its tick back."""
    seen = _aboard(event_id)
    done = "done" in request.form
    task_id = request.form.get("done") or request.form.get("undo", "")
    by, at = _actor(seen.place), now()
    attempted(lambda work: crew.tick(work, seen, task_id, done=done, by=by, at=at))
    return redirect(f"/events/{event_id}?saved=task#tasks-title", 303)


@bp.get("/events/<event_id>/calendar.ics")
@open_to(CREW)
def calendar(event_id: str) -> Response:
    """The charter for the calendar of a phone."""
    seen = _aboard(event_id)
    content = charter_file(seen.event, seen.place, url=links().event(event_id))
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="charter.ics"'
    return response


def _exchange(event_id: str, token: str) -> Any:
    """The link's token for a cookie of this event, and the address without it."""
    at = now()
    try:
        place = crew.open_link(begin(), event_id, token, at=at)
    except NotFoundError:
        return _closed()
    response = make_response(redirect(f"/events/{event_id}", 303))
    response.headers["Referrer-Policy"] = "no-referrer"
    value = _signer(event_id).dumps([place.crew_id, place.token_hash])
    left = int((place.expires_at - at).total_seconds())
    csrf.set_cookie(response, csrf.crew_cookie(event_id), value, max_age=max(left, 1))
    return response


def _aboard(event_id: str) -> crew.Aboard:
    """Whoever the cookie lets in; raises `NotFoundError` where it does not."""
    cookie = request.cookies.get(csrf.crew_cookie(event_id), "")
    try:
        crew_id, token_hash = _signer(event_id).loads(cookie)
    except (BadData, ValueError, TypeError):
        raise NotFoundError("This page opens with the link in your mail.") from None
    return crew.aboard(begin(), event_id, crew_id, token_hash, at=now())


def _page(seen: crew.Aboard, form: AnswerForm, *, refusal: str = "") -> str:
    work = begin()
    context = page_of(work, seen, at=now())
    return public_page(
        "crew/event.html",
        form=form,
        answered=seen.place.answer is not Answer.PENDING,
        saved=request.args.get("saved") == "answer",
        messages=[("error", refusal)] if refusal else [],
        **context,
    )


def _closed() -> Any:
    """The same answer for a link that is wrong, old or taken back."""
    operator = house.operations(begin())
    return public_page("crew/expired.html", operator=operator), 404


def _actor(place: CrewAssignment) -> Actor:
    return Actor("crew", place.crew_id)


def _signer(event_id: str) -> URLSafeSerializer:
    return URLSafeSerializer(config().secret_key, salt=f"crew:{event_id}")
