"""One charter with all that its pages show, for the tests of templates."""

from __future__ import annotations

from collections import namedtuple
from datetime import UTC, datetime, timedelta
from typing import Any

from wtforms import Form, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from blueprints.dispatch.roster_lines import Charter
from jada_flask.domain.crew import CrewAssignment
from jada_flask.domain.event import Event
from jada_flask.domain.house import Boat, Dock, Operations
from jada_flask.domain.margin import Margin
from jada_flask.domain.money import Money
from jada_flask.domain.outbox import State
from jada_flask.domain.steps import StepView
from jada_flask.services.board import Card as BoardCard
from jada_flask.services.charters import Look

START = datetime(2026, 5, 30, 23, 30, tzinfo=UTC)
NOW = datetime(2026, 5, 26, 18, 0, tzinfo=UTC)
LINK = "https://office.example.com/events/EV_1?token=t0ken"

Filters = namedtuple("Filters", "when boat q")
Card = namedtuple(
    "Card",
    "event crew accepted asked patrons steps cautions net source source_ref "
    "owing paid open",
    defaults=(0, 0, Money()),
)

BOAT = Boat("jada", "Jada", "A classic yacht.", "CAP_001", ())
DOCK = Dock(
    "sheraton",
    "Sheraton Marina",
    "1380 Harbor Island Drive",
    "Turn left at the lawn.",
    "In the hotel's garage.",
    32.727,
    -117.203,
    "America/Los_Angeles",
)
OPERATOR = Operations(
    "San Diego Sail",
    "office@example.com",
    "+1 (619) 555-0100",
    (BOAT,),
    (DOCK,),
    (),
    (),
)
MARGIN = Margin(Money(84075), Money(25000), Money(15000), Money(15134))


class AnswerForm(Form):
    """The crew's question, as a page asks it."""

    answer = RadioField(
        "Answer", choices=[SelectChoice("accept", "Yes"), SelectChoice("decline", "No")]
    )


def event(**changes: Any) -> Event:
    facts: dict[str, Any] = {
        "event_id": "EV_1",
        "name": "Jada for Maya Lind",
        "start": START,
        "duration_minutes": 180,
        "time_zone": "America/Los_Angeles",
        "location": "Sheraton Marina",
        "revision": 7,
        "boat": "jada",
        "boat_name": "Jada",
        "host": "Maya Lind",
        "party_size": 4,
    }
    return Event(**facts | changes)


def assignment(**changes: Any) -> CrewAssignment:
    facts: dict[str, Any] = {
        "event_id": "EV_1",
        "crew_id": "CREW_001",
        "name": "Nia Park",
        "email": "nia@example.com",
        "role": "deckhand",
        "call_time": START - timedelta(hours=1),
        "release_time": START + timedelta(hours=4),
        "expires_at": START + timedelta(hours=30),
        "nonce": "n",
        "token_hash": "h",
    }
    return CrewAssignment(**facts | changes)


def guest_page(**changes: Any) -> dict[str, Any]:
    return {
        "event": event(**changes),
        "boat": BOAT,
        "dock": DOCK,
        "operator": OPERATOR,
        "sunset": START + timedelta(hours=3, minutes=19),
        "map_url": "https://maps.example.com/here",
    }


def crew_page(**changes: Any) -> dict[str, Any]:
    context: dict[str, Any] = {
        "event": event(),
        "assignment": assignment(),
        "boat": BOAT,
        "dock": DOCK,
        "operator": OPERATOR,
        "tasks": [],
        "tasks_url": None,
        "form": AnswerForm(),
        "answered": False,
        "saved": False,
        "calendar_url": "/events/EV_1/calendar.ics",
        "csrf_token": lambda: "token",
    }
    return context | changes


def board(*cards: Card) -> dict[str, Any]:
    return {
        "cards": cards,
        "requests": [],
        "filters": Filters("upcoming", "", ""),
        "boats": (BOAT,),
        "counts": {"dead": 0},
        "next_url": None,
        "nav": [],
        "now": NOW,
    }


def card(**changes: Any) -> Card:
    plain = Card(
        event(), [("Nia Park", "deckhand", "pending")], 0, 1, 4, (), (), None, "", ""
    )
    return plain._replace(**changes)


def charter_page(**changes: Any) -> dict[str, Any]:
    context: dict[str, Any] = {
        "event": event(),
        "booking": None,
        "crew": [assignment()],
        "charter": Charter(Look(BoardCard(event(), (), ()), []), [], ""),
        "may": {"look"},
        "checklist": [],
        "steps": [StepView(f"step_{state}", state) for state in State],
        "retry_url": lambda step: f"/retry/{step}",
        "cautions": (),
        "deadlines": (),
        "margin": MARGIN,
        "links": [],
        "cancel_url": None,
        "now": NOW,
        "csrf_token": lambda: "token",
    }
    return context | changes


def mail(**changes: Any) -> dict[str, Any]:
    context: dict[str, Any] = {
        "event": event(),
        "assignment": assignment(),
        "boat_name": "Jada",
        "dock": DOCK,
        "operator": OPERATOR,
        "link": LINK,
        "answer": "accepted",
        "changes": [("Call time", "2:30 PM", "3:30 PM")],
    }
    return context | changes
