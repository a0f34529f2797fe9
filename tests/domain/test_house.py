"""The house as it comes: complete, without a real person in it, and open to edits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest

from jada_flask.domain.errors import DeliveryError, InvalidError
from jada_flask.domain.house import CrewRole, Operations
from jada_flask.domain.money import Money
from jada_flask.domain.rates import FeeSchedule, Rates
from jada_flask.domain.text import clean_email, clean_name, clean_phone
from jada_flask.house import default_operations
from jada_flask.house.rates import default_house, default_rates

DAY = date(2026, 5, 30)


def test_the_default_boat_dock_and_people_are_there() -> None:
    house = default_operations()

    boat = house.boat("jada")
    assert (boat.name, boat.standard_captain) == ("JADA", "CAP_001")
    assert boat.standard_crew == (
        CrewRole("CREW_001", "deckhand"),
        CrewRole("CREW_002", "deckhand"),
    )
    assert house.dock("sheraton").zone == ZoneInfo("America/Los_Angeles")
    for crew_id in (boat.standard_captain, *(p.crew_id for p in boat.standard_crew)):
        assert house.person(crew_id).active


def test_the_default_people_can_be_written_to_and_are_nobody() -> None:
    for person in default_operations().people:
        assert clean_name(person.name, "name") == person.name
        assert clean_email(person.email, "email") == person.email
        assert person.email.endswith("@example.com")
        assert clean_phone(person.phone, "phone").startswith("+1 619 555 01")


def test_the_dock_is_on_harbor_island() -> None:
    dock = default_operations().dock("sheraton")

    assert abs(dock.latitude - 32.727) < 0.01
    assert abs(dock.longitude + 117.203) < 0.01
    assert dock.parking
    assert dock.directions


def test_the_default_rates_are_the_contracts() -> None:
    rates = default_rates()

    assert (rates.crew_hourly, rates.captain_hourly) == (Money(2500), Money(5000))
    assert rates.port_percent("sheraton", DAY) == 18
    assert rates.payment_methods == ("zelle", "paypal")
    assert default_house().rates is rates


@pytest.mark.parametrize(
    ("source", "percent", "marketplace"),
    [("boatsetter", "11.5", True), ("getmyboat", "8.5", True), ("direct", "0", False)],
)
def test_each_source_has_its_schedule(
    source: str, percent: str, marketplace: bool
) -> None:
    schedule = default_rates().schedule(source, DAY)

    assert schedule
    assert schedule.percent == Decimal(percent)
    assert schedule.marketplace is marketplace


def test_a_schedule_is_in_force_from_its_day_on() -> None:
    old = FeeSchedule("x", "X", Decimal(10), since=date(2025, 1, 1))
    new = FeeSchedule("x", "X", Decimal(12), since=date(2026, 5, 30))
    rates = Rates(Money(), Money(), Decimal(18), schedules=(new, old))

    assert rates.schedule("x", date(2024, 12, 31)) is None
    assert rates.schedule("x", date(2026, 5, 29)) == old
    assert rates.schedule("x", DAY) == new
    assert rates.schedule("y", DAY) is None


@pytest.mark.parametrize("what", ["boat", "dock", "person"])
def test_what_the_house_does_not_know_is_refused_with_what_it_knows(what: str) -> None:
    with pytest.raises(
        InvalidError, match=r"There is no .* 'nope'\. Known: "
    ) as refusal:
        getattr(default_operations(), what)("nope", "the_field")

    assert refusal.value.faults[0].field == "the_field"


def test_every_task_has_a_key_of_its_own() -> None:
    keys = [template.key for template in default_operations().checklist]

    assert len(keys) == len(set(keys))


def test_an_edited_house_is_read_again_as_it_was() -> None:
    for value, kind in ((default_operations(), Operations), (default_rates(), Rates)):
        assert msgspec.json.decode(msgspec.json.encode(value), type=kind) == value


def test_an_anchor_that_no_charter_has_is_refused() -> None:
    edited = msgspec.json.encode(default_operations()).replace(b'"call"', b'"dawn"')

    with pytest.raises(msgspec.ValidationError, match="dawn"):
        msgspec.json.decode(edited, type=Operations)


def test_a_delivery_error_says_whether_to_try_again() -> None:
    error = DeliveryError("Busy.", retry_after=30)

    assert (str(error), error.permanent, error.retry_after) == ("Busy.", False, 30)
