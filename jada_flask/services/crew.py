"""What a crew member does with the link in their mail. No money, and no way to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from jada_flask.domain.audit import Actor
from jada_flask.domain.checklist import Checklist
from jada_flask.domain.crew import Answer, CrewAssignment
from jada_flask.domain.errors import ConflictError, NotFoundError, RuleError
from jada_flask.domain.event import Event
from jada_flask.domain.outbox import Message
from jada_flask.ports import Item
from jada_flask.records.operations import ASSIGNMENT, CHECKLIST, EVENT, OPERATIONS
from jada_flask.services.events import assignments, show_answer
from jada_flask.unit_of_work import UnitOfWork

_NO_LINK = "This link does not lead anywhere, or it has expired."


@dataclass(frozen=True, slots=True)
class Aboard:
    """One member's view of one event."""

    event: Event
    place: CrewAssignment


def open_link(
    work: UnitOfWork, event_id: str, token: str, *, at: datetime
) -> CrewAssignment:
    """Whose link this is. Raises `NotFoundError` when it is nobody's or has expired."""
    for place in assignments(work, event_id):
        if place.opens_to(token, at):
            return place
    raise NotFoundError(_NO_LINK)


def aboard(
    work: UnitOfWork, event_id: str, crew_id: str, token_hash: str, *, at: datetime
) -> Aboard:
    """What a member may see, for as long as the link that let them in serves."""
    work.ahead((EVENT, event_id), (ASSIGNMENT, event_id, crew_id))
    event = work.get(EVENT, event_id)
    place = work.get(ASSIGNMENT, event_id, crew_id)
    if event is None or place is None or place.token_hash != token_hash:
        raise NotFoundError(_NO_LINK)
    if place.removed or place.expired(at):
        raise NotFoundError(_NO_LINK)
    return Aboard(event, place)


def answer(
    work: UnitOfWork,
    seen: Aboard,
    choice: Answer,
    *,
    plan: int,
    by: Actor,
    at: datetime,
) -> CrewAssignment:
    """Accept or decline; the last answer before departure counts, and dispatch is told.

    `plan` is the revision that the answer is to. Raises `ConflictError` when another
    has taken its place, `RuleError` once the charter has left or is off. The same
    answer again changes and sends nothing.
    """
    event = seen.event
    if event.cancelled:
        raise RuleError(
            "This charter is cancelled; there is nothing to answer any more."
        )
    if at >= event.start:
        raise RuleError("This charter has already left. Call the office instead.")
    place = work.need(
        ASSIGNMENT, event.event_id, seen.place.crew_id, otherwise=_NO_LINK
    )
    if place.revision != plan:
        raise ConflictError("The plan has changed. Look at it and answer again.")
    if place.answer is choice:
        return place
    answered = replace(place, answer=choice, answered_at=at)
    work.save(ASSIGNMENT, answered)
    show_answer(work, answered)
    work.enqueue(
        Message(
            subject=event.event_id,
            message_id=f"crew_answer_notice:{event.event_id}:{place.crew_id}:{at.isoformat()}",
            kind="crew_answer_notice",
            created_at=at,
            event_id=event.event_id,
            recipient=place.crew_id,
            payload={"answer": choice.value},
            due_at=at,
        )
    )
    work.commit(by=by, did=f"crew.{choice}", at=at, about=event.event_id)
    return answered


@dataclass(frozen=True, slots=True)
class Tick:
    """That a task is done, by whom and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tasks:
    """The checklist of an event with what is ticked."""

    checklist: Checklist
    ticks: dict[str, Tick]


def tasks(work: UnitOfWork, event_id: str) -> Tasks:
    """The checklist as it stands, and beside it the house for whoever shows both."""
    work.ahead((CHECKLIST, event_id), (OPERATIONS,))
    found = work.find(CHECKLIST, event_id)
    if found is None:
        return Tasks(Checklist(event_id, ()), {})
    return Tasks(found.value, _ticks(found.item))


def tick(
    work: UnitOfWork, seen: Aboard, task_id: str, *, done: bool, by: Actor, at: datetime
) -> None:
    """Tick a task or take the tick back; every member aboard may."""
    listed = tasks(work, seen.event.event_id)
    if task_id not in {task.task_id for task in listed.checklist.tasks}:
        raise NotFoundError("There is no such task on this checklist.")
    if done == (task_id in listed.ticks):
        return
    mark = [seen.place.name, at.isoformat()] if done else None
    work.patch(CHECKLIST, seen.event.event_id, changes={f"tick:{task_id}": mark})
    did = "task.done" if done else "task.reopened"
    work.commit(by=by, did=did, at=at, about=seen.event.event_id, detail=task_id)


def _ticks(item: Item) -> dict[str, Tick]:
    return {
        name.removeprefix("tick:"): Tick(mark[0], datetime.fromisoformat(mark[1]))
        for name, mark in item.items()
        if name.startswith("tick:") and mark
    }
