"""Whatever is sent, the answer is one that was meant, and a refusal leaves no trace."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import booking, calendar_entry, crew_event
from tests.callers import Caller, stored
from tests.web.conftest import House

FUZZ = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TRICKY = st.sampled_from(
    [
        *("", " ", "0", "-1", "1e9", "NaN", "Infinity", "٣", "１", "null"),
        *("\x00", "\n", "\u202e", "\u2028", "\ud83d\ude00", "a" * 300),
        *("=?utf-8?q?a=0D=0Ab?=", "{{7*7}}", "<b>", "' OR 1=1 --", "../../x", "%00"),
        *("2026-02-30", "9999-12-31", "0001-01-01", "24:00"),
        *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"),
        *("2026-05-30T16:30:00+99:99", "jada", "CAP_001", "approved", "a@b.c"),
        "\N{COMBINING ACUTE ACCENT}" * 90,
    ]
)
SCALARS = (
    TRICKY
    | st.text(max_size=20)
    | st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            TRICKY | st.sampled_from(["name", "crew_id"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


def bodies(sample: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The sample with some of its fields, or other ones, as nobody would send them."""
    names = st.sampled_from(sorted(sample)) | TRICKY
    changes = st.dictionaries(names, VALUES, min_size=1, max_size=4)
    return changes.map(lambda changed: sample | changed)


def check(house: House, caller: Caller, method: str, url: str, body: Any) -> None:
    before = stored(house.parts)

    answer = caller.call(
        method,
        url,
        data=json.dumps(body).encode(errors="replace"),
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code in (200, 201, 400, 404, 409, 413, 422), answer.text
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json"
        assert answer.json["detail"]
        assert stored(house.parts) == before


@given(body=bodies(booking()))
@FUZZ
def test_a_booking(house: House, body: dict[str, Any]) -> None:
    check(house, house.scripts, "POST", "/api/bookings", body)


@given(guest=bodies(booking()["guest"]), wishes=TRICKY | st.text(max_size=40))
@FUZZ
def test_a_guest(house: House, guest: dict[str, Any], wishes: str) -> None:
    body = booking(guest=guest, special_requests=wishes)

    check(house, house.scripts, "POST", "/api/bookings", body)


@given(crew=st.lists(bodies({"crew_id": "CREW_001", "role": "deckhand"}), max_size=3))
@FUZZ
def test_a_crew(house: House, crew: list[Any]) -> None:
    check(house, house.scripts, "POST", "/api/bookings", booking(crew=crew))


@given(body=bodies(booking()))
@FUZZ
def test_a_what_if(house: House, body: dict[str, Any]) -> None:
    check(house, house.scripts, "POST", "/api/margin", body)


@given(body=bodies(calendar_entry()))
@FUZZ
def test_a_calendar_entry(house: House, body: dict[str, Any]) -> None:
    check(house, house.scripts, "POST", "/api/calendar", body)


@given(body=bodies(crew_event()))
@FUZZ
def test_a_crew_event(house: House, body: dict[str, Any]) -> None:
    check(house, house.service, "POST", "/events/", body)


@given(body=bodies({"notes": "Bring oilskins."}))
@FUZZ
def test_a_change_of_an_event(house: House, body: dict[str, Any]) -> None:
    check(house, house.service, "PATCH", f"/events/{house.event_id}", body)


@given(body=VALUES)
@FUZZ
def test_a_body_that_is_anything(house: House, body: Any) -> None:
    for url in ("/api/bookings", "/api/margin", "/api/calendar"):
        check(house, house.scripts, "POST", url, body)


LISTS = [
    "/api/bookings",
    "/api/calendar",
    "/api/events",
    "/dispatch",
    "/dispatch/outbox",
]


@pytest.mark.parametrize("url", LISTS)
@given(
    query=st.dictionaries(
        st.sampled_from(["from", "to", "limit", "cursor", "when", "boat", "q", "said"]),
        TRICKY | st.text(max_size=20),
        max_size=3,
    )
)
@FUZZ
def test_a_question(signed_in: Caller, url: str, query: dict[str, str]) -> None:
    answer = signed_in.get(
        url,
        query_string={
            name: text.encode(errors="replace") for name, text in query.items()
        },
    )

    assert answer.status_code in (200, 422), answer.text


@given(name=TRICKY | st.text(min_size=1, max_size=30))
@FUZZ
def test_a_name_in_an_address(house: House, signed_in: Caller, name: str) -> None:
    there = quote(name.encode(errors="replace"), safe="")
    for url in (
        f"/api/bookings/{there}",
        f"/api/events/{there}",
        f"/dispatch/events/{there}",
        f"/events/{there}?token={there}",
        f"/g/{there}",
        f"/dev/mailbox/{there}",
        f"/static/{there}/{there}",
    ):
        assert signed_in.get(url).status_code < 500


@given(raw=st.binary(max_size=60))
@FUZZ
def test_bytes_that_are_anything(house: House, raw: bytes) -> None:
    answer = house.scripts.post(
        "/api/bookings", data=raw, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code in (400, 422)


@pytest.fixture(scope="module")
def signed_in(house: House) -> Caller:
    return house.office
