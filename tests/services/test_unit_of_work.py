"""What is read and saved is written all at once, and over nobody's head."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jada_flask.domain.audit import Actor
from jada_flask.domain.crew import Answer
from jada_flask.domain.errors import NotFoundError
from jada_flask.domain.outbox import Message
from jada_flask.ports import ConditionError
from jada_flask.records.operations import ASSIGNMENT, EVENT
from jada_flask.services import calendar, crew
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from tests.builders import booking
from tests.callers import Caller, stored
from tests.fakes import NOON

ANA = Actor("staff", "ana")


@pytest.fixture
def event_id(scripts: Caller) -> str:
    return str(scripts.post("/api/bookings", booking()).json["event_id"])


def begin(parts: Parts) -> UnitOfWork:
    return UnitOfWork(parts.office)


def test_of_two_who_change_the_same_thing_the_second_starts_over(
    parts: Parts, event_id: str
) -> None:
    first, second = begin(parts), begin(parts)
    for work, notes in ((first, "Ana was here."), (second, "So was Ben.")):
        event = work.need(EVENT, event_id, otherwise="gone")
        work.save(EVENT, replace(event, notes=notes))

    first.commit(by=ANA, did="event.changed", at=NOON, about=event_id)
    before = stored(parts)
    with pytest.raises(ConditionError):
        second.commit(by=ANA, did="event.changed", at=NOON, about=event_id)

    assert stored(parts) == before


def test_of_two_who_make_the_same_thing_the_second_starts_over(
    parts: Parts, event_id: str
) -> None:
    """Who has not looked thinks that it is new, and is told that it is not."""
    place = begin(parts).need(ASSIGNMENT, event_id, "CREW_001", otherwise="gone")
    before, late = stored(parts), begin(parts)
    late.save(ASSIGNMENT, replace(place, answer=Answer.ACCEPTED))

    with pytest.raises(ConditionError):
        late.commit(by=ANA, did="crew.asked", at=NOON, about=event_id)

    assert stored(parts) == before


def test_an_answer_to_what_has_just_changed_is_not_kept(
    parts: Parts, event_id: str
) -> None:
    member, office = begin(parts), begin(parts)
    seen = crew.Aboard(
        member.need(EVENT, event_id, otherwise="gone"),
        member.need(ASSIGNMENT, event_id, "CREW_001", otherwise="gone"),
    )
    member.save(ASSIGNMENT, replace(seen.place, answer=Answer.ACCEPTED))
    place = office.need(ASSIGNMENT, event_id, "CREW_001", otherwise="gone")
    office.save(ASSIGNMENT, replace(place, removed=True))
    office.commit(by=ANA, did="crew.removed", at=NOON, about=event_id)

    with pytest.raises(ConditionError):
        member.commit(by=ANA, did="crew.accepted", at=NOON, about=event_id)


def test_nothing_is_written_before_the_commit(parts: Parts, event_id: str) -> None:
    before, work = stored(parts), begin(parts)

    event = work.need(EVENT, event_id, otherwise="gone")
    work.save(EVENT, replace(event, notes="Ana was here."))
    work.mark(event_id, {"answer:CREW_001": None})
    work.enqueue(Message(event_id, "x", "guest_page", NOON, due_at=NOON))

    assert stored(parts) == before


def test_what_is_not_there_is_said_in_the_words_of_who_asks(parts: Parts) -> None:
    with pytest.raises(NotFoundError, match="no such calendar entry"):
        calendar.one(begin(parts), "CAL_none")


def test_the_same_message_is_promised_once(parts: Parts, event_id: str) -> None:
    for expected in (None, ConditionError):
        work = begin(parts)
        work.enqueue(Message(event_id, "twice", "guest_page", NOON, due_at=NOON))
        if expected is None:
            work.commit(by=ANA, did="page.wanted", at=NOON, about=event_id)
            continue
        with pytest.raises(expected):
            work.commit(by=ANA, did="page.wanted", at=NOON, about=event_id)
