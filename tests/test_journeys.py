"""The main job from end to end, over HTTP, on both engines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from jada_flask.domain.outbox import State
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests.builders import booking, deckhands
from tests.callers import (
    Answer,
    Caller,
    link_for,
    mails,
    path_of,
    published,
    stored,
    subjects,
    summaries,
)
from tests.conftest import DrainAll, Keys
from tests.fakes import SetClock

MARGIN = {
    "gross": "840.75",
    "crew_cost": "250.00",
    "captain_cost": "150.00",
    "port_fee": "151.34",
    "net": "289.41",
    "currency": "USD",
}
CAPTAIN = "captain@example.com"


on_both_engines = pytest.mark.parametrize(
    "engine", ["sqlite", "dynamodb"], indirect=True
)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """What keeps the data; SQLite where a test does not ask."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def parts(
    request: pytest.FixtureRequest,
    engine: str,
    keys: Keys,
    clock: SetClock,
    tmp_path: Path,
) -> Iterator[Parts]:
    """The same installation on either engine."""
    settings = {}
    if engine == "dynamodb":
        url, prefix = request.getfixturevalue("ministack_url"), f"j-{uuid4().hex}"
        settings = {
            "JADA_STORE": "dynamodb",
            "JADA_TABLE_PREFIX": prefix,
            "AWS_ENDPOINT_URL": url,
        }
    made = build(keys.config(tmp_path / "var", **settings), clock=clock)
    yield made
    made.ports.store.close()
    made.ports.public_store.close()


@pytest.fixture
def taken(scripts: Caller, drain: DrainAll, clock: SetClock) -> dict[str, Any]:
    """The sample booking with everything that it starts done, an hour ago."""
    body = take(scripts)
    drain()
    clock.forward(hours=1)
    return body


def take(scripts: Caller, **changes: Any) -> dict[str, Any]:
    answer = scripts.post("/api/bookings", booking(**changes))
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json)


def states(scripts: Caller, booking_id: str) -> dict[str, str]:
    body = scripts.get(f"/api/bookings/{booking_id}").json
    return {step["name"]: step["state"] for step in body["steps"]}


def told_since(parts: Parts, before: int) -> list[str]:
    """Who was told what since so many mails had left."""
    return [
        f"{mail['to'].addresses[0].username}: {mail['subject']}"
        for mail in mails(parts)[before:]
    ]


@on_both_engines
def test_one_call_does_all_of_the_offices_work(
    scripts: Caller, parts: Parts, drain: DrainAll
) -> None:
    answer = scripts.post("/api/bookings", booking())
    tally = drain()

    body = answer.json
    assert (answer.status_code, body["status"], body["margin"]) == (
        201,
        "approved",
        MARGIN,
    )
    assert [step["name"] for step in body["steps"]] == [
        "calendar",
        "crew_event",
        "checklist",
        "guest_page",
        "crew_invitations",
        "operator_summary",
    ]
    assert tally == {State.DONE: 5}
    assert set(states(scripts, body["booking_id"]).values()) == {"done"}
    assert subjects(parts) == [
        "marisol.reyes@example.com: Crew Confirmation: JADA on Saturday, May 30, 2026",
        "nia.okafor@example.com: Crew Confirmation: JADA on Saturday, May 30, 2026",
        "tom.whitfield@example.com: Crew Confirmation: JADA on Saturday, May 30, 2026",
    ]
    assert len(published(parts)) == 1


def test_what_was_written_at_once_shows_before_anything_was_sent(
    scripts: Caller,
) -> None:
    body = take(scripts)

    assert [step["state"] for step in body["steps"]] == ["done"] * 3 + ["pending"] * 3


def test_the_calendar_holds_the_money(scripts: Caller, taken: dict[str, Any]) -> None:
    entries = scripts.get("/api/calendar?from=2026-05-30&to=2026-05-30").json["items"]

    assert [
        (entry["booking_id"], entry["port_fee_percent"], entry["net_revenue"])
        for entry in entries
    ] == [(taken["booking_id"], "18", "289.41")]


