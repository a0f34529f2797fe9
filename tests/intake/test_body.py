from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from openapi_spec_validator import validate

from jada_flask.domain.booking import CharterType, Status
from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.domain.money import Money
from jada_flask.intake.body import BOOKING, CALENDAR, CANCEL, MARGIN
from jada_flask.intake.crew_body import CREW_EVENT, CREW_PATCH
from jada_flask.intake.schema import MOST_FAULTS, Body, load
from jada_flask.intake.strict_json import loads
from tests.intake.builders import booking

CREW_SAMPLE = {
    "event_name": "Sunset sail",
    "event_date": "2026-05-30T16:30:00-07:00",
    "duration_minutes": 180,
}


def _faults(schema: Body, body: object) -> dict[str, str]:
    with pytest.raises(InvalidError) as refused:
        load(schema, loads(json.dumps(body).encode()))
    return {fault.field: fault.message for fault in refused.value.faults}


def test_the_sample_booking_is_read() -> None:
    data = load(BOOKING, booking())

    assert data["gross_revenue"] == Money(84075)
    assert data["duration_hours"] == 180
    assert data["status"] is Status.APPROVED


def test_what_may_be_left_out_has_its_default() -> None:
    data = load(BOOKING, booking(status=..., charter_type=..., list_price=...))

    assert data["status"] is Status.APPROVED
    assert data["charter_type"] is CharterType.TIME_CHARTER
    assert data["list_price"] is None


@pytest.mark.parametrize(
    "field",
    ["source", "source_ref", "boat", "dock", "charter_date", "start_time"]
    + ["duration_hours", "guest", "party_size", "gross_revenue"],
)
def test_what_is_required_is_named_when_it_is_missing(field: str) -> None:
    assert _faults(BOOKING, booking(**{field: ...})) == {field: "This is required."}


def test_a_start_with_offset_stands_for_date_and_time() -> None:
    body = booking(charter_date=..., start_time=..., start="2026-05-30T16:30:00-07:00")

    assert "start" in load(BOOKING, body)


def test_a_fault_within_has_its_path() -> None:
    crew = [{"crew_id": "CREW_001", "role": "deckhand"}, {"crew_id": "a b", "role": 7}]

    faults = _faults(BOOKING, booking(guest={"name": "A"}, crew=crew))

    assert sorted(faults) == ["crew.1.crew_id", "crew.1.role", "guest.email"]


def test_all_faults_are_told_at_once() -> None:
    changes = {"party_size": 0, "gross_revenue": "840.755", "start_time": ...}

    assert _faults(BOOKING, booking(**changes)).keys() == changes.keys()


def test_an_unknown_field_is_named_with_the_one_that_may_be_meant() -> None:
    faults = _faults(BOOKING, booking(duration_hour=3, xyz=1))

    assert faults == {
        "duration_hour": "There is no such field here. Did you mean duration_hours?",
        "xyz": "There is no such field here.",
    }


def test_an_unknown_field_within_is_named() -> None:
    guest = {"name": "A", "email": "a@example.com", "party_size": 3}

    assert _faults(BOOKING, booking(guest=guest)) == {
        "guest.party_size": "There is no such field here."
    }


def test_a_field_name_that_would_break_a_line_is_defused() -> None:
    assert list(_faults(CANCEL, {"a\r\nb" + "c" * 400_000: 1})) == ["a??b" + "c" * 56]


def test_a_flood_of_unknown_fields_gives_no_flood_of_faults() -> None:
    assert len(_faults(CANCEL, dict.fromkeys(map(str, range(5000))))) == MOST_FAULTS


@pytest.mark.parametrize("body", [[], "text", 7, None, [booking()]])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    assert _faults(BOOKING, body) == {"body": "Send one JSON object, in braces."}


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("guest", "Avery", "Send a JSON object here, in braces."),
        ("crew", {}, "Send a JSON array here, in square brackets."),
        ("crew", [{}] * 21, "At most 20 fit here."),
        ("guest", None, "This cannot be null; leave it out or send a value."),
    ],
)
def test_the_wrong_shape_within_is_named(field: str, value: Any, why: str) -> None:
    assert _faults(BOOKING, booking(**{field: value})) == {field: why}


def test_a_crew_place_that_is_no_object_is_named() -> None:
    assert _faults(BOOKING, booking(crew=["CREW_001"])) == {
        "crew.0": "Send a JSON object here, in braces."
    }


def test_null_is_told_apart_from_nothing_for_the_captain() -> None:
    assert load(BOOKING, booking(captain_id=None))["captain_id"] is None
    assert "captain_id" not in load(BOOKING, booking(captain_id=...))


