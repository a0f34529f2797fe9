"""A booking that changes: what follows it, and what stays as it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from jada_flask.domain.audit import Actor
from jada_flask.domain.outbox import State
from jada_flask.services import people
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from tests.builders import booking, crew_event, deckhands
from tests.callers import Answer, Caller, link_for, mails, stored, summaries
from tests.conftest import DrainAll, Keys
from tests.fakes import SetClock


@pytest.fixture
def taken(scripts: Caller, drain: DrainAll, clock: SetClock) -> dict[str, Any]:
    body = scripts.post("/api/bookings", booking()).json
    drain()
    clock.forward(hours=1)
    return dict(body)


@pytest.fixture
def crowd(parts: Parts, clock: SetClock) -> list[str]:
    """Forty more people who can be asked."""
    known = [f"DECK_{number:02}" for number in range(40)]
    for crew_id in known:
        people.add(
            UnitOfWork(parts.office),
            crew_id,
            f"Deckhand {crew_id}",
            f"{crew_id.lower()}@example.com",
            roles=("deckhand",),
            by=Actor("shell"),
            at=clock.now(),
        )
    return known


def event(office: Caller, taken: dict[str, Any]) -> dict[str, Any]:
    return dict(office.get(f"/api/events/{taken['event_id']}").json)


def test_what_staff_put_into_words_survives_another_price(
    scripts: Caller, office: Caller, taken: dict[str, Any], drain: DrainAll
) -> None:
    words = {"notes": "Bring oilskins.", "event_name": "Birthday sail"}
    assert office.patch(f"/events/{taken['event_id']}", words).status_code == 200
    drain()

    scripts.post("/api/bookings", booking(gross_revenue=900))
    tally = drain()

    kept = event(office, taken)
    assert (kept["notes"], kept["event_name"]) == ("Bring oilskins.", "Birthday sail")
    assert tally == {State.DONE: 1}  # the operator alone is told


def test_what_the_booking_itself_says_anew_counts_before_it(
    scripts: Caller, office: Caller, taken: dict[str, Any]
) -> None:
    words = {"notes": "Bring oilskins.", "event_name": "Birthday sail"}
    office.patch(f"/events/{taken['event_id']}", words)

    scripts.post("/api/bookings", booking(special_requests="No cake after all."))

    kept = event(office, taken)
    assert (kept["notes"], kept["event_name"]) == (
        "No cake after all.",
        "Birthday sail",
    )


def test_another_host_stands_on_the_roster(
    scripts: Caller, office: Caller, taken: dict[str, Any]
) -> None:
    guest = booking()["guest"] | {"name": "Kim Example", "email": "kim@example.com"}

    scripts.post("/api/bookings", booking(guest=guest))

    (host,) = event(office, taken)["roster"]
    assert (host["name"], host["email"], host["host"]) == (
        "Kim Example",
        "kim@example.com",
        True,
    )


def test_what_a_booking_decides_is_changed_there_alone(
    service: Caller, office: Caller, taken: dict[str, Any], parts: Parts
) -> None:
    before = stored(parts)

    sold: list[dict[str, Any]] = [
        {"event_date": "2026-06-02T08:00:00-07:00"},
        {"crew_assignments": []},
        {"captain_id": None},
        {"location": "Elsewhere"},
        {"duration_minutes": 60},
    ]
    for body in sold:
        answer = service.patch(f"/events/{taken['event_id']}", body)
        assert answer.status_code == 409
        assert next(iter(body)) in answer.json["detail"]

    assert stored(parts) == before


def test_the_largest_crew_is_asked_and_another_one_in_its_place(
    scripts: Caller, crowd: list[str], drain: DrainAll, parts: Parts
) -> None:
    first = scripts.post("/api/bookings", booking(crew=deckhands(*crowd[:20])))
    drain()

    second = scripts.post(
        "/api/bookings",
        booking(crew=deckhands(*crowd[20:]), captain_id="CAP_002", start_time="12:00"),
    )
    drain()

    assert (first.status_code, second.status_code) == (201, 200)
    assert len(mails(parts)) == 21 + 42


def test_a_larger_crew_than_one_write_holds_is_refused_in_words(
    scripts: Caller, service: Caller, crowd: list[str]
) -> None:
    crew = deckhands(*crowd[:21])

    booked = scripts.post("/api/bookings", booking(crew=crew))
    entered = service.post("/events/", crew_event(crew_assignments=crew))

    for answer, field in ((booked, "crew"), (entered, "crew_assignments")):
        assert answer.status_code == 422
        assert answer.json["errors"] == [
            {"field": field, "message": "At most 20 fit here."}
        ]


def test_a_crew_event_tells_whom_a_change_concerns(
    service: Caller, drain: DrainAll, parts: Parts, clock: SetClock
) -> None:
    entered = service.post("/events/", crew_event()).json
    drain()
    clock.forward(hours=1)
    before, url = len(mails(parts)), f"/events/{entered['event_id']}"

    service.patch(url, {"notes": "Bring passports and oilskins."})
    drain()
    assert len(mails(parts)) == before
    service.patch(url, {"location": "Shelter Island"})
    drain()
    assert len(mails(parts)) == before + 2
    clock.forward(hours=1)
    service.patch(url, {"crew_assignments": deckhands("CREW_002")})
    drain()

    told = [mail["to"].addresses[0].username for mail in mails(parts)[before + 2 :]]
    assert sorted(told) == ["nia.okafor", "tom.whitfield"]


def test_a_change_that_changes_nothing_writes_nothing(
    service: Caller, parts: Parts
) -> None:
    entered = service.post("/events/", crew_event()).json
    before = stored(parts)

    answer = service.patch(
        f"/events/{entered['event_id']}", {"notes": "Bring passports."}
    )

    assert (answer.status_code, answer.json["revision"]) == (200, 1)
    assert stored(parts) == before


def test_a_cancelled_event_is_not_changed_any_more(
    scripts: Caller, service: Caller, taken: dict[str, Any]
) -> None:
    scripts.post(f"/api/bookings/{taken['booking_id']}/cancel", {})

    answer = service.patch(f"/events/{taken['event_id']}", {"notes": "Hello."})

    assert answer.status_code == 409


def test_a_time_on_the_day_the_clock_changes_is_said_with_its_offset(
    scripts: Caller, office: Caller
) -> None:
    """Half past one comes twice on the first of November; `start` says which."""
    when = {"charter_date": ..., "start_time": ...}
    first = booking(start="2026-11-01T01:30:00-07:00", **when)
    second = booking(start="2026-11-01T01:30:00-08:00", source_ref="BS-2", **when)

    answers = [scripts.post("/api/bookings", body) for body in (first, second)]

    assert [answer.json["start"] for answer in answers] == [
        "2026-11-01T01:30:00-07:00",
        "2026-11-01T01:30:00-08:00",
    ]
    ends = [
        office.get(f"/api/events/{answer.json['event_id']}").json["checklist"][-1][
            "due"
        ]
        for answer in answers
    ]
    assert ends == ["2026-11-01T04:15:00-08:00", "2026-11-01T05:15:00-08:00"]


def test_of_changes_at_once_none_is_lost(
    app: Flask, keys: Keys, scripts: Caller, taken: dict[str, Any], drain: DrainAll
) -> None:
    """Eight different prices at once: eight revisions, the last of them stands."""

    def change(gross: int) -> Answer:
        caller = Caller(app, X_Dashboard_Token=keys.dashboard)
        return caller.post("/api/bookings", booking(gross_revenue=gross))

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(change, range(901, 905)))
    drain()

    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json["revision"] for answer in answers) == [2, 3, 4, 5]
    last = max(answers, key=lambda answer: int(answer.json["revision"])).json
    kept = scripts.get(f"/api/bookings/{taken['booking_id']}").json
    entry = scripts.get(f"/api/calendar/{taken['booking_id']}").json
    assert kept["gross_revenue"] == last["gross_revenue"] == entry["gross_revenue"]


def test_an_answer_and_a_change_at_once_leave_no_answer_to_the_old_plan(
    app: Flask,
    keys: Keys,
    scripts: Caller,
    office: Caller,
    parts: Parts,
    taken: dict[str, Any],
) -> None:
    member = Caller(app)
    page = member.open_link(link_for(parts, "nia.okafor"))

    def answer() -> int:
        return member.answer(page, "accept").status_code

    def change() -> int:
        return scripts.post("/api/bookings", booking(start_time="12:00")).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = [one.result() for one in [pool.submit(answer), pool.submit(change)]]

    crew = {one["crew_id"]: one["answer"] for one in event(office, taken)["crew"]}
    assert statuses[0] in (303, 409)
    assert statuses[1] == 200
    assert crew["CREW_001"] == "pending"


def test_each_revision_is_told_to_the_operator_once_and_in_order(
    scripts: Caller, taken: dict[str, Any], parts: Parts, drain: DrainAll
) -> None:
    for size in (5, 6, 5):
        scripts.post("/api/bookings", booking(party_size=size))
    drain()

    assert sorted(line["revision"] for line in summaries(parts)) == [1, 2, 3, 4]


def test_who_did_what_is_written_down(
    scripts: Caller, office: Caller, taken: dict[str, Any], parts: Parts
) -> None:
    office.post(f"/api/bookings/{taken['booking_id']}/cancel", {"reason": "Storm"})

    lines = [
        item["doc"]
        for item in stored(parts)["Jobs"]
        if item["pk"] == f"AUDIT#{taken['event_id']}"
    ]
    assert len(lines) == 2
    assert '"by":"dashboard"' in lines[0]
    assert '"did":"booking.cancelled"' in lines[1]
    assert "staff:admin" in lines[1]
    assert "Storm" in lines[1]
