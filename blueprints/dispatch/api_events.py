"""The office's API: events with their crew, roster and checklist."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response

from blueprints.dispatch import bp, shown
from jada_flask.domain.event import Patron
from jada_flask.domain.ledger import Ledger
from jada_flask.records.payments import LEDGER
from jada_flask.services import accounts, board, charters, crew
from jada_flask.web import paging
from jada_flask.web.access import STAFF, open_to
from jada_flask.web.answers import answer, moment
from jada_flask.web.context import begin
from jada_flask.web.days import asked_days
from jada_flask.web.described import described
from jada_flask.web.people import account_body, patron_body


@bp.get("/api/events")
@open_to(STAFF)
@described("List events by date", answers={200: "Events"}, query=("from", "to"))
def list_events() -> Response:
    """Events from one day to another, with crew, steps, rosters and payment flags."""
    first, last = asked_days()
    work = begin()
    found, after = board.by_date(
        work,
        str(first),
        f"{last}~",
        limit=paging.limit(),
        after=paging.after("events"),
    )
    ledgers = accounts.of_cards(work, found)
    items = [_card(card, ledgers.get(card.event.event_id)) for card in found]
    return answer({"items": items, "next": paging.cursor("events", after)})


@bp.get("/api/events/<event_id>")
@open_to(STAFF)
@described("One event", answers={200: "Event"})
def get_event(event_id: str) -> Response:
    """One event with crew, roster, payment flags and checklist."""
    work = begin()
    look = charters.look(work, event_id, otherwise="There is no such event.")
    event = look.event
    listed = crew.tasks(work, event_id)
    body = shown.event_body(event) | {
        "crew": [
            shown.assignment_body(place, event)
            for place in look.crew
            if not place.removed
        ],
        "roster": _roster(look.roster, work.get(LEDGER, event_id)),
        "checklist": [
            {
                "task_id": task.task_id,
                "title": task.title,
                "due": moment(task.due, event.zone),
                "role": task.role,
                "done": task.task_id in listed.ticks,
            }
            for task in listed.checklist.tasks
        ],
        "photos": [],
    }
    return answer(body)


def _roster(patrons: Iterable[Patron], ledger: Ledger | None) -> list[shown.Body]:
    """Who is aboard, each with what is due and paid."""
    kept = ledger or Ledger("", "")
    return [
        patron_body(patron) | account_body(kept.account(patron.patron_id))
        for patron in patrons
    ]


def _card(card: board.Card, ledger: Ledger | None) -> shown.Body:
    return shown.event_body(card.event) | {
        "crew": [
            {
                "crew_id": one.crew_id,
                "name": one.name,
                "role": one.role,
                "answer": one.answer,
            }
            for one in card.crew
        ],
        "roster": _roster(card.roster, ledger),
        "steps": [
            {"name": step.name, "state": step.state.value} for step in card.steps
        ],
    }
