"""Mails that come back: noted, shown with the charter, and nothing more is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import NotFoundError
from jada_flask.domain.outbox import Message, State
from jada_flask.domain.returned_mail import ReturnedMail, Why
from jada_flask.records.operations import RETURNED
from jada_flask.services import history, outbox, people, returned_mails
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from tests.builders import booking
from tests.callers import Caller, link_for, mails, stored
from tests.conftest import DrainAll
from tests.fakes import NOON, SetClock

NIA, HOST = "nia.okafor@example.com", "avery@example.com"
AT = datetime(2026, 5, 2, 8, 41, tzinfo=UTC)
STAFF = Actor("staff", "admin")


@pytest.fixture
def event_id(scripts: Caller) -> str:
    taken = scripts.post("/api/bookings", booking()).json
    return str(taken["event_id"])


def returned(event_id: str, address: str = NIA, why: Why = Why.BOUNCED) -> ReturnedMail:
    reason = "the address does not exist"
    return ReturnedMail(address, why, AT, reason, event_id)


def noted(parts: Parts, told: ReturnedMail) -> bool:
    return returned_mails.note(UnitOfWork(parts.office), told, at=NOON)


def deeds(parts: Parts, event_id: str) -> list[str]:
    trail = history.of(UnitOfWork(parts.office), event_id)
    return [line.did for line in trail if line.did.startswith("mail.")]


def dead(parts: Parts) -> list[Message]:
    return outbox.waiting(UnitOfWork(parts.office), dead=True)


def to(parts: Parts, address: str) -> int:
    return sum(address in str(mail["to"]) for mail in mails(parts))


def test_a_bounce_is_noted_once_with_who_and_why(parts: Parts, event_id: str) -> None:
    assert noted(parts, returned(event_id))
    before = stored(parts)

    assert not noted(parts, returned(event_id))

    assert stored(parts) == before
    (line,) = [
        line
        for line in history.of(UnitOfWork(parts.office), event_id)
        if line.did == "mail.bounced"
    ]
    assert line.detail == f"{NIA}: the address does not exist"


def test_staff_see_it_beside_whom_it_concerns(
    parts: Parts, event_id: str, office: Caller
) -> None:
    noted(parts, returned(event_id))
    noted(parts, returned(event_id, HOST, Why.COMPLAINED))

    page = office.get(f"/dispatch/events/{event_id}").text

    words = " ".join(page.split())
    assert words.count("data-returned") == 2
    assert "Mail bounced on" in words
    assert "Mail was called spam on" in words
    assert "the address does not exist" in words


def test_crew_and_guests_do_not_see_it(
    parts: Parts, event_id: str, client: Caller, drain: DrainAll
) -> None:
    drain()
    noted(parts, returned(event_id))

    page = client.open_link(link_for(parts, "nia.okafor"))

    assert page.status_code == 200
    assert "bounced" not in page.text


def test_nothing_more_is_sent_there_and_the_outbox_says_why(
    parts: Parts, event_id: str, drain: DrainAll
) -> None:
    noted(parts, returned(event_id))

    drain()

    assert to(parts, NIA) == 0
    (letter,) = dead(parts)
    assert letter.kind == "crew_invitation"
    assert letter.attempts == 1
    assert letter.last_error == (
        f"Held back: {NIA} bounced on 2026-05-02, the address does not exist. "
        "Change the address, then send this again."
    )


def test_everybody_else_has_their_mails(
    parts: Parts, event_id: str, drain: DrainAll
) -> None:
    noted(parts, returned(event_id))

    tally = drain()

    assert tally[State.DEAD] == 1
    assert len(mails(parts)) == 2


def test_what_was_held_back_goes_out_to_the_changed_address(
    parts: Parts, event_id: str, drain: DrainAll, office: Caller
) -> None:
    noted(parts, returned(event_id))
    drain()
    work = UnitOfWork(parts.office)
    nia = next(one for one in people.everybody(work) if one.email == NIA)

    people.add(
        UnitOfWork(parts.office),
        nia.crew_id,
        nia.name,
        "nia@new.example",
        roles=nia.roles,
        by=STAFF,
        at=NOON,
    )
    page = office.get(f"/dispatch/events/{event_id}").text
    (letter,) = dead(parts)
    replay(parts, letter)
    drain()

    assert "data-returned" not in page
    assert to(parts, "nia@new.example") == 1
    assert dead(parts) == []


def replay(parts: Parts, letter: Message) -> None:
    outbox.replay_one(
        UnitOfWork(parts.office), letter.subject, letter.message_id, by=STAFF, at=NOON
    )


def test_the_old_address_is_still_none_for_whoever_comes_back_to_it(
    parts: Parts, event_id: str, drain: DrainAll
) -> None:
    noted(parts, returned(event_id))
    drain()

    (letter,) = dead(parts)
    replay(parts, letter)
    drain()

    assert to(parts, NIA) == 0
    assert len(dead(parts)) == 1


def test_another_charter_shows_it_once_it_would_have_written(
    parts: Parts, event_id: str, scripts: Caller, drain: DrainAll, office: Caller
) -> None:
    noted(parts, returned(event_id))
    other = scripts.post(
        "/api/bookings", booking(source_ref="BS-2", charter_date="2026-06-20")
    ).json["event_id"]

    drain()

    assert deeds(parts, other) == ["mail.held_back"]
    assert "data-returned" in office.get(f"/dispatch/events/{other}").text


def test_an_address_that_is_right_is_written_to_again(
    parts: Parts, event_id: str, drain: DrainAll, office: Caller
) -> None:
    noted(parts, returned(event_id))
    drain()

    answer = office.call(
        "POST", f"/dispatch/events/{event_id}/mail", data={"address": NIA}
    )
    (letter,) = dead(parts)
    replay(parts, letter)
    drain()

    assert answer.status_code == 303
    assert to(parts, NIA) == 1
    assert "mail.lifted" in deeds(parts, event_id)
    assert "data-returned" not in office.get(f"/dispatch/events/{event_id}").text


def test_what_shows_what_was_lifted_elsewhere_can_be_taken_off(
    parts: Parts, event_id: str, scripts: Caller, drain: DrainAll
) -> None:
    noted(parts, returned(event_id))
    other = scripts.post("/api/bookings", booking(source_ref="BS-2")).json["event_id"]
    drain()

    for each in (event_id, other):
        returned_mails.lift(UnitOfWork(parts.office), each, NIA, by=STAFF, at=NOON)

    with pytest.raises(NotFoundError):
        returned_mails.lift(UnitOfWork(parts.office), other, NIA, by=STAFF, at=NOON)


@pytest.mark.parametrize("address", ["", "nobody@example.com", "x" * 9000])
def test_only_what_is_held_back_can_be_lifted(
    event_id: str, office: Caller, address: str
) -> None:
    answer = office.call(
        "POST", f"/dispatch/events/{event_id}/mail", data={"address": address}
    )

    assert answer.status_code == 404


def test_what_bounced_about_nothing_we_know_is_noted_all_the_same(parts: Parts) -> None:
    assert noted(parts, returned("EV_none"))
    assert noted(parts, returned("", HOST))

    assert not noted(parts, returned("EV_none"))
    assert UnitOfWork(parts.office).get(RETURNED, HOST)


def test_a_mail_that_ses_refused_is_shown_and_keeps_nothing_back(
    parts: Parts, event_id: str, drain: DrainAll, office: Caller
) -> None:
    assert noted(parts, returned(event_id, why=Why.REFUSED))
    assert not noted(parts, returned(event_id, why=Why.REFUSED))

    drain()

    assert "Mail was not sent on" in office.get(f"/dispatch/events/{event_id}").text
    assert to(parts, NIA) == 1


def test_of_two_bounces_the_later_counts_in_whatever_order_they_come() -> None:
    first = returned("EV_1")
    later = replace(first, at=AT + timedelta(days=1), reason="full")

    assert first.followed_by(later) == later.followed_by(first) == later


def test_an_older_bounce_that_comes_late_changes_nothing(
    parts: Parts, event_id: str
) -> None:
    later = replace(returned(event_id), at=AT + timedelta(days=1))
    assert noted(parts, later)

    assert not noted(parts, returned(event_id))
    assert UnitOfWork(parts.office).get(RETURNED, NIA) == later


def test_a_complaint_outlasts_a_bounce() -> None:
    bounced = replace(returned("EV_1"), at=AT + timedelta(days=1))
    complained = returned("EV_1", why=Why.COMPLAINED)

    assert bounced.followed_by(complained) == complained
    assert complained.followed_by(bounced) == complained


def test_a_patron_with_a_new_address_has_the_confirmation_there(
    parts: Parts, event_id: str, office: Caller, drain: DrainAll, clock: SetClock
) -> None:
    roster = f"/api/events/{event_id}/patrons"
    zoe = office.post(roster, {"name": "Zoe", "email": "zoe@old.example"}).json
    patron_id = zoe["patron_id"]
    noted(parts, returned(event_id, "zoe@old.example"))
    body = {"amount": 60, "method": "cash"}
    office.post(f"/api/events/{event_id}/{patron_id}/payment", body)
    drain()
    (letter,) = dead(parts)

    office.patch(f"{roster}/{patron_id}", {"email": "zoe@new.example"})
    replay(parts, letter)
    drain()

    assert to(parts, "zoe@old.example") == 0
    assert to(parts, "zoe@new.example") == 1


def test_a_list_of_the_crew_says_who_cannot_be_reached(
    parts: Parts, event_id: str, app: Flask
) -> None:
    noted(parts, returned(event_id))
    noted(parts, returned(event_id, HOST))

    told = app.test_cli_runner().invoke(args=["crew", "list"]).output

    assert list(people.unreachable(UnitOfWork(parts.office))) == [NIA]
    assert told.count("Mail bounced on 2026-05-02: the address does not exist.") == 1
