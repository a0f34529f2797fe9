"""Events and all that hangs on them: crew, checklist, roster, guest page. No money."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_hex

from jada_flask.domain.changes import Change, changes_between
from jada_flask.domain.checklist import checklist_for
from jada_flask.domain.crew import (
    Answer,
    CrewAssignment,
    call_time,
    link_expiry,
    release_time,
    token_hash,
)
from jada_flask.domain.event import Event, EventStatus, Patron
from jada_flask.domain.house import CrewRole, Operations
from jada_flask.domain.outbox import Message
from jada_flask.ports import NEW, Put
from jada_flask.records.operations import (
    ASSIGNMENT,
    CHECKLIST,
    EVENT,
    PATRON,
    answer_mark,
    gone_mark,
    slug_item,
    stamp,
)
from jada_flask.sun import sunset
from jada_flask.tables import EVENTS
from jada_flask.unit_of_work import UnitOfWork


def launch(
    work: UnitOfWork,
    event: Event,
    places: Sequence[CrewRole],
    operations: Operations,
    *,
    at: datetime,
    host: Patron | None = None,
    onsite: Mapping[str, int] | None = None,
) -> list[CrewAssignment]:
    """Write a new event with all that hangs on it; promise the mails and the page.

    `onsite` has minutes on site by member where they are not the house's. Nothing is
    committed; whoever calls decides what else belongs to the same commit.
    """
    work.save(EVENT, event)
    if event.slug:
        work.add_raw(Put(EVENTS, slug_item(event.slug, event.event_id), NEW))
        _publish(work, event, at)
    for place in places:
        _ask(work, event, place, operations, at, (onsite or {}).get(place.crew_id))
    work.save(
        CHECKLIST, checklist_for(event, operations, sunset=_sunset(event, operations))
    )
    if host:
        work.save(PATRON, host)
    return work.saved(CrewAssignment)


def amend(
    work: UnitOfWork,
    before: Event,
    after: Event,
    places: Sequence[CrewRole],
    operations: Operations,
    *,
    at: datetime,
) -> Event:
    """Bring an event to a new state and tell just those whom the difference concerns.

    Who is new is asked, who is no longer wanted is told, who stays is told and asked
    again only when time or place changed. Returns the event as it will stand.
    """
    crew = {one.crew_id: one for one in assignments(work, before.event_id)}
    if replace(after, revision=before.revision) == before and not _moved(crew, places):
        return before
    event = replace(after, revision=before.revision + 1)
    changes = changes_between(before, event)
    work.save(EVENT, event)
    wanted = {place.crew_id: place for place in places}
    for crew_id, place in wanted.items():
        assigned = crew.get(crew_id)
        if assigned is None or assigned.removed or before.cancelled:
            _ask(work, event, place, operations, at)
        else:
            _retell(work, event, assigned, place, operations, changes, at)
    for crew_id, assigned in crew.items():
        if crew_id not in wanted and not assigned.removed:
            _remove(work, event, assigned, at)
    _retask(work, event, operations)
    if event.slug and (before.cancelled or _page_facts(before) != _page_facts(event)):
        _publish(work, event, at)
    return event


def cancel(work: UnitOfWork, event: Event, *, at: datetime) -> Event:
    """Call an event off: crew and guest page are told.

    Links go on showing that it is off.
    """
    after = replace(event, status=EventStatus.CANCELLED, revision=event.revision + 1)
    work.save(EVENT, after)
    for assigned in assignments(work, event.event_id):
        if assigned.removed:
            continue
        work.save(ASSIGNMENT, replace(assigned, revision=after.revision))
        if assigned.answer is not Answer.DECLINED:
            _tell(work, after, assigned, "crew_cancelled", at)
    if after.slug:
        _publish(work, after, at)
    return after


def assignments(work: UnitOfWork, event_id: str) -> list[CrewAssignment]:
    """Everybody who was ever asked, who was taken off included."""
    return work.query(ASSIGNMENT, f"EVENT#{event_id}", prefix="CREW#", limit=100).values


def roster(work: UnitOfWork, event_id: str) -> list[Patron]:
    """The people on board, as far as they are known."""
    return work.query(PATRON, f"EVENT#{event_id}", prefix="PATRON#", limit=999).values


def _ask(
    work: UnitOfWork,
    event: Event,
    place: CrewRole,
    operations: Operations,
    at: datetime,
    onsite: int | None = None,
) -> None:
    call = call_time(event, operations)
    release = (
        call + timedelta(minutes=onsite) if onsite else release_time(event, operations)
    )
    nonce = token_hex(16)
    token = work.links.crew_token(event.event_id, place.crew_id, nonce)
    person = operations.person(place.crew_id)
    assignment = CrewAssignment(
        event_id=event.event_id,
        crew_id=place.crew_id,
        name=person.name,
        email=person.email,
        role=place.role,
        call_time=call,
        release_time=release,
        expires_at=link_expiry(event),
        nonce=nonce,
        token_hash=token_hash(token),
        revision=event.revision,
    )
    work.save(ASSIGNMENT, assignment)
    show_answer(work, assignment)
    _tell(work, event, assignment, "crew_invitation", at)


def _retell(
    work: UnitOfWork,
    event: Event,
    assigned: CrewAssignment,
    place: CrewRole,
    operations: Operations,
    changes: tuple[Change, ...],
    at: datetime,
) -> None:
    """Tell a member who stays what is different, if anything is for them."""
    if place.role != assigned.role:
        changes = (*changes, Change("Your role", assigned.role, place.role))
    if not changes:
        return
    again = replace(
        assigned,
        role=place.role,
        call_time=call_time(event, operations),
        release_time=release_time(event, operations),
        expires_at=link_expiry(event),
        answer=Answer.PENDING,
        answered_at=None,
        revision=event.revision,
    )
    work.save(ASSIGNMENT, again)
    show_answer(work, again)
    told = json.dumps(
        [[change.label, change.before, change.after] for change in changes]
    )
    _tell(work, event, again, "crew_change", at, changes=told)


def _remove(
    work: UnitOfWork, event: Event, assigned: CrewAssignment, at: datetime
) -> None:
    work.save(ASSIGNMENT, replace(assigned, removed=True, revision=event.revision))
    gone = {gone_mark(assigned.crew_id): [assigned.name, assigned.role]}
    work.mark(event.event_id, {answer_mark(assigned.crew_id): None} | gone)
    _tell(work, event, assigned, "crew_removed", at)


def show_answer(work: UnitOfWork, place: CrewAssignment) -> None:
    """Note on the event's header who is asked for when, and what they said."""
    begins, ends = stamp(place.call_time), stamp(place.release_time)
    shown = [place.name, place.role, place.answer.value, begins, ends]
    known = {answer_mark(place.crew_id): shown, gone_mark(place.crew_id): None}
    work.mark(place.event_id, known)


