"""The same request again is answered as the first time, and nothing is done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from jada_flask.web.context import Parts
from tests.builders import booking, calendar_entry, crew_event
from tests.callers import Answer, Caller, mails, stored
from tests.conftest import DrainAll, Keys
from tests.fakes import SetClock

KEY = {"Idempotency-Key": "5c1d2f3e"}


def is_replay(answer: Answer) -> bool:
    return answer.headers.get("Idempotent-Replayed") == "true"


def test_the_first_answer_is_given_again(scripts: Caller, parts: Parts) -> None:
    first = scripts.post("/api/bookings", booking(), headers=KEY)
    before = stored(parts)

    again = scripts.post("/api/bookings", booking(), headers=KEY)

    assert (is_replay(first), is_replay(again)) == (False, True)
    assert (again.status_code, again.data) == (201, first.data)
    assert again.content_type == first.content_type
    assert stored(parts) == before


def test_a_replay_shows_what_was_then_not_what_is_now(
    scripts: Caller, drain: DrainAll
) -> None:
    first = scripts.post("/api/bookings", booking(), headers=KEY)
    scripts.post("/api/bookings", booking(party_size=6))
    drain()

    again = scripts.post("/api/bookings", booking(), headers=KEY)

    assert again.data == first.data
    now = scripts.get(f"/api/bookings/{first.json['booking_id']}").json
    assert (now["party_size"], now["revision"]) == (6, 2)


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/api/bookings", booking(party_size=5)),
        ("/api/bookings", booking() | {"gross_revenue": "840.75"}),
        ("/api/calendar", calendar_entry()),
    ],
    ids=["another value", "another spelling", "another address"],
)
def test_the_key_with_another_request_is_refused(
    scripts: Caller, parts: Parts, url: str, body: dict[str, Any]
) -> None:
    scripts.post("/api/bookings", booking(), headers=KEY)
    before = stored(parts)

    other = scripts.post(url, body, headers=KEY)

    assert other.status_code == 422
    assert other.json["errors"][0]["field"] == "Idempotency-Key"
    assert stored(parts) == before


def test_of_sixteen_at_once_one_writes_and_fifteen_repeat(
    app: Flask, keys: Keys, parts: Parts, drain: DrainAll
) -> None:
    """A calendar entry has no key of its own: each that is written is another one."""

    def one(_: int) -> Answer:
        caller = Caller(app, X_Dashboard_Token=keys.dashboard)
        return caller.post("/api/calendar", calendar_entry(), headers=KEY)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(one, range(16)))

    assert {answer.status_code for answer in answers} == {201}
    assert sorted(map(is_replay, answers)) == [False] + [True] * 15
    assert len({answer.data for answer in answers}) == 1
    entries = Caller(app, X_Dashboard_Token=keys.dashboard).get("/api/calendar").json
    assert len(entries["items"]) == 1


def test_a_key_of_another_caller_is_another_key(
    scripts: Caller, office: Caller, parts: Parts
) -> None:
    scripts.post("/api/bookings", booking(), headers=KEY)

    other = office.post("/api/bookings", booking(party_size=5), headers=KEY)

    assert (other.status_code, is_replay(other)) == (200, False)
    assert other.json["outcome"] == "amended"


def test_a_key_that_is_too_old_is_as_good_as_new(
    scripts: Caller, clock: SetClock
) -> None:
    scripts.post("/api/bookings", booking(), headers=KEY)
    clock.forward(days=7)
    week = scripts.post("/api/bookings", booking(), headers=KEY)

    clock.forward(days=2)
    later = scripts.post("/api/bookings", booking(party_size=5), headers=KEY)
    again = scripts.post("/api/bookings", booking(party_size=5), headers=KEY)

    assert is_replay(week)
    assert (later.status_code, is_replay(later)) == (200, False)
    assert is_replay(again)


def test_what_was_refused_may_be_sent_again_with_the_key(scripts: Caller) -> None:
    wrong = scripts.post("/api/bookings", booking(party_size=0), headers=KEY)

    right = scripts.post("/api/bookings", booking(), headers=KEY)

    assert (wrong.status_code, right.status_code) == (422, 201)
    assert not is_replay(right)


def test_an_unchanged_booking_is_repeated_too(scripts: Caller) -> None:
    scripts.post("/api/bookings", booking())

    first = scripts.post("/api/bookings", booking(), headers=KEY)
    scripts.post("/api/bookings", booking(party_size=6))
    again = scripts.post("/api/bookings", booking(), headers=KEY)

    assert first.json["outcome"] == "unchanged"
    assert (again.data, is_replay(again)) == (first.data, True)


def test_a_cancellation_and_a_retry_are_done_once(
    scripts: Caller, drain: DrainAll, parts: Parts, clock: SetClock
) -> None:
    taken = scripts.post("/api/bookings", booking()).json
    drain()
    clock.forward(minutes=1)
    url = f"/api/bookings/{taken['booking_id']}"

    replays = []
    for key, path in (("a", "steps/crew_invitations/retry"), ("b", "cancel")):
        for _ in range(3):
            sent = scripts.post(f"{url}/{path}", {}, headers={"Idempotency-Key": key})
            replays.append(is_replay(sent))
            drain()

    assert replays == [False, True, True] * 2
    assert len(mails(parts)) == 3 + 3 + 3


def test_a_crew_event_is_entered_once(
    service: Caller, parts: Parts, drain: DrainAll
) -> None:
    first = service.post("/events/", crew_event(), headers=KEY)
    again = service.post("/events/", crew_event(), headers=KEY)
    other = service.post("/events/", crew_event(notes="Another."), headers=KEY)
    drain()

    assert (first.status_code, again.data) == (201, first.data)
    assert is_replay(again)
    assert other.status_code == 422
    assert len(mails(parts)) == 2


def test_a_crew_event_is_changed_once(
    service: Caller, parts: Parts, drain: DrainAll
) -> None:
    entered = service.post("/events/", crew_event()).json
    url = f"/events/{entered['event_id']}"
    change = {"event_date": "2026-06-02T09:00:00-07:00"}

    answers = [service.call("PATCH", url, json=change, headers=KEY) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert [is_replay(answer) for answer in answers] == [False, True, True]
    assert answers[0].json["revision"] == 2


@pytest.mark.parametrize("key", ["a b", "é", "\xff", "{}", "x" * 200, "#/../"])
def test_a_key_may_be_any_text(scripts: Caller, key: str) -> None:
    header = {"Idempotency-Key": key}

    first = scripts.post("/api/bookings", booking(), headers=header)
    again = scripts.post("/api/bookings", booking(), headers=header)

    assert (first.status_code, is_replay(again)) == (201, True)


def test_a_key_is_kept_only_as_a_hash(scripts: Caller, parts: Parts) -> None:
    scripts.post("/api/bookings", booking(), headers=KEY)

    assert KEY["Idempotency-Key"] not in str(stored(parts))


def test_a_key_is_of_the_whole_address_with_its_query(scripts: Caller) -> None:
    scripts.post("/api/bookings?way=one", booking(), headers=KEY)

    other = scripts.post("/api/bookings?way=two", booking(), headers=KEY)

    assert other.status_code == 422
    assert other.json["errors"][0]["field"] == "Idempotency-Key"
