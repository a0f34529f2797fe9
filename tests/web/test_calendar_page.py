"""The calendar's page: a month, its charters, what they come to."""

from __future__ import annotations

import re

import pytest

from tests.builders import booking, calendar_entry
from tests.callers import Caller

MAY = "/dispatch/calendar?month=2026-05"


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_charter_stands_on_its_day_with_time_boat_and_net(
    office: Caller, scripts: Caller
) -> None:
    taken = scripts.post("/api/bookings", booking()).json

    page = office.get(MAY).text

    day = page.partition('datetime="2026-05-30"')[2].partition("month-day")[0]
    assert f'href="/dispatch/events/{taken["event_id"]}"' in day
    words = text_of(day)
    for shown in ("4:30 PM", "Avery Example", "JADA", "$289.41"):
        assert shown in words


def test_the_month_is_summed(office: Caller, scripts: Caller) -> None:
    scripts.post("/api/bookings", booking())
    scripts.post("/api/calendar", calendar_entry(charter_date="2026-05-02"))

    page = text_of(office.get(MAY).text)

    assert (
        "Charters 2 Gross $1,681.50 Crew −$500.00 Captain −$300.00 "
        "Port fee −$302.68 Net $578.82 34.4% of gross" in page
    )


def test_one_leads_from_month_to_month(office: Caller) -> None:
    december = office.get("/dispatch/calendar?month=2026-12").text

    assert 'href="/dispatch/calendar?month=2026-11"' in december
    assert 'href="/dispatch/calendar?month=2027-01"' in december


def test_without_a_wish_it_is_this_month_at_the_dock(office: Caller) -> None:
    page = office.get("/dispatch/calendar").text

    assert "<h1>May 2026</h1>" in page
    assert re.search(r'month-today[^"]*">\s*<h2><time datetime="2026-05-01">', page)


def test_a_cancelled_charter_says_so(office: Caller, scripts: Caller) -> None:
    taken = scripts.post("/api/bookings", booking()).json
    scripts.post(f"/api/bookings/{taken['booking_id']}/cancel", {})

    page = office.get(MAY).text

    assert "slot-off" in page
    assert "<b>Cancelled</b>" in page
    assert "Charters 0 1 cancelled Gross $0.00" in text_of(page)


def test_a_day_that_is_ahead_leads_to_a_booking(office: Caller) -> None:
    page = office.get(MAY).text

    assert "/dispatch/bookings/new?date=2026-05-01" in page
    assert "/dispatch/bookings/new?date=2026-04-30" not in page
    april = office.get("/dispatch/calendar?month=2026-04").text
    assert "bookings/new?date=" not in april


def test_an_empty_month_says_so(office: Caller) -> None:
    assert "No charters this month." in office.get(MAY).text


@pytest.mark.parametrize("month", ["2026-13", "May", "2026-5", "9999-01", "<script>"])
def test_what_is_no_month_is_422(office: Caller, month: str) -> None:
    answer = office.get("/dispatch/calendar", query_string={"month": month})

    assert answer.status_code == 422
    assert "<script>" not in answer.text


def test_the_name_of_a_host_stays_a_name(office: Caller, scripts: Caller) -> None:
    guest = {"name": "Zoë <i>x</i>", "email": "z@example.com"}
    scripts.post("/api/bookings", booking(guest=guest))

    assert "<bdi>Zoë &lt;i&gt;x&lt;/i&gt;</bdi>" in office.get(MAY).text
