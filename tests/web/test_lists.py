"""Lists page by page, and what a person should look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from jada_flask.domain.outbox import State
from jada_flask.web.context import Parts
from tests.builders import booking, deckhands
from tests.callers import Caller, mails
from tests.conftest import DrainAll, Keys
from tests.fakes import SetClock

SPAN = "from=2026-01-01&to=2028-12-31"


@pytest.fixture
def many(scripts: Caller) -> list[str]:
    """Twenty-three charters in three years, two of them on one day."""
    days = [date(2026, 5, 30) + timedelta(days=31 * step) for step in range(22)]
    sent = [
        booking(source_ref=f"BS-{number:02}", charter_date=str(day))
        for number, day in enumerate([*days, days[3]])
    ]
    sent.sort(key=lambda body: (body["charter_date"], body["source_ref"]))
    return [scripts.post("/api/bookings", body).json["booking_id"] for body in sent]


def pages(caller: Caller, url: str, limit: int) -> Iterator[list[dict[str, Any]]]:
    """Follow a list from page to page until it ends."""
    cursor = ""
    while cursor is not None:
        body = caller.get(f"{url}?{SPAN}&limit={limit}&cursor={cursor}").json
        yield body["items"]
        cursor = body["next"]


@pytest.mark.parametrize("limit", [1, 4, 22, 23, 24, 100])
@pytest.mark.parametrize(
    ("url", "who"),
    [
        ("/api/bookings", "scripts"),
        ("/api/calendar", "scripts"),
        ("/api/events", "office"),
    ],
)
def test_every_page_together_is_the_whole_list_by_date(
    request: pytest.FixtureRequest, many: list[str], url: str, who: str, limit: int
) -> None:
    caller = request.getfixturevalue(who)

    shown = list(pages(caller, url, limit))

    ids = [item["booking_id"] for page in shown for item in page]
    days = [
        item.get("charter_date") or item["event_date"]
        for page in shown
        for item in page
    ]
    assert sorted(ids) == sorted(many)
    assert days == sorted(days)
    assert all(len(page) == limit for page in shown[:-1])
    assert shown[-1] or limit >= 23


def test_a_cursor_of_one_list_is_none_of_another(
    scripts: Caller, many: list[str]
) -> None:
    cursor = scripts.get(f"/api/bookings?{SPAN}&limit=2").json["next"]

    answer = scripts.get(f"/api/calendar?{SPAN}&limit=2&cursor={cursor}")

    assert answer.status_code == 422


def test_only_the_days_that_were_asked_for_are_listed(
    scripts: Caller, office: Caller, many: list[str]
) -> None:
    day = "from=2026-05-30&to=2026-05-30"

    for caller, url in ((scripts, "/api/bookings"), (office, "/api/events")):
        assert len(caller.get(f"{url}?{day}").json["items"]) == 1


def test_the_board_shows_what_is_ahead_and_what_is_over(
    office: Caller, scripts: Caller, clock: SetClock, keys: Keys
) -> None:
    scripts.post("/api/bookings", booking())
    assert "Avery Example" in office.get("/dispatch").text
    assert "Avery Example" not in office.get("/dispatch?when=past").text

    clock.at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    office.sign_in(keys.password)

    assert "Avery Example" not in office.get("/dispatch").text
    assert "Avery Example" in office.get("/dispatch?when=past").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=avery", True),
        ("q=BS-1048213", True),
        ("q=nobody", False),
        ("boat=jada", True),
        ("boat=titanic", False),
    ],
)
def test_the_board_is_filtered(
    office: Caller, scripts: Caller, query: str, found: bool
) -> None:
    scripts.post("/api/bookings", booking())

    page = office.get(f"/dispatch?{query}")

    assert ("Avery Example</" in page.text) is found


def codes(body: dict[str, Any]) -> set[str]:
    return {caution["code"] for caution in body["cautions"]}


def test_a_boat_and_a_crew_that_sail_elsewhere_are_warned_of(scripts: Caller) -> None:
    first = scripts.post("/api/bookings", booking()).json

    second = scripts.post("/api/bookings", booking(source_ref="BS-2")).json

    assert second["warnings"]
    assert len(codes(second) - codes(first)) >= 2
    again = scripts.get(f"/api/bookings/{first['booking_id']}").json
    assert codes(again) == codes(second)
    assert any("BS-1048213" in one or "Avery" in one for one in second["warnings"])


def test_what_is_cancelled_is_in_nobodys_way(scripts: Caller) -> None:
    first = scripts.post("/api/bookings", booking()).json
    before = codes(first)
    scripts.post(f"/api/bookings/{first['booking_id']}/cancel", {})

    second = scripts.post("/api/bookings", booking(source_ref="BS-2")).json

    assert codes(second) == before


def test_seven_passengers_on_a_time_charter_are_warned_of(scripts: Caller) -> None:
    six = scripts.post("/api/bookings", booking(party_size=6)).json
    seven = scripts.post("/api/bookings", booking(party_size=7)).json

    assert len(codes(seven) - codes(six)) == 1


def test_a_sail_that_misses_the_sunset_is_warned_of(scripts: Caller) -> None:
    """On May 30 the sun sets at 19:50 in San Diego; the sample ends at 19:30."""
    early = scripts.post("/api/bookings", booking()).json
    later = scripts.post("/api/bookings", booking(start_time="17:30")).json

    assert any("sunset" in words for words in early["warnings"])
    assert not any("sunset" in words for words in later["warnings"])


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?Zoe=0D=0ABcc=3A_evil=40example.com?=",
        'Zoe" <evil@example.com>, "x',
        "Zoë Ünicode 船長",
        "{{7*7}} %s {0}",
        "Zoe, evil@example.com",
    ],
)
def test_no_name_can_write_a_header(
    scripts: Caller, service: Caller, parts: Parts, drain: DrainAll, name: str
) -> None:
    guest = booking()["guest"] | {"name": name}
    assert scripts.post("/api/bookings", booking(guest=guest)).status_code == 201

    assert drain()[State.DONE] == 5

    for mail in mails(parts):
        assert "evil" not in str(mail["to"])
        assert not {"bcc", "cc"} & {header.lower() for header in mail.keys()}  # noqa: SIM118
        assert len(mail.get_all("to", [])) == len(mail.get_all("subject", [])) == 1


def test_without_a_captain_or_crew_nobody_is_asked(
    scripts: Caller, drain: DrainAll, parts: Parts
) -> None:
    body = scripts.post("/api/bookings", booking(captain_id=None, crew=[])).json

    drain()

    states = {
        step["name"]: step["state"]
        for step in scripts.get(f"/api/bookings/{body['booking_id']}").json["steps"]
    }
    assert states["crew_invitations"] == "skipped"
    assert states["guest_page"] == "done"
    assert mails(parts) == []


def test_a_bareboat_charter_brings_nobody_of_ours(scripts: Caller) -> None:
    body = scripts.post(
        "/api/bookings", booking(charter_type="bareboat", captain_id=..., crew=...)
    ).json

    assert (body["captain_id"], body["crew"]) == (None, [])
    assert (body["margin"]["crew_cost"], body["margin"]["captain_cost"]) == (
        "0.00",
        "0.00",
    )


def test_a_what_if_is_reckoned_and_not_kept(scripts: Caller, parts: Parts) -> None:
    body = {
        "gross_revenue": 840.75,
        "duration_hours": 3,
        "captain_id": "CAP_001",
        "crew": deckhands("CREW_001", "CREW_002"),
    }

    answer = scripts.post("/api/margin", body)

    assert answer.json["net"] == "289.41"
    assert answer.json["currency"] == "USD"
    assert scripts.get(f"/api/bookings?{SPAN}").json == {"items": [], "next": None}