@on_both_engines
def test_the_event_holds_everything_but_money(
    office: Caller, taken: dict[str, Any]
) -> None:
    event = office.get(f"/api/events/{taken['event_id']}").json

    assert event["event_date"] == "2026-05-30T16:30:00-07:00"
    assert [one["call_time"][11:16] for one in event["crew"]] == ["15:30"] * 3
    assert [(one["name"], one["host"]) for one in event["roster"]] == [
        ("Avery Example", True)
    ]
    assert any("Brief 4 guests" in task["title"] for task in event["checklist"])
    text = json.dumps(event)
    assert not re.search(r"840|289\.41|950\.00|109\.25|revenue|margin|fee\b", text)


def test_the_guest_page_opens_in_every_spelling(
    client: Caller, taken: dict[str, Any]
) -> None:
    path = path_of(taken["guest_page_url"])
    slug = path.removeprefix("/g/")

    shown = {
        client.get(spelling).text
        for spelling in (
            path,
            f"{path}/",
            f"{path}.html",
            f"/g/{slug.upper()}",
            f"/g/{slug.upper()}/",
            f"/g/{slug.upper()}.HTML",
            f"/g/{slug.title()}.html",
        )
    }

    assert len(shown) == 1
    page = shown.pop()
    assert "Avery Example" in page
    assert "4:30 PM" in page
    assert "Parking" in page


def test_the_operator_reads_one_line_about_the_booking(
    parts: Parts, taken: dict[str, Any]
) -> None:
    (line,) = summaries(parts)

    assert line["id"] == f"booking:{taken['booking_id']}:1"
    assert (line["kind"], line["revision"], line["margin"]) == (
        "booking_summary",
        1,
        MARGIN,
    )
    assert (line["charter_date"], line["start_time"], line["duration_hours"]) == (
        "2026-05-30",
        "16:30",
        3,
    )
    assert line["guest_page_url"] == taken["guest_page_url"]


def test_the_link_in_the_mail_opens_the_members_own_page(
    client: Caller, parts: Parts, taken: dict[str, Any]
) -> None:
    link = link_for(parts, "nia.okafor")

    page = client.open_link(link)

    assert link.startswith(f"http://127.0.0.1:8000/events/{taken['event_id']}?token=")
    assert page.status_code == 200
    assert "Nia Okafor" in page.text
    assert "3:30 PM" in page.text


@on_both_engines
def test_dispatch_sees_the_answer(
    client: Caller, office: Caller, parts: Parts, taken: dict[str, Any], drain: DrainAll
) -> None:
    page = client.open_link(link_for(parts, "nia.okafor"))

    sent = client.answer(page, "accept")
    drain()

    assert sent.status_code == 303
    crew = office.get(f"/api/events/{taken['event_id']}").json["crew"]
    assert {one["name"]: one["answer"] for one in crew}["Nia Okafor"] == "accepted"
    card = office.get("/api/events?from=2026-05-30").json["items"][0]
    assert {one["answer"] for one in card["crew"]} == {"accepted", "pending"}
    assert "Nia Okafor" in str(mails(parts)[-1]["subject"])


@on_both_engines
def test_the_same_booking_again_writes_and_sends_nothing(
    scripts: Caller, parts: Parts, taken: dict[str, Any], drain: DrainAll
) -> None:
    before, left = stored(parts), len(mails(parts))

    again = scripts.post("/api/bookings", booking(gross_revenue="840.75"))
    tally = drain()

    assert (again.status_code, again.json["outcome"]) == (200, "unchanged")
    assert again.json["booking_id"] == taken["booking_id"]
    assert not tally
    assert (stored(parts), len(mails(parts)), len(summaries(parts))) == (
        before,
        left,
        1,
    )


