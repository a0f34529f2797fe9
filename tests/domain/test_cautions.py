"""A person is warned of what may go wrong, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from jada_flask.domain.booking import Caution, CharterType, Status, Terms
from jada_flask.domain.cautions import Engagement, cautions_for
from jada_flask.domain.house import CrewRole
from jada_flask.domain.money import Money
from jada_flask.domain.rates import House
from jada_flask.house.rates import default_house
from jada_flask.sun import sunset
from tests.domain.builders import DECKHANDS, SUNSET, TAKEN, terms

HOUR = timedelta(hours=1)


def warned(
    booked: Terms,
    *,
    others: Iterable[Engagement] = (),
    sets: datetime | None = SUNSET,
    at: datetime = TAKEN,
    house: House | None = None,
) -> dict[str, str]:
    found: tuple[Caution, ...] = cautions_for(
        booked, house or default_house(), sunset=sets, others=others, at=at
    )
    return {caution.code: caution.message for caution in found}


def certified(passengers: int) -> House:
    house = default_house()
    boat = replace(house.operations.boats[0], certified_passengers=passengers)
    return replace(house, operations=replace(house.operations, boats=(boat,)))


def test_a_plain_good_booking_warns_of_nothing() -> None:
    assert warned(terms()) == {}


def test_a_cancelled_booking_worries_nobody() -> None:
    assert warned(terms(party_size=40, status=Status.CANCELLED)) == {}


@pytest.mark.parametrize(
    ("kind", "most"), [(CharterType.TIME_CHARTER, 6), (CharterType.BAREBOAT, 12)]
)
def test_only_so_many_passengers_may_come(kind: CharterType, most: int) -> None:
    fits = terms(charter_type=kind, party_size=most, captain_id=None, crew=())

    assert warned(fits) == {}
    message = warned(replace(fits, party_size=most + 1))["too_many_passengers"]
    assert f"{most + 1} passengers are booked" in message
    assert f"at most {most} may come" in message


def test_an_inspected_vessel_takes_what_her_certificate_says() -> None:
    fits = terms(charter_type=CharterType.INSPECTED, party_size=40)

    assert warned(fits, house=certified(40)) == {}
    assert "too_many_passengers" in warned(fits, house=certified(39))


def test_a_vessel_without_a_certificate_does_not_sail_as_inspected() -> None:
    found = warned(terms(charter_type=CharterType.INSPECTED))

    assert list(found) == ["no_certificate"]
    assert "JADA" in found["no_certificate"]


@pytest.mark.parametrize(
    "aboard",
    [{"captain_id": "CAP_001", "crew": ()}, {"captain_id": None, "crew": DECKHANDS}],
)
def test_the_owner_pays_nobody_on_a_bareboat(aboard: dict[str, object]) -> None:
    found = warned(terms(charter_type=CharterType.BAREBOAT, **aboard))

    assert list(found) == ["bareboat_with_crew"]


def engaged(who: str, start: datetime, hours: float) -> Engagement:
    return Engagement(who, "Bo Ek", start, start + hours * HOUR, "EV_other")


@pytest.mark.parametrize(
    ("start", "end"),
    [(-HOUR * 2, -HOUR), (HOUR * 4.5, HOUR * 6), (-HOUR * 30, -HOUR * 20)],
)
def test_a_boat_may_go_out_again_after_the_buffer(
    start: timedelta, end: timedelta
) -> None:
    other = engaged("BOAT#jada", terms().start + start, (end - start) / HOUR)

    assert warned(terms(), others=[other]) == {}


@pytest.mark.parametrize("begins", [-2 * HOUR + timedelta(minutes=1), HOUR, 4.4 * HOUR])
def test_a_boat_is_not_booked_twice(begins: timedelta) -> None:
    other = engaged("BOAT#jada", terms().start + begins, 1)

    assert list(warned(terms(), others=[other])) == ["boat_double_booked"]


def test_a_double_booking_is_told_in_the_docks_time() -> None:
    other = engaged("BOAT#jada", datetime(2026, 5, 30, 20, tzinfo=UTC), 3)

    message = warned(terms(), others=[other])["boat_double_booked"]

    assert "JADA is also out from 13:00 to 16:00 on Saturday 30 May (Bo Ek)" in message
    assert "60 minutes are to lie between" in message


@pytest.mark.parametrize("who", ["CREW#CAP_001", "CREW#CREW_002"])
def test_nobody_is_needed_in_two_places(who: str) -> None:
    """Set-up, clean-up and the buffer count: called at 15:30, so free from 14:30."""
    free = engaged(who, terms().start - 4 * HOUR, 2)
    busy = replace(free, end=free.end + timedelta(minutes=1))

    assert warned(terms(), others=[free]) == {}
    assert list(warned(terms(), others=[busy])) == ["crew_double_booked"]


def test_a_member_is_busy_until_after_the_clean_up() -> None:
    released = terms().end + HOUR
    free = engaged("CREW#CREW_001", released + HOUR, 1)
    busy = engaged("CREW#CREW_001", released + HOUR - timedelta(minutes=1), 1)

    assert warned(terms(), others=[free]) == {}
    assert (
        "Nia Okafor is also needed"
        in warned(terms(), others=[busy])["crew_double_booked"]
    )


def test_who_has_left_the_house_goes_by_the_id() -> None:
    other = engaged("CREW#CREW_99", terms().start, 1)
    booked = terms(crew=(CrewRole("CREW_99", "deckhand"),))

    assert "CREW_99 is also" in warned(booked, others=[other])["crew_double_booked"]


def test_what_others_do_elsewhere_is_of_no_concern() -> None:
    others = [engaged(who, terms().start, 3) for who in ("BOAT#other", "CREW#CREW_003")]

    assert warned(terms(), others=others) == {}


def test_a_start_that_has_passed_is_told() -> None:
    found = warned(terms(), at=terms().start + timedelta(seconds=1))

    assert list(found) == ["in_the_past"]
    assert "16:30 on Saturday 30 May 2026, which has passed" in found["in_the_past"]


def test_crew_are_called_when_there_is_no_time_for_a_mail() -> None:
    start = terms().start

    assert warned(terms(), at=start - 12 * HOUR) == {}
    assert list(warned(terms(), at=start - 11.9 * HOUR)) == ["short_notice"]
    assert list(warned(terms(), at=start)) == ["short_notice"]
    nobody = terms(captain_id=None, crew=())
    assert warned(nobody, at=start - HOUR) == {}


def test_an_evening_sail_that_ends_before_sunset_is_moved() -> None:
    san_diego = ZoneInfo("America/Los_Angeles")
    sets = sunset(32.71, -117.17, san_diego, terms().start.astimezone(san_diego).date())

    found = warned(terms(duration_minutes=180), sets=sets)

    assert list(found) == ["sunset_missed"]
    assert "ends at 19:30, 20 minutes before sunset (19:50)" in found["sunset_missed"]
    assert "start at 17:00 would end at 20:00" in found["sunset_missed"]


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (139, False),  # ends an hour and more before
        (140, True),
        (198, True),
        (199, True),
        (200, False),
        (300, False),
    ],
)
def test_only_a_sunset_that_is_nearly_reached_is_missed(
    minutes: int, told: bool
) -> None:
    booked = terms(duration_minutes=minutes, gross=Money(95000), platform_fee=Money())
    found = warned(replace(booked, source="direct"))

    assert ("sunset_missed" in found) is told


def test_a_long_day_that_ends_before_sunset_is_no_sunset_sail() -> None:
    booked = terms(start=terms().end - 8 * HOUR - timedelta(minutes=30))

    assert "sunset_missed" not in warned(replace(booked, duration_minutes=480))


@pytest.mark.parametrize(
    ("start", "fact"),
    [
        (-6 * HOUR, "ends at 14:00, 5 h 49 min before sunset (19:49)"),
        (4 * HOUR, "starts at 20:30, 40 minutes after sunset (19:49)"),
    ],
)
def test_who_wishes_for_the_sunset_gets_it(start: timedelta, fact: str) -> None:
    booked = terms(start=terms().start + start, special_requests="A SUNSET toast!")

    message = warned(booked)["sunset_missed"]

    assert fact in message
    assert "start at 16:30 would end at 20:00" in message


@pytest.mark.parametrize(
    ("before", "minutes", "told"),
    [
        (0, 60, False),  # casts off at sunset
        (60, 60, False),  # is back at sunset
        (240, 210, True),
        (241, 210, False),  # began in the afternoon
        (180, 120, False),  # is back a whole hour early
        (180, 121, True),
    ],
)
def test_an_evening_has_its_bounds(before: int, minutes: int, told: bool) -> None:
    start = SUNSET - timedelta(minutes=before)
    wish = "sunset" if before < 100 else ""
    booked = terms(start=start, duration_minutes=minutes, special_requests=wish)

    assert ("sunset_missed" in warned(booked)) is told


def test_a_minute_is_one_minute() -> None:
    booked = terms(special_requests="sunset", start=SUNSET + timedelta(seconds=61))

    assert ", 1 minute after" in warned(booked)["sunset_missed"]


def test_where_the_sun_does_not_set_no_sunset_is_missed() -> None:
    assert warned(terms(special_requests="sunset"), sets=None) == {}


def test_a_suggested_start_is_on_the_docks_quarter() -> None:
    """Kathmandu is 5 h 45 min ahead, so its quarters are not the world's."""
    booked = terms(special_requests="sunset", time_zone="Asia/Kathmandu")

    message = warned(replace(booked, start=booked.start - 6 * HOUR))["sunset_missed"]

    assert "A start at 05:15 would end at 08:45" in message