def _retask(work: UnitOfWork, event: Event, operations: Operations) -> None:
    before = work.get(CHECKLIST, event.event_id)
    after = checklist_for(event, operations, sunset=_sunset(event, operations))
    if before != after:
        work.save(CHECKLIST, after)


def _tell(
    work: UnitOfWork,
    event: Event,
    assignment: CrewAssignment,
    kind: str,
    at: datetime,
    **payload: str,
) -> None:
    work.enqueue(
        Message(
            subject=event.event_id,
            message_id=f"{kind}:{event.event_id}:{event.revision}:{assignment.crew_id}",
            kind=kind,
            created_at=at,
            event_id=event.event_id,
            step="crew_invitations",
            recipient=assignment.crew_id,
            payload=payload,
            due_at=at,
        )
    )


def _publish(work: UnitOfWork, event: Event, at: datetime) -> None:
    work.enqueue(
        Message(
            subject=event.event_id,
            message_id=f"guest_page:{event.event_id}:{event.revision}",
            kind="guest_page",
            created_at=at,
            event_id=event.event_id,
            step="guest_page",
            due_at=at,
        )
    )


def _moved(crew: dict[str, CrewAssignment], places: Sequence[CrewRole]) -> bool:
    now = {one.crew_id: one.role for one in crew.values() if not one.removed}
    return now != {place.crew_id: place.role for place in places}


def _page_facts(event: Event) -> tuple[object, ...]:
    return (
        event.name,
        event.start,
        event.duration_minutes,
        event.location,
        event.boat,
        event.dock,
        event.host,
        event.party_size,
    )


def _sunset(event: Event, operations: Operations) -> datetime | None:
    if not event.dock:
        return None
    dock = operations.dock(event.dock)
    return sunset(dock.latitude, dock.longitude, dock.zone, event.local_start.date())