@pytest.mark.parametrize("gross", [float("nan"), "0.005", "-1", "1e9", 1e9, "１", 0])
def test_wrong_money_is_named(gross: Any) -> None:
    assert list(_faults(BOOKING, booking(gross_revenue=gross))) == ["gross_revenue"]


def test_a_margin_needs_gross_and_hours_alone() -> None:
    assert _faults(MARGIN, {}).keys() == {"gross_revenue", "duration_hours"}
    assert load(MARGIN, {"gross_revenue": 840, "duration_hours": 3})


def test_a_calendar_entry_needs_all_of_its_fields() -> None:
    assert _faults(CALENDAR, {}).keys() == CALENDAR.fields.keys()


def test_a_calendar_entry_is_of_a_booking() -> None:
    faults = _faults(CALENDAR, {"event_type": "party"})

    assert faults["event_type"] == "This is one of: booking."


def test_a_cancellation_may_give_a_reason() -> None:
    assert load(CANCEL, {}) == {"reason": ""}
    assert load(CANCEL, {"reason": "storm"}) == {"reason": "storm"}


def test_a_crew_event_is_read() -> None:
    crew = [{"crew_id": "CREW_001", "role": "deckhand", "duration_hours": 5}]

    data = load(CREW_EVENT, CREW_SAMPLE | {"crew_assignments": crew})

    assert data["crew_assignments"][0]["duration_hours"] == 300
    assert data["notes"] == ""
    assert data["captain_id"] is None


@pytest.mark.parametrize(
    "field",
    ["gross_revenue", "captain_fee", "crew_cost", "net_revenue", "port_fee"]
    + ["port_fee_percent", "hourly_rate", "crewRate", "price", "amount_due", "margins"]
    + ["payout", "Tips", "totalCost", "fees"],
)
@pytest.mark.parametrize("schema", [CREW_EVENT, CREW_PATCH])
def test_a_field_of_money_is_refused_by_name(schema: Body, field: str) -> None:
    assert _faults(schema, CREW_SAMPLE | {field: 1}) == {
        field: "Crew events never hold money; leave this field out."
    }


def test_a_field_of_money_within_a_place_aboard_is_refused_by_name() -> None:
    place = {"crew_id": "CREW_001", "role": "deckhand", "rate": 25}

    assert _faults(CREW_EVENT, CREW_SAMPLE | {"crew_assignments": [place]}) == {
        "crew_assignments.0.rate": "Crew events never hold money; leave this field out."
    }


def test_a_field_that_just_sounds_like_money_is_merely_unknown() -> None:
    faults = _faults(CREW_EVENT, CREW_SAMPLE | {"coffee": 1, "celebrate": 1})

    assert set(faults.values()) == {"There is no such field here."}


@pytest.mark.parametrize("field", ["event_name", "location", "notes"])
@pytest.mark.parametrize("schema", [CREW_EVENT, CREW_PATCH])
def test_an_amount_of_money_in_a_text_is_refused(schema: Body, field: str) -> None:
    faults = _faults(schema, CREW_SAMPLE | {field: "They paid $840.75."})

    assert list(faults) == [field]
    assert "never hold money" in faults[field]


def test_a_text_that_is_none_is_refused_just_once() -> None:
    assert list(_faults(CREW_EVENT, CREW_SAMPLE | {"notes": 840})) == ["notes"]


def test_a_change_of_a_crew_event_changes_something() -> None:
    assert "at least one of: event_name" in _faults(CREW_PATCH, {})["body"]
    assert load(CREW_PATCH, {"captain_id": None}) == {"captain_id": None}


def test_the_bodies_describe_themselves_in_openapi() -> None:
    spec = APISpec("JADA", "1", "3.1.0", plugins=[MarshmallowPlugin()])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for body in (BOOKING, MARGIN, CALENDAR, CANCEL, CREW_EVENT, CREW_PATCH):
            spec.components.schema(type(body).__name__, schema=type(body))

    validate(spec.to_dict())

    shown = spec.to_dict()["components"]["schemas"]["BookingBody"]["properties"]
    assert [kind["type"] for kind in shown["list_price"]["anyOf"]] == [
        "number",
        "string",
        "null",
    ]
    assert shown["captain_id"]["type"] == ["string", "null"]
    assert shown["charter_date"]["format"] == "date"
    assert shown["crew"]["maxItems"] == 20


def test_a_fault_says_what_it_is_about() -> None:
    error = InvalidError(Fault("gross_revenue", "This cannot be negative."))

    assert str(error) == "gross_revenue: This cannot be negative."