def test_prices_that_do_not_add_up_are_shown() -> None:
    found = warned(terms(gross=Money(85000)))

    assert list(found) == ["price_does_not_add_up"]
    assert (
        "$950.00 less platform fee $109.25 is $840.75, but gross is $850.00"
        in (found["price_does_not_add_up"])
    )


@pytest.mark.parametrize(
    ("listed", "fee", "gross", "told"),
    [
        (100_000, 13_500, 86_500, False),  # 11.5 % and 2 points of tolerance
        (100_000, 13_501, 86_499, True),
        (100_000, 9_500, 90_500, False),
        (100_000, 9_499, 90_501, True),
        (None, 20_000, 80_000, True),
        (100_000, None, 80_000, True),
        (100_000, None, 88_500, False),
        (None, None, 80_000, False),
        (None, 13_000, 87_000, False),
        (100_000, 13_500, 50_000, False),  # by what is listed, whatever is left
        (0, 0, 0, False),
    ],
)
def test_a_fee_off_the_schedule_is_shown(
    listed: int | None, fee: int | None, gross: int, told: bool
) -> None:
    booked = terms(
        list_price=None if listed is None else Money(listed),
        platform_fee=None if fee is None else Money(fee),
        gross=Money(gross),
    )

    assert ("fee_unusual" in warned(booked)) is told


