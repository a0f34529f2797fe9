"""The office's pages: the board, one charter, the outbox."""

from __future__ import annotations

from typing import Any

from flask import redirect, request

from blueprints.dispatch import awake, bp, charter, listing, outbox_rows
from jada_flask.records.jobs import GIVEN_UP
from jada_flask.records.money import HELD
from jada_flask.records.operations import OPERATIONS
from jada_flask.services import automation, bookings, outbox
from jada_flask.web.access import STAFF, caller, open_to
from jada_flask.web.context import begin, now, parts
from jada_flask.web.pages import page
from jada_flask.web.writes import attempted


@bp.get("/dispatch")
@open_to(STAFF)
def index() -> str:
    """Upcoming charters, or those that are over, page by page."""
    return page("dispatch/index.html", **listing.listed(begin(), at=now()))


@bp.get("/dispatch/events/<event_id>")
@open_to(STAFF)
def event(event_id: str) -> str:
    """All of one charter."""
    return page("dispatch/event.html", **charter.shown(begin(), event_id, at=now()))


@bp.get("/dispatch/events/<event_id>/history")
@open_to(STAFF)
def event_history(event_id: str) -> str:
    """Who did what about one charter."""
    return page("dispatch/history.html", **charter.past(begin(), event_id))


@bp.post("/dispatch/bookings/<booking_id>/steps/<step>/retry")
@open_to(STAFF)
def retry(booking_id: str, step: str) -> Any:
    """Have one step of a booking done again."""
    by, at = caller().actor, now()
    retried = attempted(
        lambda work: automation.retry_step(work, booking_id, step, by=by, at=at)
    )
    return redirect(f"/dispatch/events/{retried.booking.event_id}?said=replayed", 303)


@bp.post("/dispatch/bookings/<booking_id>/cancel")
@open_to(STAFF)
def cancel(booking_id: str) -> Any:
    """Cancel a booking."""
    by, at = caller().actor, now()
    reason = request.form.get("reason", "")[:500]
    taken = attempted(
        lambda work: bookings.cancel_booking(
            work, booking_id, by=by, at=at, reason=reason
        )
    )
    return redirect(f"/dispatch/events/{taken.booking.event_id}?said=cancelled", 303)


@bp.get("/dispatch/outbox")
@open_to(STAFF)
def waiting() -> str:
    """What still has to leave the house, and what was given up."""
    work, at = begin(), now()
    work.ahead((OPERATIONS,), (GIVEN_UP,), (HELD,))
    sent = outbox.last_sent(work, outbox_rows.LABELS)
    listed = outbox_rows.listed(work, sent, at=at)
    messages = [row.message for group in listed["groups"] for row in group.rows]
    card = awake.shown(work, messages, sent, parts().ports.inbox, at=at)
    return page("dispatch/outbox.html", **listed, **card)


@bp.post("/dispatch/outbox/<subject>/<message_id>/replay")
@open_to(STAFF)
def replay(subject: str, message_id: str) -> Any:
    """Send one message again."""
    by, at = caller().actor, now()
    attempted(lambda work: outbox.replay_one(work, subject, message_id, by=by, at=at))
    return redirect("/dispatch/outbox?said=replayed", 303)