@on_both_engines
def test_another_time_is_told_to_everybody_who_sails(
    scripts: Caller,
    client: Caller,
    parts: Parts,
    taken: dict[str, Any],
    drain: DrainAll,
) -> None:
    client.answer(client.open_link(link_for(parts, "nia.okafor")), "accept")
    drain()
    before = len(mails(parts))

    body = take(scripts, start_time="15:00")
    drain()

    assert (body["outcome"], body["revision"]) == ("amended", 2)
    told = told_since(parts, before)
    assert len(told) == 3
    assert all("JADA on Saturday" in line for line in told)
    assert "3:00 PM" in published(parts)[0].read_text()
    assert [line["revision"] for line in summaries(parts)] == [1, 2]
    page = client.open_link(link_for(parts, "nia.okafor"))
    assert "2:00 PM" in page.text
    assert "Can you make it?" in page.text


def test_another_number_of_guests_is_on_the_page_and_the_checklist(
    scripts: Caller,
    office: Caller,
    parts: Parts,
    taken: dict[str, Any],
    drain: DrainAll,
) -> None:
    before = len(mails(parts))

    body = take(scripts, party_size=6)
    tally = drain()

    assert told_since(parts, before) == []
    assert tally == {State.DONE: 2}  # the page and the summary
    assert "6 guests" in published(parts)[0].read_text()
    event = office.get(f"/api/events/{body['event_id']}").json
    assert any("Brief 6 guests" in task["title"] for task in event["checklist"])


@on_both_engines
def test_another_crew_is_told_just_to_whom_it_concerns(
    scripts: Caller,
    client: Caller,
    parts: Parts,
    taken: dict[str, Any],
    drain: DrainAll,
) -> None:
    before, old_link = len(mails(parts)), link_for(parts, "tom.whitfield")

    take(scripts, crew=deckhands("CREW_001", "CREW_003"))
    tally = drain()

    told = told_since(parts, before)
    assert sorted(line.split(":")[0] for line in told) == [
        "keiko.tanabe",
        "tom.whitfield",
    ]
    assert tally == {State.DONE: 3}
    assert client.open_link(old_link).status_code == 404
    assert client.open_link(link_for(parts, "keiko.tanabe")).status_code == 200


def test_another_price_is_told_to_the_operator_alone(
    scripts: Caller, parts: Parts, taken: dict[str, Any], drain: DrainAll
) -> None:
    before, page = len(mails(parts)), published(parts)[0].stat().st_mtime_ns

    body = take(scripts, gross_revenue=900)
    tally = drain()

    assert body["margin"]["net"] == "338.00"
    assert tally == {State.DONE: 1}
    assert (len(mails(parts)), published(parts)[0].stat().st_mtime_ns) == (before, page)
    assert summaries(parts)[-1]["margin"]["net"] == "338.00"
    entry = scripts.get(f"/api/calendar/{body['booking_id']}").json
    assert entry["net_revenue"] == "338.00"


@on_both_engines
def test_a_cancelled_charter_is_told_to_crew_page_and_operator(
    scripts: Caller,
    client: Caller,
    parts: Parts,
    taken: dict[str, Any],
    drain: DrainAll,
) -> None:
    before = len(mails(parts))

    answer = scripts.post(f"/api/bookings/{taken['booking_id']}/cancel", {})
    drain()

    assert (answer.status_code, answer.json["status"]) == (200, "cancelled")
    told = told_since(parts, before)
    assert len(told) == 3
    assert all("ancelled" in line for line in told)
    assert "cancelled" in published(parts)[0].read_text()
    assert summaries(parts)[-1]["status"] == "cancelled"
    page = client.open_link(link_for(parts, "nia.okafor"))
    assert "This charter is cancelled" in page.text
    assert 'name="answer"' not in page.text


