"""The office's API: who is on the roster of a charter."""

from __future__ import annotations

from flask import Response

from blueprints.payments import bp
from blueprints.payments.shown import Body, aboard_body
from jada_flask.domain.event import Patron
from jada_flask.domain.staff import Right
from jada_flask.intake.payment_body import PatronBody, PatronPatch
from jada_flask.intake.schema import load
from jada_flask.services import roster
from jada_flask.services.roster import Aboard
from jada_flask.web.access import STAFF, caller, open_to
from jada_flask.web.bodies import json_body
from jada_flask.web.context import now
from jada_flask.web.described import described
from jada_flask.web.writes import written

_PATRON, _PATCH = PatronBody(), PatronPatch()


@bp.post("/api/events/<event_id>/patrons")
@open_to(STAFF, right=Right.PAY)
@described("Put somebody on the roster", body=PatronBody, answers={201: "Patron"})
def add_patron(event_id: str) -> Response:
    """Put somebody on the roster, with what is due where that is agreed."""
    data = load(_PATRON, json_body())
    by, at = caller().actor, now()
    return written(
        lambda work: roster.add(work, event_id, data, by=by, at=at),
        lambda aboard: (_body(aboard), 201),
    )


@bp.patch("/api/events/<event_id>/patrons/<patron_id>")
@open_to(STAFF, right=Right.PAY)
@described("Change somebody on the roster", body=PatronPatch, answers={200: "Patron"})
def change_patron(event_id: str, patron_id: str) -> Response:
    """Change particulars or what is due; what was logged stays as it is."""
    data = load(_PATCH, json_body())
    by, at = caller().actor, now()
    return written(
        lambda work: roster.change(work, event_id, patron_id, data, by=by, at=at),
        lambda aboard: (_body(aboard), 200),
    )


@bp.delete("/api/events/<event_id>/patrons/<patron_id>")
@open_to(STAFF, right=Right.PAY)
@described("Take somebody off the roster", answers={200: "Removed"})
def remove_patron(event_id: str, patron_id: str) -> Response:
    """Take somebody off the roster who has paid nothing."""
    by, at = caller().actor, now()
    return written(
        lambda work: roster.remove(work, event_id, patron_id, by=by, at=at), _removed
    )


def _body(aboard: Aboard) -> Body:
    event_id = aboard.patron.event_id
    return {"event_id": event_id} | aboard_body(aboard.patron, aboard.account)


def _removed(patron: Patron) -> tuple[Body, int]:
    return {
        "event_id": patron.event_id,
        "patron_id": patron.patron_id,
        "removed": True,
    }, 200
