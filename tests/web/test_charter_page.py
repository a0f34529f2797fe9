"""One charter: its page, its history, and the board that leads to it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from jada_flask.domain.errors import DeliveryError
from jada_flask.domain.outbox import State
from jada_flask.records.jobs import GIVEN_UP
from jada_flask.services import outbox
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from tests.builders import booking, deckhands
from tests.callers import Caller
from tests.conftest import DrainAll
from tests.fakes import FailingMailer, SetClock

BAD_ADDRESS = DeliveryError("There is no such address.", permanent=True)


@pytest.fixture
def taken(scripts: Caller) -> dict[str, Any]:
    body: dict[str, Any] = scripts.post("/api/bookings", booking()).json
    return body


def failing(parts: Parts) -> Parts:
    mailer = FailingMailer(parts.ports.mailer, BAD_ADDRESS)
    return replace(parts, ports=replace(parts.ports, mailer=mailer))


def test_who_was_taken_off_the_crew_is_still_named(
    scripts: Caller, office: Caller, taken: dict[str, Any]
) -> None:
    scripts.post("/api/bookings", booking(crew=deckhands("CREW_001", "CREW_003")))
    page = office.get(f"/dispatch/events/{taken['event_id']}")

    assert "No longer aboard" in page.text

    scripts.post("/api/bookings", booking())
    page = office.get(f"/dispatch/events/{taken['event_id']}")
    gone = page.text.partition("No longer aboard")[2].partition("</p>")[0]

    assert gone.count("<bdi>") == 1


def test_a_history_holds_the_booking_and_the_charter(
    scripts: Caller, office: Caller, taken: dict[str, Any], clock: SetClock
) -> None:
    clock.forward(minutes=1)
    office.patch(f"/events/{taken['event_id']}", {"notes": "Bring the big tender."})

    page = office.get(f"/dispatch/events/{taken['event_id']}/history")

    assert page.status_code == 200
    changed, made = page.text.find("Event changed"), page.text.find("Booking created")
    assert 0 < changed < made
    assert office.get("/dispatch/events/EV_none/history").status_code == 404


def test_why_a_step_was_given_up_is_told(
    parts: Parts, office: Caller, taken: dict[str, Any], drain: DrainAll
) -> None:
    drain(failing(parts))

    page = office.get(f"/dispatch/events/{taken['event_id']}")

    assert "There is no such address." in page.text


def test_what_was_given_up_is_said_until_it_is_sent(
    parts: Parts, scripts: Caller, office: Caller, drain: DrainAll, clock: SetClock
) -> None:
    scripts.post("/api/bookings", booking(crew=[], captain_id="CAP_001"))
    assert "could not be sent" not in office.get("/dispatch").text

    drain(failing(parts))
    assert "1 message could not be sent" in office.get("/dispatch").text

    clock.forward(minutes=1)
    (dead,) = outbox.given_up(UnitOfWork(parts.office))
    office.post(f"/dispatch/outbox/{dead.subject}/{dead.message_id}/replay")
    assert UnitOfWork(parts.office).get(GIVEN_UP) is None

    assert drain()[State.DONE] >= 1
    assert "could not be sent" not in office.get("/dispatch").text


def test_the_note_stays_while_something_else_is_given_up(
    parts: Parts, office: Caller, taken: dict[str, Any], drain: DrainAll
) -> None:
    drain(failing(parts))
    first, *others = outbox.given_up(UnitOfWork(parts.office))

    office.post(f"/dispatch/outbox/{first.subject}/{first.message_id}/replay")

    left = outbox.given_up(UnitOfWork(parts.office))
    assert [one.message_id for one in left] == [one.message_id for one in others]


def test_requests_are_shown_on_the_page_of_their_days(
    scripts: Caller, office: Caller, clock: SetClock
) -> None:
    first = clock.at.date() + timedelta(days=10)
    for number in range(51):
        day = str(first + timedelta(days=number))
        body = booking(source_ref=f"BS-{number}", charter_date=day, crew=[])
        scripts.post("/api/bookings", body)
    for ref, days in (("BS-SOON", 3), ("BS-LATE", 300)):
        day = str(clock.at.date() + timedelta(days=days))
        guest = booking()["guest"] | {"name": f"Guest {ref}"}
        body = booking(source_ref=ref, charter_date=day, status="inquiry", guest=guest)
        scripts.post("/api/bookings", body)

    page = office.get("/dispatch").text
    onward = re.search(r'href="(/dispatch\?[^"]*cursor=[^"]*)"', page)
    assert onward
    rest = office.get(unescape(onward[1])).text

    assert "Guest BS-SOON" in page
    assert "Guest BS-LATE" not in page
    assert "Guest BS-LATE" in rest
    assert "Guest BS-SOON" not in rest
