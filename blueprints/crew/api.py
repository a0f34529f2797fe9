"""Crew events as other services enter them, with the service key."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response

from blueprints.crew import services, shown
from jada_flask.intake.crew_body import CrewEventBody, CrewEventPatch
from jada_flask.intake.schema import load
from jada_flask.records.operations import EVENT
from jada_flask.services import crew_events, events
from jada_flask.services.crew_events import Entered
from jada_flask.web.access import SERVICE, STAFF, caller, let_in, open_to
from jada_flask.web.answers import answer
from jada_flask.web.bodies import json_body
from jada_flask.web.context import begin, now
from jada_flask.web.described import described
from jada_flask.web.writes import written

_EVENT, _PATCH = CrewEventBody(), CrewEventPatch()


@services.post("/events/")
@open_to(SERVICE)
@described("Enter a crew event", body=CrewEventBody, answers={201: "CrewEvent"})
def enter() -> Response:
    """Enter a crew event: its crew is asked at once. A field of money is refused."""
    data = load(_EVENT, json_body())
    act = partial(crew_events.enter, data=data, by=caller().actor, at=now())
    return written(act, lambda entered: (_body(entered), 201))


@services.patch("/events/<event_id>")
@open_to(SERVICE, STAFF)
@described("Change a crew event", body=CrewEventPatch, answers={200: "CrewEvent"})
def change(event_id: str) -> Response:
    """Change what the crew sees of an event; whom it concerns is told."""
    data = load(_PATCH, json_body())
    act = partial(
        crew_events.change, event_id=event_id, data=data, by=caller().actor, at=now()
    )
    return written(act, lambda changed: (_body(changed), 200))


def shown_to_service(event_id: str) -> Response:
    """A crew event as JSON, for whoever holds the service key."""
    let_in(SERVICE)
    work = begin()
    found = work.need(EVENT, event_id, otherwise="There is no such event.")
    return answer(shown.event_body(found, events.assignments(work, event_id)))


def _body(entered: Entered) -> dict[str, Any]:
    return shown.event_body(entered.event, entered.places)
