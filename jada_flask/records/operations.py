"""Records that crew and guests may reach: everything in the table Events."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from jada_flask.domain.audit import AuditLine
from jada_flask.domain.checklist import Checklist
from jada_flask.domain.crew import CrewAssignment
from jada_flask.domain.event import Event, Patron
from jada_flask.domain.house import Operations
from jada_flask.domain.ids import file_of
from jada_flask.domain.outbox import Message, State
from jada_flask.domain.returned_mail import ReturnedMail
from jada_flask.ports import Item, Key
from jada_flask.records.kinds import Kind, decade, milliseconds
from jada_flask.tables import EVENTS, Table

HEAD = "#"
_KEEP_MESSAGES = timedelta(days=400)


def stamp(moment: datetime) -> str:
    """A moment as text that sorts by time."""
    # A tenth of what strftime takes.
    return f"{moment.isoformat()[:19]}Z"


def boat_key(boat: str) -> str:
    return f"BOAT#{boat}"


def crew_key(crew_id: str) -> str:
    return f"CREW#{crew_id}"


def _event_key(event_id: str) -> Key:
    return f"EVENT#{event_id}", HEAD


def _event_facets(event: Event) -> Item:
    start_id = f"{stamp(event.start)}#{event.event_id}"
    facets: Item = {"year": decade(event.start.year), "start_id": start_id}
    if event.boat and not event.cancelled:
        facets |= {"who": boat_key(event.boat), "when": start_id}
        facets["until"] = stamp(event.end)
    return facets


EVENT = Kind(
    Event,
    EVENTS,
    key=_event_key,
    ids=lambda event: (event.event_id,),
    facets=_event_facets,
)


def _assignment_facets(place: CrewAssignment) -> Item:
    if place.removed:
        return {}
    when = f"{stamp(place.call_time)}#{place.event_id}"
    return {
        "who": crew_key(place.crew_id),
        "when": when,
        "until": stamp(place.release_time),
    }


ASSIGNMENT = Kind(
    CrewAssignment,
    EVENTS,
    key=lambda event_id, crew_id: (f"EVENT#{event_id}", f"CREW#{crew_id}"),
    ids=lambda place: (place.event_id, place.crew_id),
    facets=_assignment_facets,
)

PATRON = Kind(
    Patron,
    EVENTS,
    key=lambda event_id, patron_id: (f"EVENT#{event_id}", f"PATRON#{patron_id}"),
    ids=lambda patron: (patron.event_id, patron.patron_id),
    copied=lambda patron: (patron.event_id, patron_mark(patron.patron_id)),
)


def patron_mark(patron_id: str) -> str:
    """The attribute on the event's header that holds a copy of a patron."""
    return f"patron:{patron_id}"


def answer_mark(crew_id: str) -> str:
    """The attribute on the event's header that shows who is asked, and the answer."""
    return f"answer:{crew_id}"


def gone_mark(crew_id: str) -> str:
    """The attribute on the event's header of somebody who was taken off."""
    return f"gone:{crew_id}"


CHECKLIST = Kind(
    Checklist,
    EVENTS,
    key=lambda event_id: (f"EVENT#{event_id}", "TASKS"),
    ids=lambda checklist: (checklist.event_id,),
)

OPERATIONS = Kind(
    Operations, EVENTS, key=lambda: ("HOUSE", "operations"), ids=lambda house: ()
)


RETURNED = Kind(
    ReturnedMail,
    EVENTS,
    key=lambda address: (f"MAIL#{address}", HEAD),
    ids=lambda told: (told.address,),
)


def returned_mark(address: str) -> str:
    """The attribute on the event's header for a mail that came back from there."""
    return f"returned:{address}"


def slug_item(slug: str, event_id: str) -> Item:
    """What leads from a guest page's public name to its event."""
    return {"pk": f"SLUG#{slug}", "sk": HEAD, "event_id": event_id}


def _message_facets(message: Message) -> Item:
    if message.due_at is not None:
        return {"due": "due", "due_at": milliseconds(message.due_at)}
    if message.settled_at is None:
        return {}
    if message.state is State.DEAD:
        return {"due": "dead", "due_at": milliseconds(message.settled_at)}
    return {"expires": int((message.settled_at + _KEEP_MESSAGES).timestamp())}


@cache
def message_kind(table: Table) -> Kind[Message]:
    """Messages wait in the table of their zone.

    Events, or Jobs where amounts are in them.
    """
    return Kind(
        Message,
        table,
        key=lambda subject, message_id: (f"MSG#{subject}", message_id),
        ids=lambda message: (message.subject, message.message_id),
        facets=_message_facets,
    )


@cache
def audit_kind(table: Table) -> Kind[AuditLine]:
    """The audit trail of one thing, by time; a booking's is that of its event."""
    return Kind(
        AuditLine,
        table,
        key=lambda about, mark: (f"AUDIT#{file_of(about)}", mark),
        ids=lambda line: (
            line.about,
            f"{line.at.isoformat(timespec='microseconds')}#{line.mark}",
        ),
    )


def mark_of(message: Message) -> str:
    """The attribute on the event's header that shows how this message stands."""
    return f"mark:{message.step}:{message.recipient}"
