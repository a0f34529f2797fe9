from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from jada_flask.domain.booking import CharterType, Guest
from jada_flask.domain.errors import InvalidError
from jada_flask.domain.house import CrewRole
from jada_flask.domain.money import Money
from jada_flask.domain.places import check_places
from jada_flask.house.rates import default_rates
from jada_flask.intake.body import CALENDAR, MARGIN
from jada_flask.intake.schema import load
from jada_flask.intake.terms import calendar_margin, what_if
from tests.intake.builders import OPERATIONS, terms

DECKHANDS = (CrewRole("CREW_001", "deckhand"), CrewRole("CREW_002", "deckhand"))


def _faults(**changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidError) as refused:
        terms(**changes)
    return {fault.field: fault.message for fault in refused.value.faults}


def test_the_sample_booking_comes_to_these_terms() -> None:
    sample = terms()

    assert sample.start == datetime(2026, 5, 30, 23, 30, tzinfo=UTC)
    assert sample.end == datetime(2026, 5, 31, 2, 30, tzinfo=UTC)
    assert sample.guest == Guest(
        "Avery Example", "avery@example.com", "+1 619 555 0142"
    )
    assert sample.gross == Money(84075)
    assert sample.crew == DECKHANDS
    assert sample.time_zone == "America/Los_Angeles"


def test_the_same_booking_is_the_same_terms_however_its_numbers_are_written() -> None:
    assert terms(gross_revenue=840.75, duration_hours=3.0, list_price=950) == terms()


def test_the_source_is_the_same_in_any_case() -> None:
    assert terms(source="Boatsetter") == terms()


def test_unknown_boat_dock_and_crew_are_all_named() -> None:
    crew = [
        {"crew_id": "CREW_9", "role": "deckhand"},
        *_listed("CREW_001"),
        *_listed("X"),
    ]

    faults = _faults(boat="titanic", dock="pier39", crew=crew, captain_id="CAP_9")

    assert faults.keys() == {
        "boat",
        "dock",
        "captain_id",
        "crew.0.crew_id",
        "crew.2.crew_id",
    }
    assert "Known: jada" in faults["boat"]


def test_a_person_stands_aboard_once() -> None:
    faults = _faults(crew=_listed("CREW_001", "CAP_001", "CREW_001"))

    assert faults == {
        "crew.1.crew_id": "CAP_001 is aboard already (captain_id); "
        "name each person once.",
        "crew.2.crew_id": "CREW_001 is aboard already (crew.0.crew_id); "
        "name each person once.",
    }


def test_the_usual_captain_and_crew_sail_unless_others_are_named() -> None:
    sample = terms(captain_id=..., crew=...)

    assert sample.captain_id == "CAP_001"
    assert sample.crew == DECKHANDS


def test_null_and_an_empty_list_mean_nobody() -> None:
    sample = terms(captain_id=None, crew=[])

    assert sample.places == ()


def test_a_bareboat_charter_has_nobody_of_ours_unless_named() -> None:
    bareboat = terms(charter_type="bareboat", captain_id=..., crew=...)

    assert bareboat.charter_type is CharterType.BAREBOAT
    assert bareboat.places == ()


def test_who_is_named_as_captain_is_not_also_usual_crew() -> None:
    assert terms(captain_id="CREW_001", crew=...).crew == DECKHANDS[1:]


def test_a_boat_without_a_usual_captain_sails_without() -> None:
    lone = replace(OPERATIONS.boats[0], standard_captain="")
    data = load(MARGIN, {"gross_revenue": 840, "duration_hours": 3})

    assert what_if(data, replace(OPERATIONS, boats=(lone,))).captain_id is None


@pytest.mark.parametrize(
    ("day", "at", "why"),
    [
        ("2026-03-08", "02:30", "does not exist"),
        ("2026-11-01", "01:30", "happens twice"),
    ],
)
def test_a_time_that_the_clock_skips_or_repeats_needs_a_start(
    day: str, at: str, why: str
) -> None:
    faults = _faults(charter_date=day, start_time=at)

    assert why in faults["start_time"]
    assert "`start`" in faults["start_time"]


