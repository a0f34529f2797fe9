"""The crew's page: a link, a cookie, an answer; and nothing for anybody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from jada_flask.web.context import Parts
from tests.builders import booking, deckhands
from tests.callers import (
    Answer,
    Caller,
    form_token,
    link_for,
    mails,
    path_of,
    stored,
)
from tests.conftest import DrainAll
from tests.fakes import SetClock

NIA, TOM = "nia.okafor", "tom.whitfield"


@pytest.fixture
def taken(scripts: Caller, drain: DrainAll, clock: SetClock) -> dict[str, Any]:
    body = scripts.post("/api/bookings", booking()).json
    drain()
    clock.forward(hours=1)
    return dict(body)


@pytest.fixture
def page(client: Caller, parts: Parts, taken: dict[str, Any]) -> Answer:
    """What Nia sees who has followed her link."""
    return client.open_link(link_for(parts, NIA))


def answers(office: Caller, event_id: str) -> dict[str, str]:
    crew = office.get(f"/api/events/{event_id}").json["crew"]
    return {one["crew_id"]: one["answer"] for one in crew}


def test_the_link_becomes_a_cookie_and_the_address_is_clean(
    client: Caller, parts: Parts, taken: dict[str, Any]
) -> None:
    link = path_of(link_for(parts, NIA))

    answer = client.get(link)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/events/{taken['event_id']}"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith(f"jada-crew-{taken['event_id']}=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert link.partition("token=")[2] not in cookie


def test_the_token_is_long_and_only_its_hash_is_kept(
    parts: Parts, taken: dict[str, Any]
) -> None:
    token = link_for(parts, NIA).partition("token=")[2]

    assert len(token) >= 43  # 256 bits
    assert token not in str(stored(parts))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_whoever_follows_links_for_a_living_answers_nobody(
    client: Caller, parts: Parts, taken: dict[str, Any], method: str
) -> None:
    link = path_of(link_for(parts, NIA))
    page = f"/events/{taken['event_id']}"
    before = stored(parts)

    for _ in range(3):
        client.call(method, link)
        client.call(method, page)
        client.call(method, f"{link}&answer=accept")
        client.call(method, f"{page}?answer=decline")

    assert stored(parts) == before


def test_the_link_serves_more_than_once(
    app: Flask, parts: Parts, taken: dict[str, Any]
) -> None:
    """A scanner that was first takes nothing away from whom it was sent to."""
    link = link_for(parts, NIA)

    statuses = [Caller(app).open_link(link).status_code for _ in range(3)]

    assert statuses == [200] * 3


def test_neither_answer_is_chosen_beforehand(page: Answer) -> None:
    buttons = re.findall(r'<input[^>]*name="answer"[^>]*>', page.text)

    assert len(buttons) == 2
    assert not any("checked" in button for button in buttons)
    assert {re.search(r'value="(\w+)"', button)[1] for button in buttons} == {  # type: ignore[index]
        "accept",
        "decline",
    }


@pytest.mark.parametrize("choice", [None, "", "yes", "ACCEPT", "accept "])
def test_an_answer_that_is_none_is_422_and_changes_nothing(
    client: Caller, page: Answer, parts: Parts, choice: str | None
) -> None:
    before = stored(parts)

    answer = client.answer(page, choice)

    assert answer.status_code == 422
    assert "Please choose yes or no" in answer.text
    assert stored(parts) == before


@pytest.mark.parametrize(
    ("choice", "kept"), [("accept", "accepted"), ("decline", "declined")]
)
def test_the_answer_is_seen_by_dispatch(
    client: Caller,
    office: Caller,
    page: Answer,
    taken: dict[str, Any],
    choice: str,
    kept: str,
) -> None:
    sent = client.answer(page, choice)

    assert sent.status_code == 303
    assert "token" not in sent.headers["Location"]
    assert answers(office, taken["event_id"]) == {
        "CAP_001": "pending",
        "CREW_001": kept,
        "CREW_002": "pending",
    }
    assert kept in office.get("/dispatch").text.lower()


def test_the_last_answer_counts(
    client: Caller,
    office: Caller,
    page: Answer,
    taken: dict[str, Any],
    clock: SetClock,
) -> None:
    for choice in ("accept", "decline", "accept", "decline"):
        clock.forward(seconds=10)
        assert client.answer(page, choice).status_code == 303

    assert answers(office, taken["event_id"])["CREW_001"] == "declined"


def test_the_operator_is_told_of_each_new_answer_once(
    client: Caller, page: Answer, parts: Parts, drain: DrainAll, clock: SetClock
) -> None:
    before = len(mails(parts))
    for choice in ("accept", "accept", "decline"):
        clock.forward(seconds=10)
        client.answer(page, choice)

    drain()

    assert len(mails(parts)) - before == 2


def test_the_same_answer_again_writes_nothing(
    client: Caller, page: Answer, parts: Parts
) -> None:
    client.answer(page, "accept")
    before = stored(parts)

    again = client.answer(page, "accept")

    assert again.status_code == 303
    assert stored(parts) == before


def test_an_answer_needs_the_token_of_its_page(
    client: Caller, page: Answer, parts: Parts
) -> None:
    before = stored(parts)

    for token in ({}, {"csrf_token": ""}, {"csrf_token": "x"}):
        sent = client.call("POST", page.request.path, data={"answer": "accept"} | token)
        assert sent.status_code == 400

    assert stored(parts) == before


def test_another_site_cannot_answer(client: Caller, page: Answer, parts: Parts) -> None:
    before = stored(parts)
    form = {"csrf_token": form_token(page), "answer": "accept"}

    sent = client.call(
        "POST", page.request.path, data=form, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert sent.status_code == 403
    assert stored(parts) == before


def closed(answer: Answer) -> tuple[int, str]:
    """The status and the words of a page that is closed."""
    body = answer.text.partition("<body")[2]
    return answer.status_code, body


def test_every_link_that_does_not_open_gets_the_same_answer(
    app: Flask,
    scripts: Caller,
    parts: Parts,
    taken: dict[str, Any],
    drain: DrainAll,
    clock: SetClock,
) -> None:
    """Whether it is wrong, of somebody else, taken back or too old is not said."""
    event = f"/events/{taken['event_id']}"
    good = path_of(link_for(parts, NIA))
    other = scripts.post("/api/bookings", booking(source_ref="BS-2")).json
    drain()
    removed = path_of(link_for(parts, TOM)).replace(
        other["event_id"], taken["event_id"]
    )
    told = {
        "no token": closed(Caller(app).get(event)),
        "empty": closed(Caller(app).get(f"{event}?token=")),
        "wrong": closed(Caller(app).get(f"{good}x")),
        "hostile": closed(Caller(app).get(f"{event}?token=%00%ff<script>")),
        "long": closed(Caller(app).get(f"{event}?token={'x' * 5000}")),
        "no event": closed(Caller(app).get(good.replace(taken["event_id"], "EV_x"))),
        "other event": closed(Caller(app).get(removed)),
        "wrong cookie": closed(
            Caller(app, Cookie=f"jada-crew-{taken['event_id']}=x").get(event)
        ),
    }

    clock.forward(days=60)
    told["expired"] = closed(Caller(app).get(good))

    assert {status for status, _ in told.values()} == {404}
    assert len({words for _, words in told.values()}) == 1


def test_who_is_taken_off_is_let_in_no_more(
    client: Caller,
    scripts: Caller,
    page: Answer,
    parts: Parts,
    taken: dict[str, Any],
) -> None:
    """Neither by the link nor by the cookie that it was exchanged for."""
    link, path = link_for(parts, NIA), page.request.path
    form = {"csrf_token": form_token(page), "answer": "accept"}

    scripts.post("/api/bookings", booking(crew=deckhands("CREW_002")))

    assert client.get(path).status_code == 404
    assert client.get(path_of(link)).status_code == 404
    assert client.call("POST", path, data=form).status_code == 404
    assert client.get(f"{path}/calendar.ics").status_code == 404


def test_who_is_asked_again_gets_a_link_of_a_new_kind(
    app: Flask,
    scripts: Caller,
    parts: Parts,
    taken: dict[str, Any],
    drain: DrainAll,
    clock: SetClock,
) -> None:
    old, there = link_for(parts, NIA), Caller(app)
    page = there.open_link(old)
    scripts.post("/api/bookings", booking(crew=deckhands("CREW_002")))
    drain()
    clock.forward(hours=1)
    scripts.post("/api/bookings", booking())
    drain()

    new = link_for(parts, NIA)

    assert new != old
    assert Caller(app).open_link(old).status_code == 404
    assert there.get(page.request.path).status_code == 404
    assert Caller(app).open_link(new).status_code == 200


def test_the_cookie_of_one_event_opens_no_other(
    client: Caller, scripts: Caller, page: Answer, taken: dict[str, Any], app: Flask
) -> None:
    other = scripts.post("/api/bookings", booking(source_ref="BS-2")).json
    (cookie,) = [
        one
        for one in client.client._cookies.values()  # type: ignore[union-attr]
        if one.key.startswith("jada-crew-")
    ]

    direct = client.get(f"/events/{other['event_id']}")
    renamed = Caller(app, Cookie=f"jada-crew-{other['event_id']}={cookie.value}").get(
        f"/events/{other['event_id']}"
    )

    assert (direct.status_code, renamed.status_code) == (404, 404)


def test_the_token_of_one_page_is_no_good_for_another(
    app: Flask, client: Caller, page: Answer, parts: Parts, office: Caller
) -> None:
    tom = Caller(app)
    his = tom.open_link(link_for(parts, TOM))
    form = {"csrf_token": form_token(his), "answer": "decline"}

    sent = client.call("POST", page.request.path, data=form)

    assert sent.status_code == 400


def test_a_link_serves_through_the_day_after_the_charter(
    app: Flask, parts: Parts, taken: dict[str, Any], clock: SetClock
) -> None:
    """By the clock at the dock: the charter is on May 30 in San Diego."""
    link = link_for(parts, NIA)
    clock.at = clock.at.replace(month=6, day=1, hour=6, minute=59)
    assert Caller(app).open_link(link).status_code == 200

    clock.forward(minutes=1)

    assert Caller(app).open_link(link).status_code == 404


def test_the_cookie_ends_with_the_link(
    client: Caller, page: Answer, clock: SetClock
) -> None:
    clock.at = clock.at.replace(month=6, day=1, hour=6, minute=59)
    assert client.get(page.request.path).status_code == 200

    clock.forward(minutes=1)

    assert client.get(page.request.path).status_code == 404


def test_after_departure_nobody_answers_any_more(
    client: Caller, page: Answer, parts: Parts, clock: SetClock
) -> None:
    clock.at = clock.at.replace(month=5, day=30, hour=23, minute=30)
    before = stored(parts)

    sent = client.answer(page, "decline")

    assert sent.status_code == 422
    assert "already left" in sent.text
    assert stored(parts) == before


def test_a_cancelled_charter_asks_for_no_answer(
    client: Caller, scripts: Caller, page: Answer, taken: dict[str, Any], parts: Parts
) -> None:
    scripts.post(f"/api/bookings/{taken['booking_id']}/cancel", {})
    before = stored(parts)

    sent = client.answer(page, "accept")

    assert sent.status_code == 422
    assert "cancelled" in sent.text
    assert stored(parts) == before


def test_an_answer_to_a_plan_that_has_changed_is_asked_for_again(
    client: Caller, scripts: Caller, page: Answer, taken: dict[str, Any], office: Caller
) -> None:
    """Who says yes to half past four has not said yes to noon."""
    scripts.post("/api/bookings", booking(start_time="12:00"))

    sent = client.answer(page, "accept")

    assert sent.status_code == 409
    assert answers(office, taken["event_id"])["CREW_001"] == "pending"
    assert "12:00 PM" in sent.text
    assert client.answer(sent, "accept").status_code == 303


def test_a_task_is_ticked_and_the_tick_taken_back(
    client: Caller, office: Caller, page: Answer, taken: dict[str, Any]
) -> None:
    path, token = f"{page.request.path}/tasks", form_token(page)
    task = office.get(f"/api/events/{taken['event_id']}").json["checklist"][0]

    def done() -> bool:
        tasks = office.get(f"/api/events/{taken['event_id']}").json["checklist"]
        return bool(tasks[0]["done"])

    form = {"csrf_token": token, "done": task["task_id"]}
    assert client.call("POST", path, data=form).status_code == 303
    assert done()

    form = {"csrf_token": token, "undo": task["task_id"]}
    assert client.call("POST", path, data=form).status_code == 303
    assert not done()


@pytest.mark.parametrize("form", [{}, {"done": "none"}, {"undo": "\x00"}, {"done": ""}])
def test_a_task_that_there_is_not_is_404(
    client: Caller, page: Answer, parts: Parts, form: dict[str, str]
) -> None:
    before = stored(parts)

    sent = client.call(
        "POST",
        f"{page.request.path}/tasks",
        data=form | {"csrf_token": form_token(page)},
    )

    assert sent.status_code == 404
    assert stored(parts) == before


def test_the_calendar_file_has_the_hours_of_the_member(
    client: Caller, page: Answer
) -> None:
    answer = client.get(f"{page.request.path}/calendar.ics")

    assert answer.content_type == "text/calendar; charset=utf-8"
    text = answer.text.replace("\r\n ", "")
    assert "DTSTART:20260530T223000Z" in text  # 15:30 at the dock
    assert "DTEND:20260531T033000Z" in text
    assert "token" not in text
    assert "avery@example.com" not in text


def test_the_calendar_file_without_the_cookie_is_404(
    app: Flask, taken: dict[str, Any]
) -> None:
    answer = Caller(app).get(f"/events/{taken['event_id']}/calendar.ics")

    assert answer.status_code == 404


def test_the_crew_sees_no_contacts_of_guests(page: Answer) -> None:
    assert "Avery Example" in page.text
    assert "avery@example.com" not in page.text
    assert "555 0142" not in page.text
