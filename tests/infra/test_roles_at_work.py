"""The application under the two roles: each function with its own, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jada_flask.adapters.aws.dynamo import DynamoStore
from jada_flask.app import create_app
from jada_flask.aws_entry import Door
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests.aws.requests import SECRET, Visitor, request
from tests.builders import booking
from tests.callers import Caller, link_for, path_of
from tests.conftest import DrainAll, Keys
from tests.fakes import SetClock
from tests.infra.conftest import QUEUE, Guarded

OFFICE = "https://office.example.com"


def under(parts: Parts, client: Any) -> Parts:
    """The same installation with whatever a client may reach."""
    store = DynamoStore(lambda: client, "jada-dev")
    return replace(
        parts,
        ports=replace(parts.ports, store=store, public_store=store),
        office=replace(parts.office, store=store),
        public=replace(parts.public, store=store),
    )


@pytest.fixture
def local(keys: Keys, clock: SetClock, tmp_path: Path) -> Iterator[Parts]:
    made = build(keys.config(tmp_path / "var"), clock=clock)
    yield made
    made.ports.store.close()
    made.ports.public_store.close()


def test_a_booking_a_payment_and_an_answer_need_no_more(
    local: Parts,
    office: Any,
    outside: Any,
    keys: Keys,
    drain: DrainAll,
) -> None:
    dispatch, public = under(local, office), under(local, outside)
    app = create_app(dispatch)
    scripts, staff = Caller(app, X_Dashboard_Token=keys.dashboard), Caller(app)
    assert staff.sign_in(keys.password).status_code == 200

    taken = scripts.post("/api/bookings", booking())
    drain(dispatch)
    event_id = taken.json["event_id"]
    event = staff.get(f"/api/events/{event_id}").json
    patron = event["roster"][0]["patron_id"]
    payment = {"amount": "100.00", "method": "card"}
    logged = staff.post(f"/api/events/{event_id}/{patron}/payment", payment)
    crew = Caller(create_app(public))
    page = crew.open_link(link_for(local, "nia.okafor"))
    answered = crew.answer(page, "accept")
    drain(dispatch)

    assert (taken.status_code, logged.status_code) == (201, 200), logged.text
    assert (page.status_code, answered.status_code) == (200, 303)
    assert staff.get(f"/api/events/{event_id}/payments").json["items"]
    crew_now = staff.get(f"/api/events/{event_id}").json["crew"]
    assert {one["name"]: one["answer"] for one in crew_now}["Nia Okafor"] == "accepted"


@pytest.fixture
def public(guarded: Guarded, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Door:
    """The public function as Lambda starts it: its role, its settings, and no more."""
    key, secret = guarded.key_of("jada-dev-public", "public")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    return Door(
        {
            "JADA_STAGE": "dev",
            "JADA_SERVES": "public",
            "JADA_BASE_URL": OFFICE,
            "JADA_ORIGIN_SECRET": SECRET,
            "JADA_NUDGE_QUEUE": QUEUE,
            "SECRET_KEY": keys.settings["SECRET_KEY"],
            "AWS_ENDPOINT_URL": guarded.url,
        }
    )


def lines_in(queue: Any) -> int:
    url = queue.get_queue_url(QueueName="jada-dev-nudge")["QueueUrl"]
    found = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    for line in found.get("Messages", []):
        queue.delete_message(QueueUrl=url, ReceiptHandle=line["ReceiptHandle"])
    return len(found.get("Messages", []))


def test_the_crew_need_no_more_than_the_public_function_may(
    local: Parts,
    office: Any,
    guarded: Guarded,
    public: Door,
    keys: Keys,
    drain: DrainAll,
) -> None:
    dispatch, queue = under(local, office), guarded.client("sqs")
    scripts = Caller(create_app(dispatch), X_Dashboard_Token=keys.dashboard)
    ahead = (datetime.now(UTC) + timedelta(days=30)).date()  # the function's clock
    ours = booking(source_ref="BS-CREW", charter_date=ahead.isoformat())
    taken = scripts.post("/api/bookings", ours)
    assert taken.status_code == 201, taken.text
    drain(dispatch)
    lines_in(queue)
    link = path_of(link_for(local, "nia.okafor"))
    path = link.partition("?")[0]
    nia, stranger = Visitor(public, OFFICE), Visitor(public, OFFICE)

    entered, page = nia.get(link), nia.get(path)
    form = {name: page.field(name) for name in ("csrf_token", "plan")}
    answered = nia.post(path, form | {"answer": "accept"})
    lines = lines_in(queue)
    task = {"csrf_token": form["csrf_token"], "done": page.field("done")}
    ticked = nia.post(f"{path}/tasks", task)
    after, calendar = nia.get(path), nia.get(f"{path}/calendar.ics")
    undone = nia.post(f"{path}/tasks", {**task, "undo": task.pop("done")})

    assert (entered.status, page.status) == (303, 200)
    assert (answered.status, ticked.status, undone.status) == (303, 303, 303)
    assert "Your answer is saved" in nia.get(f"{path}?saved=answer").text
    assert after.field("undo") == page.field("done")
    assert "BEGIN:VCALENDAR" in calendar.text
    assert lines == 1
    assert stranger.get(path).status == 404
    assert stranger.get(f"{link}x").status == 404


def test_guests_and_strangers_need_no_more_than_the_public_function_may(
    public: Door, keys: Keys
) -> None:
    """Nothing they send makes it ask for a table that it may not read."""
    asked = [
        (request("GET", "/g/nowhere/index.html"), 404),
        (request("GET", "/healthz"), 200),
        (request("GET", "/dispatch", Cookie="__Host-jada=x"), 404),
        (request("GET", "/api/bookings", X_Dashboard_Token=keys.dashboard), 404),
        (request("GET", "/events/EV_1", X_Service_Key=keys.service), 401),
        (request("GET", "/events/EV_1", X_Dashboard_Token=keys.dashboard), 404),
        (request("GET", "/events/EV_1", Cookie="__Host-jada=x"), 404),
        (request("POST", "/events/", {}, X_Service_Key=keys.service), 404),
        (request("PATCH", "/events/EV_1", {}, Cookie="__Host-jada=x"), 405),
        (request("POST", "/admin/login", {"user": "admin", "password": "x"}), 404),
        (request("POST", "/events/EV_1", form="answer=accept"), 400),
    ]

    statuses = [public(event, None)["statusCode"] for event, _ in asked]

    assert statuses == [status for _, status in asked]