def test_a_start_with_offset_tells_a_repeated_hour_apart() -> None:
    first = terms(charter_date=..., start_time=..., start="2026-11-01T01:30:00-07:00")
    second = terms(
        charter_date="2026-11-01", start_time="01:30", start="2026-11-01T01:30:00-08:00"
    )

    assert (second.start - first.start).seconds == 3600


def test_a_start_must_agree_with_date_and_time_beside_it() -> None:
    faults = _faults(start="2026-05-31T16:45:00-07:00")

    assert faults.keys() == {"charter_date", "start_time"}
    assert "2026-05-31" in faults["charter_date"]


def test_a_what_if_gives_the_samples_margin() -> None:
    data = load(MARGIN, {"gross_revenue": "840.75", "duration_hours": 3})

    asked = what_if(data, OPERATIONS)

    assert asked.onsite_minutes == 300
    assert asked.margin(default_rates(), date(2026, 5, 30)).net == Money(28941)


def test_a_what_if_takes_a_whole_booking_too() -> None:
    given = {"dock": "sheraton", "charter_date": "2026-05-30", "source": "boatsetter"}
    body = {"gross_revenue": "840.75", "duration_hours": 3, "crew": [], **given}

    asked = what_if(load(MARGIN, body), OPERATIONS)

    assert (asked.crew, asked.day, asked.source) == (
        (),
        date(2026, 5, 30),
        "boatsetter",
    )


def test_the_day_of_a_what_if_is_the_docks() -> None:
    body = {"gross_revenue": 1, "duration_hours": 1, "start": "2026-05-31T03:00:00Z"}

    assert what_if(load(MARGIN, body), OPERATIONS).day == date(2026, 5, 30)


def test_a_what_if_of_an_unknown_boat_is_refused() -> None:
    body = {"gross_revenue": 1, "duration_hours": 1, "boat": "x", "dock": "y"}

    with pytest.raises(InvalidError, match=r"no boat 'x'.* no dock 'y'"):
        what_if(load(MARGIN, body), OPERATIONS)


def _entry(net: str) -> dict[str, Any]:
    return load(
        CALENDAR,
        {
            "event_type": "booking",
            "source": "boatsetter",
            "charter_date": "2026-05-30",
            "duration_hours": 3,
            "gross_revenue": "840.75",
            "crew_cost": "250.00",
            "captain_cost": "150.00",
            "port_fee_percent": 18,
            "net_revenue": net,
        },
    )


def test_a_calendar_entry_whose_net_follows_is_taken() -> None:
    assert calendar_margin(_entry("289.41")).port_fee == Money(15134)


def test_a_calendar_entry_that_was_cut_instead_of_rounded_is_refused() -> None:
    with pytest.raises(InvalidError, match=r"leaves 289\.41, not 289\.42"):
        calendar_margin(_entry("289.42"))


def test_a_crew_events_places_are_named_as_its_sender_spells_them() -> None:
    with pytest.raises(InvalidError, match=r"^crew_assignments\.0\.crew_id: "):
        check_places(
            (CrewRole("X", "deckhand"),), None, OPERATIONS, listing="crew_assignments"
        )


def _listed(*people: str) -> list[dict[str, str]]:
    return [{"crew_id": person, "role": "deckhand"} for person in people]


def test_a_captain_whom_the_marketplace_pays_costs_nothing_in_a_what_if() -> None:
    rates = default_rates()
    schedule = replace(
        rates.schedules[0], source="onboard", captain_on_top=True, since=date.min
    )
    elsewhere = replace(rates, schedules=(*rates.schedules, schedule))
    sent = {"gross_revenue": "840.75", "duration_hours": 3, "source": "onboard"}
    asked = what_if(load(MARGIN, sent), OPERATIONS)

    assert asked.margin(elsewhere, date(2026, 5, 30)).captain_cost == Money()
    assert asked.margin(rates, date(2026, 5, 30)).captain_cost == Money(15000)
