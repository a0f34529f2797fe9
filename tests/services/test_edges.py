"""What seldom happens, and what happens then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import DeliveryError, InvalidError, NotFoundError
from jada_flask.domain.outbox import Message, State
from jada_flask.domain.staff import Role
from jada_flask.ports import ConditionError, Delete, Operation
from jada_flask.records.jobs import MEMBER, SESSION
from jada_flask.records.operations import ASSIGNMENT, CHECKLIST, EVENT, message_kind
from jada_flask.services import crew, office, outbox, staff
from jada_flask.services.drain import Drain
from jada_flask.services.notes import StoredNotes
from jada_flask.services.sample import show_sample
from jada_flask.tables import EVENTS, JOBS
from jada_flask.unit_of_work import UnitOfWork, retried
from jada_flask.web.context import Parts
from tests.builders import booking, crew_event
from tests.callers import Caller, link_for, mails, stored, subjects
from tests.conftest import DrainAll, Keys
from tests.fakes import NOON, Doom, DoomedStore, SetClock

ANA = Actor("staff", "ana")


@pytest.fixture
def taken(scripts: Caller, drain: DrainAll, clock: SetClock) -> dict[str, Any]:
    body = scripts.post("/api/bookings", booking()).json
    drain()
    clock.forward(hours=1)
    return dict(body)


def begin(parts: Parts) -> UnitOfWork:
    return UnitOfWork(parts.office)


def take_away(parts: Parts, *operations: Operation) -> None:
    parts.ports.store.write(*operations)


def promise(parts: Parts, message: Message) -> None:
    work = begin(parts)
    work.enqueue(message)
    work.commit(by=ANA, did="message.promised", at=NOON, about=message.subject)


def test_a_request_has_no_steps_to_repeat(scripts: Caller, parts: Parts) -> None:
    asked = scripts.post("/api/bookings", booking(status="inquiry")).json
    before = stored(parts)

    answer = scripts.post(f"/api/bookings/{asked['booking_id']}/steps/guest_page/retry")

    assert answer.status_code == 409
    assert stored(parts) == before


def test_a_request_that_changes_stays_a_request(
    scripts: Caller, drain: DrainAll
) -> None:
    scripts.post("/api/bookings", booking(status="inquiry"))

    body = scripts.post("/api/bookings", booking(status="pending", party_size=6)).json

    assert (body["outcome"], body["status"], body["event_id"]) == (
        "amended",
        "pending",
        None,
    )
    assert drain() == {}


def test_what_is_cancelled_stays_so_whatever_else_changes(
    scripts: Caller,
    office: Caller,
    taken: dict[str, Any],
    drain: DrainAll,
    parts: Parts,
) -> None:
    scripts.post("/api/bookings", booking(status="cancelled"))
    drain()
    before = len(mails(parts))

    body = scripts.post("/api/bookings", booking(status="cancelled", party_size=6)).json
    tally = drain()

    assert (body["outcome"], body["status"]) == ("amended", "cancelled")
    assert tally == {State.DONE: 1}  # the operator's summary
    assert len(mails(parts)) == before
    event = office.get(f"/api/events/{taken['event_id']}").json
    assert event["status"] == "cancelled"


def test_who_was_taken_off_or_has_declined_hears_no_more_of_it(
    scripts: Caller,
    client: Caller,
    taken: dict[str, Any],
    drain: DrainAll,
    parts: Parts,
    clock: SetClock,
) -> None:
    client.answer(client.open_link(link_for(parts, "tom.whitfield")), "decline")
    scripts.post("/api/bookings", booking(captain_id=None))
    drain()
    clock.forward(hours=1)
    before = len(mails(parts))

    scripts.post(f"/api/bookings/{taken['booking_id']}/cancel", {})
    drain()

    told = [mail["to"].addresses[0].username for mail in mails(parts)[before:]]
    assert told == ["nia.okafor"]


def test_another_role_is_told(
    service: Caller, drain: DrainAll, parts: Parts, clock: SetClock
) -> None:
    entered = service.post("/events/", crew_event()).json
    drain()
    clock.forward(hours=1)

    roles = [{"crew_id": "CREW_001", "role": "steward"}]
    service.patch(f"/events/{entered['event_id']}", {"crew_assignments": roles})
    drain()

    (told,) = mails(parts)[2:]
    assert "steward" in told.as_string()
    assert len(subjects(parts)) == 3


def test_a_member_who_declined_there_is_free_here(
    scripts: Caller, client: Caller, taken: dict[str, Any], parts: Parts
) -> None:
    client.answer(client.open_link(link_for(parts, "nia.okafor")), "decline")

    other = scripts.post("/api/bookings", booking(source_ref="BS-2")).json

    assert not any("Nia" in words for words in other["warnings"])
    assert any("Tom" in words for words in other["warnings"])


def test_a_task_that_is_ticked_twice_is_ticked_once(
    scripts: Caller, taken: dict[str, Any], parts: Parts
) -> None:
    work, event_id = begin(parts), taken["event_id"]
    seen = crew.Aboard(
        work.need(EVENT, event_id, otherwise="gone"),
        work.need(ASSIGNMENT, event_id, "CREW_001", otherwise="gone"),
    )
    task = crew.tasks(work, event_id).checklist.tasks[0].task_id
    crew.tick(begin(parts), seen, task, done=True, by=ANA, at=NOON)
    before = stored(parts)

    crew.tick(begin(parts), seen, task, done=True, by=ANA, at=NOON)

    assert stored(parts) == before


def test_an_event_without_a_checklist_has_no_tasks(
    taken: dict[str, Any], parts: Parts
) -> None:
    take_away(parts, Delete(EVENTS, CHECKLIST.key(taken["event_id"])))

    assert crew.tasks(begin(parts), taken["event_id"]).checklist.tasks == ()


@pytest.mark.parametrize(
    ("kind", "subject", "why"),
    [
        ("fax", "EV_x", "Nothing here sends 'fax'."),
        ("guest_page", "EV_none", "The event of this message is gone."),
    ],
)
def test_what_can_never_be_done_is_given_up_with_its_reason(
    parts: Parts, drain: DrainAll, kind: str, subject: str, why: str
) -> None:
    promise(parts, Message(subject, "m", kind, NOON, event_id="", due_at=NOON))

    tally = drain()

    (dead,) = outbox.waiting(begin(parts), dead=True)
    assert tally == {State.DEAD: 1}
    assert dead.last_error == why


def test_a_notice_of_somebody_who_is_gone_is_skipped(
    parts: Parts, drain: DrainAll, taken: dict[str, Any]
) -> None:
    event_id = taken["event_id"]
    notice = Message(
        event_id,
        "m",
        "crew_answer_notice",
        NOON,
        event_id=event_id,
        recipient="CREW_099",
        due_at=NOON,
    )
    promise(parts, notice)

    assert drain() == {State.SKIPPED: 1}


def test_a_note_is_kept_once_and_read_again(
    parts: Parts, taken: dict[str, Any]
) -> None:
    message = outbox.about(begin(parts), taken["event_id"])[0]
    notes, other = (StoredNotes(parts.ports.store, EVENTS, message) for _ in range(2))

    first = notes.note("draft", "one")
    second = other.note("draft", "two")

    assert (first, second, other.get("draft")) == ("one", "one", "one")
    assert notes.get("thread") is None


def test_a_note_to_a_message_that_is_gone_stops_the_delivery(
    parts: Parts, taken: dict[str, Any]
) -> None:
    """Without a place to remember it nothing could be promised exactly once."""
    message = outbox.about(begin(parts), taken["event_id"])[0]
    key = message_kind(EVENTS).key_of(message)
    take_away(parts, Delete(EVENTS, key))

    with pytest.raises(DeliveryError, match="no longer kept"):
        StoredNotes(parts.ports.store, EVENTS, message).note("draft", "one")


def test_a_message_that_is_gone_is_not_replayed(
    parts: Parts, taken: dict[str, Any]
) -> None:
    message = outbox.about(begin(parts), taken["event_id"])[0]
    take_away(parts, Delete(EVENTS, message_kind(EVENTS).key_of(message)))

    with pytest.raises(NotFoundError, match="no longer kept"):
        outbox.replay(begin(parts), message, at=NOON)


def test_a_message_under_way_is_not_replayed_from_the_outbox(
    parts: Parts, office: Caller, scripts: Caller
) -> None:
    scripts.post("/api/bookings", booking())
    statuses = []

    def deliver(message: Message, notes: object) -> State:
        url = f"/dispatch/outbox/{message.subject}/{message.message_id}/replay"
        statuses.append(office.post(url).status_code)
        return State.DONE

    with ThreadPoolExecutor(1) as one:
        ports = parts.ports
        Drain(ports.store, deliver, ports.clock, one, Random(1)).run()

    assert statuses == [409] * 5


def test_the_sample_is_shown_again_as_it_was(parts: Parts, clock: SetClock) -> None:
    day = (clock.now() + timedelta(days=14)).date()

    first, again = (
        show_sample(lambda: begin(parts), day=day, at=clock.now()) for _ in range(2)
    )

    assert first == again
    assert "token=" in first.crew_link


def test_who_was_let_go_is_signed_out_at_once(
    parts: Parts, app: Flask, keys: Keys, clock: SetClock
) -> None:
    office.add(
        begin(parts),
        "kim",
        "Kim Ray",
        "kim@example.com",
        role=Role.VIEWER,
        password="a-long-passphrase",
        by=ANA,
        at=clock.now(),
    )
    clock.forward(minutes=1)
    kim = Caller(app)
    kim.sign_in("a-long-passphrase", "kim")
    assert kim.get("/dispatch").status_code == 200

    take_away(parts, Delete(JOBS, MEMBER.key("kim")))

    assert kim.get("/dispatch").status_code == 401


@pytest.mark.parametrize(
    ("user", "role", "field"),
    [("admin", "viewer", "user"), ("K", "viewer", "user"), ("kim", "king", "role")],
)
def test_nobody_is_taken_on_under_a_wrong_name(
    parts: Parts, user: str, role: str, field: str
) -> None:
    with pytest.raises(InvalidError, match=field):
        office.add(
            begin(parts),
            user,
            "Kim Ray",
            "kim@example.com",
            role=role,
            password="a-long-passphrase",
            by=ANA,
            at=NOON,
        )


def test_of_two_requests_at_once_either_notes_that_somebody_is_there(
    parts: Parts, keys: Keys, clock: SetClock, app: Flask
) -> None:
    work = begin(parts)
    signed_in = staff.sign_in(
        work,
        "admin",
        keys.password,
        admin_hash=parts.config.admin_pass_hash,
        address="192.0.2.1",
        at=NOON,
    )

    class Meanwhile(DoomedStore):
        """Somebody else notes it between our look and our write."""

        def write(self, *operations: Operation) -> None:
            raise ConditionError(0, None)

    opening = replace(parts.office, store=Meanwhile(parts.ports.store, Doom(9)))
    later = clock.forward(hours=1)

    session = staff.session_of(UnitOfWork(opening), signed_in.secret, at=later)

    assert session.user == "admin"
    kept = begin(parts).need(SESSION, session.id_hash, otherwise="gone")
    assert kept.seen_at == NOON


def test_an_address_that_is_none_is_counted_as_it_is(parts: Parts, keys: Keys) -> None:
    """A server behind a socket file has no address of its callers."""
    for address in ("", "unix:"):
        staff.sign_in(
            begin(parts),
            "admin",
            keys.password,
            admin_hash=parts.config.admin_pass_hash,
            address=address,
            at=NOON,
        )

    counted = [
        one["pk"] for one in stored(parts)["Jobs"] if "login#address" in one["pk"]
    ]
    assert sorted(counted) == ["COUNT#login#address#", "COUNT#login#address#unix:"]


def test_who_is_never_fast_enough_is_told_so(parts: Parts) -> None:
    tries: list[UnitOfWork] = []

    def lose(work: UnitOfWork) -> None:
        tries.append(work)
        raise ConditionError(0, None)

    with pytest.raises(ConditionError, match="Somebody else"):
        retried(lambda: begin(parts), lose)

    assert len(tries) > 3