def test_an_odd_fee_says_both_percentages() -> None:
    message = warned(terms(platform_fee=Money(19000), gross=Money(76000)))[
        "fee_unusual"
    ]

    assert "Boatsetter keeps $190.00 of $950.00, which is 20.0 %" in message
    assert "the schedule says 11.5 %" in message


def test_a_discount_of_our_own_is_no_fee() -> None:
    direct = terms(source="direct", platform_fee=None)

    assert warned(direct) == {}
    assert "fee_unusual" in warned(terms(source="direct"))


def test_a_source_without_a_schedule_is_named() -> None:
    found = warned(terms(source="boatseter"))

    assert list(found) == ["source_unknown"]
    assert "'boatseter'" in found["source_unknown"]


def test_a_charter_that_loses_money_says_so() -> None:
    """Costs 275.00 and 175.00, and 18 % of gross: it breaks even near 548.78."""
    fair = terms(list_price=None, platform_fee=None, gross=Money(54879))

    assert warned(fair) == {}
    assert warned(replace(fair, gross=Money(), captain_id=None, crew=())) == {}
    message = warned(replace(fair, gross=Money(54800)))["loss"]
    assert "loses $0.64" in message
    assert "come to $548.64 and gross is $548.00" in message


def test_a_captain_whom_the_marketplace_pays_costs_us_nothing() -> None:
    house = default_house()
    schedule = replace(house.rates.schedules[0], captain_on_top=True)
    kept = replace(house, rates=replace(house.rates, schedules=(schedule,)))
    booked = terms(list_price=None, platform_fee=None, gross=Money(40000))

    assert "loss" in warned(booked)
    assert "loss" not in warned(booked, house=kept)


def test_a_tolerance_is_the_schedules_own() -> None:
    house = default_house()
    schedule = replace(house.rates.schedules[0], tolerance=Decimal(10))
    wide = replace(house, rates=replace(house.rates, schedules=(schedule,)))
    booked = terms(platform_fee=Money(19000), gross=Money(76000))

    assert warned(booked, house=wide) == {}