def test_cancelled_twice_is_cancelled_once(
    scripts: Caller, parts: Parts, taken: dict[str, Any], drain: DrainAll
) -> None:
    scripts.post(f"/api/bookings/{taken['booking_id']}/cancel", {})
    drain()
    before = stored(parts)

    again = scripts.post(f"/api/bookings/{taken['booking_id']}/cancel", {})

    assert (again.status_code, again.json["outcome"]) == (200, "unchanged")
    assert stored(parts) == before


def test_a_cancelled_status_cancels(
    scripts: Caller, parts: Parts, taken: dict[str, Any], drain: DrainAll
) -> None:
    before = len(mails(parts))

    body = take(scripts, status="cancelled")
    drain()

    assert body["outcome"] == "amended"
    assert len(told_since(parts, before)) == 3


def test_a_cancelled_booking_that_nobody_knew_is_kept_and_starts_nothing(
    scripts: Caller, parts: Parts, drain: DrainAll
) -> None:
    body = take(scripts, status="cancelled")
    tally = drain()

    assert (body["status"], body["event_id"]) == ("cancelled", None)
    assert not tally
    assert {step["state"] for step in body["steps"]} == {"skipped"}


@pytest.mark.parametrize("status", ["inquiry", "pending"])
def test_what_is_not_agreed_is_kept_with_its_deadline_and_starts_nothing(
    status: str, scripts: Caller, office: Caller, drain: DrainAll
) -> None:
    body = take(scripts, status=status)
    tally = drain()

    assert (body["status"], body["event_id"], body["guest_page_url"]) == (
        status,
        None,
        None,
    )
    assert not tally
    assert body["deadlines"]
    assert "Avery Example" in office.get("/dispatch").text


@on_both_engines
def test_a_request_that_is_approved_starts_everything(
    scripts: Caller, parts: Parts, drain: DrainAll
) -> None:
    take(scripts, status="pending")

    body = take(scripts)
    tally = drain()

    assert (body["outcome"], body["status"]) == ("amended", "approved")
    assert tally == {State.DONE: 5}
    assert [line["revision"] for line in summaries(parts)] == [2]


@pytest.mark.parametrize("status", ["inquiry", "pending"])
@pytest.mark.parametrize("cancelled", [False, True])
def test_what_was_approved_cannot_become_a_request_again(
    status: str,
    cancelled: bool,
    scripts: Caller,
    parts: Parts,
    taken: dict[str, Any],
    drain: DrainAll,
) -> None:
    """Nor when it was cancelled meanwhile: an old mail would ask the crew again."""
    if cancelled:
        take(scripts, status="cancelled")
        drain()
    before = stored(parts)

    answer = scripts.post("/api/bookings", booking(status=status))

    assert answer.status_code == 409
    assert stored(parts) == before


def test_a_cancelled_booking_that_is_approved_again_asks_everybody_again(
    scripts: Caller,
    client: Caller,
    parts: Parts,
    taken: dict[str, Any],
    drain: DrainAll,
) -> None:
    take(scripts, status="cancelled")
    drain()
    before = len(mails(parts))

    take(scripts)
    drain()

    assert len(told_since(parts, before)) == 3
    assert "cancelled" not in published(parts)[0].read_text()
    page = client.open_link(link_for(parts, "nia.okafor"))
    assert "Can you make it?" in page.text


@on_both_engines
def test_the_same_booking_taken_by_eight_at_once_is_taken_once(
    app: Flask, keys: Keys, parts: Parts, drain: DrainAll
) -> None:
    def one(_: int) -> Answer:
        return Caller(app, X_Dashboard_Token=keys.dashboard).post(
            "/api/bookings", booking()
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))
    drain()

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert (
        sorted(answer.json["outcome"] for answer in answers)
        == ["created"] + ["unchanged"] * 7
    )
    assert len({answer.json["guest_page_url"] for answer in answers}) == 1
    assert (len(mails(parts)), len(summaries(parts))) == (3, 1)
