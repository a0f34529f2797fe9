"""What is wrong is refused with its field's name, and leaves no trace."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.builders import booking, calendar_entry, crew_event, deckhands
from tests.callers import Answer, Caller, stored
from tests.web.conftest import House

BIG = "x" * 400_000


def raw(house: House, url: str, data: bytes, **headers: str) -> Answer:
    """The office sends exactly these bytes."""
    sent = {"Content-Type": "application/json"} | headers
    return house.scripts.post(url, data=data, headers=sent)


def guest(**changes: Any) -> dict[str, Any]:
    return dict(booking()["guest"]) | changes


def fields_of(answer: Answer) -> set[str]:
    return {error["field"] for error in answer.json["errors"]}


WRONG = [
    pytest.param({"gross_revenue": "NaN"}, "gross_revenue", id="NaN in a text"),
    pytest.param({"gross_revenue": 840.755}, "gross_revenue", id="three decimals"),
    pytest.param({"gross_revenue": "840.755"}, "gross_revenue", id="three in a text"),
    pytest.param({"gross_revenue": -1}, "gross_revenue", id="negative"),
    pytest.param({"gross_revenue": 0}, "gross_revenue", id="nothing"),
    pytest.param({"gross_revenue": 1e9}, "gross_revenue", id="a thousand million"),
    pytest.param({"gross_revenue": "1e3"}, "gross_revenue", id="an exponent"),
    pytest.param({"gross_revenue": "٨٤٠"}, "gross_revenue", id="Arabic digits"),
    pytest.param({"gross_revenue": "８４０"}, "gross_revenue", id="wide digits"),
    pytest.param({"gross_revenue": "1.234,00"}, "gross_revenue", id="German"),
    pytest.param({"gross_revenue": "$840"}, "gross_revenue", id="a sign"),
    pytest.param({"gross_revenue": " 840"}, "gross_revenue", id="a space"),
    pytest.param({"gross_revenue": "840\n"}, "gross_revenue", id="a line break"),
    pytest.param({"gross_revenue": True}, "gross_revenue", id="a boolean"),
    pytest.param({"gross_revenue": None}, "gross_revenue", id="null"),
    pytest.param({"gross_revenue": []}, "gross_revenue", id="a list"),
    pytest.param({"gross_revenue": ...}, "gross_revenue", id="no gross"),
    pytest.param({"list_price": "NaN"}, "list_price", id="list price"),
    pytest.param({"platform_fee": -0.01}, "platform_fee", id="platform fee"),
    pytest.param(
        {"charter_date": "2026-03-08", "start_time": "02:30"},
        "start_time",
        id="a time that the clock skips",
    ),
    pytest.param(
        {"charter_date": "2026-11-01", "start_time": "01:30"},
        "start_time",
        id="a time that the clock shows twice",
    ),
    pytest.param({"charter_date": "2026-02-30"}, "charter_date", id="no such day"),
    pytest.param({"charter_date": "30.05.2026"}, "charter_date", id="another order"),
    pytest.param({"charter_date": 20260530}, "charter_date", id="a day as a number"),
    pytest.param({"start_time": "24:00"}, "start_time", id="no such time"),
    pytest.param({"start_time": "4:30 PM"}, "start_time", id="half a day"),
    pytest.param({"start_time": ...}, "start_time", id="no time"),
    pytest.param({"start": "2026-05-30T16:30"}, "start", id="no offset"),
    pytest.param({"duration_hours": 0}, "duration_hours", id="no duration"),
    pytest.param({"duration_hours": -3}, "duration_hours", id="backwards"),
    pytest.param({"duration_hours": 1e6}, "duration_hours", id="for ever"),
    pytest.param({"duration_hours": "3"}, "duration_hours", id="hours in a text"),
    pytest.param({"party_size": 0}, "party_size", id="nobody"),
    pytest.param({"party_size": 2.5}, "party_size", id="half a guest"),
    pytest.param({"party_size": True}, "party_size", id="a true guest"),
    pytest.param({"boat": "titanic"}, "boat", id="unknown boat"),
    pytest.param({"dock": "nowhere"}, "dock", id="unknown dock"),
    pytest.param({"captain_id": "CAP_999"}, "captain_id", id="unknown captain"),
    pytest.param({"crew": deckhands("CREW_999")}, "crew.0.crew_id", id="unknown crew"),
    pytest.param(
        {"crew": deckhands("CREW_001", "CREW_001")}, "crew.1.crew_id", id="twice"
    ),
    pytest.param({"crew": "CREW_001"}, "crew", id="crew as a text"),
    pytest.param({"crew": deckhands("CREW_001") * 60}, "crew", id="a crowd"),
    pytest.param({"status": "maybe"}, "status", id="unknown status"),
    pytest.param({"charter_type": "cruise"}, "charter_type", id="unknown type"),
    pytest.param({"source": ""}, "source", id="no source"),
    pytest.param({"source_ref": "BS\x00"}, "source_ref", id="NUL in the reference"),
    pytest.param({"source_ref": "a" * 65}, "source_ref", id="a long reference"),
    pytest.param({"source_ref": "BS#1/../x"}, "source_ref", id="a path"),
    pytest.param({"guest": guest(name="Ann\x07")}, "guest.name", id="a bell"),
    pytest.param({"guest": guest(name="Ann\u202egro")}, "guest.name", id="backwards"),
    pytest.param({"guest": guest(name="a" * 81)}, "guest.name", id="a long name"),
    pytest.param({"guest": guest(name="   ")}, "guest.name", id="no name"),
    pytest.param({"guest": guest(email="ann")}, "guest.email", id="no address"),
    pytest.param(
        {"guest": guest(email="a@example.com\r\nBcc: x@example.com")},
        "guest.email",
        id="another header",
    ),
    pytest.param({"guest": guest(nickname="Al")}, "guest.nickname", id="unknown there"),
    pytest.param({"guest": "Ann"}, "guest", id="a guest as a text"),
    pytest.param({"special_requests": "\x00"}, "special_requests", id="a NUL"),
    pytest.param({"special_requests": "a" * 2001}, "special_requests", id="an essay"),
    pytest.param({"net_revenue": 1}, "net_revenue", id="unknown field"),
    pytest.param({"__proto__": {}}, "__proto__", id="a hostile field"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG)
def test_a_wrong_value_is_named_and_nothing_is_stored(
    house: House, changes: dict[str, Any], field: str
) -> None:
    before = stored(house.parts)

    answer = house.scripts.post("/api/bookings", booking(**changes))

    assert (answer.status_code, answer.content_type) == (
        422,
        "application/problem+json",
    )
    assert field in fields_of(answer)
    assert field in answer.json["detail"]
    assert stored(house.parts) == before


@pytest.mark.parametrize(
    ("number", "field"),
    [
        ("NaN", "gross_revenue"),
        ("Infinity", "gross_revenue"),
        ("-Infinity", "gross_revenue"),
        ("1e400", "gross_revenue"),
        ("1E2", "gross_revenue"),
        ("1" + "0" * 5000, "gross_revenue"),
        ("0." + "0" * 5000 + "1", "gross_revenue"),
    ],
    ids=lambda text: text[:12],
)
def test_a_number_that_is_none_is_named(house: House, number: str, field: str) -> None:
    body = json.dumps(booking(gross_revenue="@")).replace('"@"', number)

    answer = raw(house, "/api/bookings", body.encode())

    assert answer.status_code == 422
    assert fields_of(answer) == {field}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        json.dumps(booking()).encode()[:-20],
        b'{"source": "a", "source": "b"}',
        b"\xff\xfe{}",
        b"null trailing",
        b'{"a": "\\ud800"}',
        b"[" * 5000,
    ],
    ids=["empty", "open", "cut", "twice", "not UTF-8", "trailing", "half", "deep"],
)
def test_what_cannot_be_read_is_400(house: House, body: bytes) -> None:
    before = stored(house.parts)

    answer = raw(house, "/api/bookings", body)

    assert (answer.status_code, answer.json["status"]) == (400, 400)
    assert answer.json["detail"]
    assert stored(house.parts) == before


@pytest.mark.parametrize("body", [b"[]", b'"booking"', b"17", b"null"])
def test_what_is_no_object_is_422(house: House, body: bytes) -> None:
    answer = raw(house, "/api/bookings", body)

    assert answer.status_code == 422
    assert fields_of(answer) == {"body"}


def test_a_field_that_stands_twice_is_named(house: House) -> None:
    body = json.dumps(booking())[:-1] + ', "party_size": 5}'

    answer = raw(house, "/api/bookings", body.encode())

    assert answer.status_code == 400
    assert "party_size" in answer.json["detail"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""]
)
def test_another_content_type_is_415(house: House, kind: str) -> None:
    answer = house.scripts.post(
        "/api/bookings", data=json.dumps(booking()), headers={"Content-Type": kind}
    )

    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("url", "body", "field"),
    [
        ("/api/bookings", booking(guest=guest(name=BIG)), "guest.name"),
        ("/api/bookings", booking(special_requests=BIG), "special_requests"),
        ("/api/bookings", booking(source_ref=BIG), "source_ref"),
        ("/api/bookings", booking(crew=deckhands("CREW_001", BIG)), "crew.1.crew_id"),
        ("/api/margin", booking(dock=BIG), "dock"),
        ("/api/calendar", calendar_entry(source=BIG), "source"),
    ],
    ids=["name", "wishes", "reference", "crew", "margin", "calendar"],
)
def test_400_kilobytes_are_too_much_and_the_field_is_named(
    house: House, url: str, body: dict[str, Any], field: str
) -> None:
    before = stored(house.parts)

    answer = house.scripts.post(url, body)

    assert answer.status_code == 413
    assert fields_of(answer) == {field}
    assert len(answer.data) < 1000
    assert stored(house.parts) == before


def test_a_body_that_does_not_say_how_long_it_is_is_no_way_around(house: House) -> None:
    """A chunked body has no length to look at before it is read."""
    body = json.dumps(booking(guest=guest(name=BIG))).encode()

    answer = house.scripts.client.open(
        "/api/bookings",
        method="POST",
        data=body,
        headers=house.scripts.headers | {"Content-Type": "application/json"},
        environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
    )

    assert answer.status_code == 413


def test_a_megabyte_is_not_even_read(house: House) -> None:
    answer = house.scripts.post("/api/bookings", {"a": "x" * 2_000_000})

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"net_revenue": 289.42}, "net_revenue"),
        ({"net_revenue": ...}, "net_revenue"),
        ({"port_fee_percent": 101}, "port_fee_percent"),
        ({"port_fee_percent": "18%"}, "port_fee_percent"),
        ({"event_type": "party"}, "event_type"),
        ({"crew_cost": -1}, "crew_cost"),
        ({"captain_cost": "NaN"}, "captain_cost"),
        ({"charter_date": "2026-02-29"}, "charter_date"),
        ({"gross": 1}, "gross"),
    ],
)
def test_a_calendar_entry_that_does_not_add_up_is_refused(
    house: House, changes: dict[str, Any], field: str
) -> None:
    before = stored(house.parts)

    answer = house.scripts.post("/api/calendar", calendar_entry(**changes))

    assert answer.status_code == 422
    assert fields_of(answer) == {field}
    assert stored(house.parts) == before


@pytest.mark.parametrize(
    "field",
    [
        "gross_revenue",
        "captain_fee",
        "crew_cost",
        "net_revenue",
        "port_fee",
        "port_fee_percent",
        "hourly_rate",
        "rate",
        "price",
        "amountDue",
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_crew_event_with_money_is_refused_by_its_field(
    house: House, field: str, method: str
) -> None:
    before = stored(house.parts)
    url = "/events/" if method == "POST" else f"/events/{house.event_id}"
    body = crew_event() if method == "POST" else {"notes": "x"}

    answer = house.service.call(method, url, json=body | {field: 100})

    assert answer.status_code == 422
    assert fields_of(answer) == {field}
    assert stored(house.parts) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"notes": "The guest paid $840.75."}, "notes"),
        ({"notes": "840 dollars in cash"}, "notes"),
        ({"location": "Berth 4, USD 50 a night"}, "location"),
        ({"event_name": "Sunset sail €99"}, "event_name"),
        ({"event_date": "2026-06-02T08:00:00"}, "event_date"),
        ({"event_date": ...}, "event_date"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"duration_minutes": 90.5}, "duration_minutes"),
        ({"captain_id": "CREW_404"}, "captain_id"),
        (
            {"crew_assignments": [{"crew_id": "CREW_001"}]},
            "crew_assignments.0.role",
        ),
        (
            {"crew_assignments": [{"crew_id": "X", "role": "deckhand"}]},
            "crew_assignments.0.crew_id",
        ),
        (
            {
                "crew_assignments": [
                    {"crew_id": "CREW_001", "role": "deckhand", "hourly_rate": 25}
                ]
            },
            "crew_assignments.0.hourly_rate",
        ),
    ],
)
def test_a_wrong_crew_event_is_named_and_nothing_is_stored(
    house: House, changes: dict[str, Any], field: str
) -> None:
    before = stored(house.parts)

    answer = house.service.post("/events/", crew_event(**changes))

    assert answer.status_code == 422
    assert field in fields_of(answer)
    assert stored(house.parts) == before


@pytest.mark.parametrize("query", ["0", "-1", "101", "a", "٣", "1" * 5000, "1.5", ""])
@pytest.mark.parametrize("url", ["/api/bookings", "/api/calendar"])
def test_a_wrong_limit_is_422(house: House, url: str, query: str) -> None:
    answer = house.scripts.get(url, query_string={"limit": query})

    assert answer.status_code == 422
    assert fields_of(answer) == {"limit"}


@pytest.mark.parametrize("cursor", ["x", "é", "WzIwMjYsbnVsbF0.AAAA", "%00"])
@pytest.mark.parametrize("url", ["/api/bookings", "/api/calendar"])
def test_a_cursor_that_is_not_ours_is_422(house: House, url: str, cursor: str) -> None:
    answer = house.scripts.get(url, query_string={"cursor": cursor})

    assert answer.status_code == 422
    assert fields_of(answer) == {"cursor"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-13-01", "from"),
        ("from=yesterday", "from"),
        ("from=2026-06-01&to=2026-05-01", "to"),
        ("from=2020-01-01&to=2030-01-01", "to"),
        ("from=9999-12-31", "from"),
        ("from=0001-01-01", "from"),
        ("to=0001-01-01", "to"),
    ],
)
@pytest.mark.parametrize("url", ["/api/bookings", "/api/calendar"])
def test_a_span_of_days_that_is_none_is_422(
    house: House, url: str, query: str, field: str
) -> None:
    answer = house.scripts.get(f"{url}?{query}")

    assert answer.status_code == 422
    assert fields_of(answer) == {field}


def test_a_cursor_of_another_span_is_422(house: House) -> None:
    scripts = house.scripts
    taken = [
        scripts.post("/api/bookings", booking(source_ref=ref, status="inquiry"))
        for ref in ("BS-A", "BS-B")
    ]
    assert {answer.status_code for answer in taken} == {201}
    cursor = scripts.get("/api/bookings?from=2026-05-01&limit=1").json["next"]

    answer = scripts.get(f"/api/bookings?from=2027-05-01&limit=1&cursor={cursor}")

    assert cursor
    assert answer.status_code == 422
    assert fields_of(answer) == {"cursor"}


@pytest.mark.parametrize("booking_id", ["BK_unknown", "x" * 3000, "é", "%00", "a b"])
def test_an_unknown_booking_is_404(house: House, booking_id: str) -> None:
    for answer in (
        house.scripts.get(f"/api/bookings/{booking_id}"),
        house.scripts.post(f"/api/bookings/{booking_id}/cancel", {}),
        house.scripts.post(f"/api/bookings/{booking_id}/steps/guest_page/retry", {}),
    ):
        assert answer.status_code == 404


def test_an_unknown_step_is_404(house: House) -> None:
    before = stored(house.parts)

    answer = house.scripts.post(
        f"/api/bookings/{house.booking['booking_id']}/steps/launch/retry"
    )

    assert answer.status_code == 404
    assert stored(house.parts) == before


def test_an_idempotency_key_that_is_too_long_is_422(house: House) -> None:
    before = stored(house.parts)

    answer = house.scripts.post(
        "/api/bookings", booking(), headers={"Idempotency-Key": "k" * 201}
    )

    assert answer.status_code == 422
    assert fields_of(answer) == {"Idempotency-Key"}
    assert stored(house.parts) == before


def test_what_was_sent_is_not_echoed_as_markup(house: House) -> None:
    answer: Answer = house.scripts.post(
        "/api/bookings", booking(**{"<script>alert(1)</script>": 1})
    )

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_caller_reads_the_refusal_where_a_page_is_wanted(house: House) -> None:
    """A browser that asks for HTML gets a page, in the API it gets the document."""
    asking = {"Accept": "text/html"}

    api = house.scripts.get("/api/bookings/none", headers=asking)
    page = Caller(house.app).get("/dispatch/none", headers=asking)

    assert api.content_type == "application/problem+json"
    assert page.content_type == "text/html; charset=utf-8"
