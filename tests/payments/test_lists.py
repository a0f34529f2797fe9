"""Payments page by page."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Any

import pytest

from tests.builders import booking
from tests.callers import Caller
from tests.fakes import SetClock
from tests.payments.conftest import Window


def pages(office: Caller, url: str, limit: int) -> list[list[dict[str, Any]]]:
    found, cursor = [], ""
    while True:
        page = office.get(f"{url}?limit={limit}{cursor}").json
        found.append(page["items"])
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_all_payments_of_an_event_by_time(
    window: Window, clock: SetClock, limit: int
) -> None:
    ana, ben = window.board(), window.board("Ben")
    for cents in range(6):
        window.pay((ana, ben)[cents % 2], amount=f"1.{cents:02}")
        clock.forward(milliseconds=cents % 3)

    found = pages(window.office, f"{window.url}/payments", limit)

    flat = [entry for page in found for entry in page]
    moments = [entry["timestamp"] for entry in flat]
    assert moments == sorted(moments)
    assert sorted(entry["position"] for entry in flat) == [1, 2, 3, 4, 5, 6]
    assert all(found)


def test_a_patrons_payments_across_events_newest_first(
    window: Window, scripts: Caller, clock: SetClock
) -> None:
    other = booking(source_ref="BS-2", charter_date="2026-06-06")
    second = Window(
        window.office, scripts.post("/api/bookings", other).json["event_id"]
    )
    for place, amount in ((window, 1), (second, 2), (window, 3)):
        people = window.office.get(place.url).json["roster"]
        ana = next((p["patron_id"] for p in people if p["name"] == "Ana"), "")
        place.pay(ana or place.board(), amount=amount)
        clock.forward(minutes=1)

    found = pages(window.office, "/api/patrons/ANA@example.com/payments", 2)

    amounts = [[entry["amount"] for entry in page] for page in found]
    assert amounts == [["3.00", "2.00"], ["1.00"]]


def test_somebody_unknown_has_paid_nothing(window: Window) -> None:
    nobody = window.office.get("/api/patrons/nobody@example.com/payments")

    assert nobody.json == {"items": [], "next": None}
    assert window.office.get("/api/patrons/nobody/payments").status_code == 422


def test_a_cursor_tells_nobody_an_address(window: Window) -> None:
    ana = window.board()
    for amount in (1, 2, 3):
        window.pay(ana, amount=amount)

    for url in (f"{window.url}/payments", "/api/patrons/ana@example.com/payments"):
        cursor = window.office.get(f"{url}?limit=1").json["next"]
        payload = cursor.partition(".")[0]
        plain = urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode("latin-1")
        assert "ana@" not in cursor + plain
        assert "PT_" in plain or "EV_" in plain


@pytest.mark.parametrize("cursor", ["x", "W10.x", "a.b.c", "é"])
def test_a_cursor_of_somebody_elses_making_is_refused(
    window: Window, cursor: str
) -> None:
    answer = window.office.get(f"{window.url}/payments?cursor={cursor}")

    assert answer.status_code == 422


def test_a_cursor_is_good_for_its_own_list(window: Window) -> None:
    ana = window.board()
    for amount in (1, 2):
        window.pay(ana, amount=amount)
    cursor = window.office.get(f"{window.url}/payments?limit=1").json["next"]

    url = f"/api/patrons/ana@example.com/payments?cursor={cursor}"

    assert window.office.get(url).status_code == 422
    assert window.office.get(f"{window.url}/payments?limit=0").status_code == 422
