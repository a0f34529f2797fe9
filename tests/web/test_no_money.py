"""Crew and guests never see money, however it could be spelled."""

from __future__ import annotations

import base64
import html
import json
import logging
import urllib.parse
from typing import Any

import pytest

from jada_flask.tables import EVENTS
from jada_flask.web.context import Parts
from tests.builders import booking, deckhands
from tests.callers import Caller, link_for, mails, published, stored
from tests.conftest import DrainAll
from tests.fakes import SetClock

CENTS = 7321937
# What the booking makes of it: the port's fee and the margin.
DERIVED = ["13179.49", "1317949", "13,179.49", "59639.88", "5963988", "59,639.88"]
WISHES = (
    "Champagne! We paid $73,219.37 already, that is USD 73219.37 or 73.219,37 €; "
    "73219.37 dollars in all. Deposit: 73,219.37. Total 73219.37"
)


def spellings() -> list[str]:
    """One amount as people, programs and encodings write it."""
    plain = [
        "73219.37",
        "73,219.37",
        "73.219,37",
        "73219,37",
        "73 219,37",
        "73\u00a0219,37",
        "73\u202f219,37",
        "73'219.37",
        "73’219.37",
        "73_219.37",
        "73,219",
        "73.219",
        str(CENTS),
        f"{CENTS:,}",
        "7.321937e",
        "7.321937E",
        "73.21937",
        "٧٣٢١٩",
        "７３２１９",
    ]
    money = plain[0], plain[1], str(CENTS)
    found = list(plain)
    for text in money:
        found += [
            "".join(f"&#{ord(char)};" for char in text),
            "".join(f"&#x{ord(char):x};" for char in text),
            "".join(f"\\u{ord(char):04x}" for char in text),
            "".join(f"%{ord(char):02X}" for char in text),
            urllib.parse.quote(text, safe=""),
            html.escape(text).replace(",", "&comma;").replace(".", "&period;"),
            text.encode().hex(),
            text.encode("utf-16-le").hex(),
            text[::-1],
            *(in_base64(text, offset) for offset in range(3)),
        ]
    return sorted(set(found))


def in_base64(text: str, offset: int) -> str:
    """What stays the same of it wherever in a longer text it stands."""
    whole = base64.b64encode(b"\0" * offset + text.encode() + b"\0" * 3).decode()
    first = -(-offset * 4 // 3)
    last = (offset + len(text)) * 4 // 3
    return whole[first:last]


def test_there_are_spellings_enough() -> None:
    assert len(spellings()) >= 46
    assert all(len(spelling) >= 5 for spelling in spellings())


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_spelling_in_base64_is_found_wherever_it_stands(before: str) -> None:
    hidden = base64.b64encode(f"{before}73219.37 and more".encode()).decode()

    assert any(in_base64("73219.37", offset) in hidden for offset in range(3))


def everything_outside(parts: Parts, caller: Caller, event_id: str) -> dict[str, str]:
    """All that crew and guests can lay their hands on."""
    page = caller.open_link(link_for(parts, "nia.okafor"))
    outside = {
        "page": page.text,
        "headers": str(page.headers),
        "ics": caller.get(f"/events/{event_id}/calendar.ics").text,
        "Events": json.dumps(stored(parts)[EVENTS.name], ensure_ascii=False),
    }
    for path in published(parts):
        slug = path.parent.name
        outside[f"published {slug}"] = path.read_text()
        outside[f"shown {slug}"] = caller.get(f"/g/{slug}").text
    for number, mail in enumerate(mails(parts)):
        outside[f"mail {number}"] = mail.as_string()
        for index, part in enumerate(mail.walk()):
            if not part.is_multipart():
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                outside[f"mail {number} part {index}"] = content.decode()
    return outside


def leaks(outside: dict[str, str]) -> dict[str, list[str]]:
    searched = spellings() + DERIVED
    return {
        where: found
        for where, text in outside.items()
        if (found := [spelling for spelling in searched if spelling in text])
    }


def test_nothing_of_a_price_reaches_crew_or_guests(
    scripts: Caller,
    client: Caller,
    parts: Parts,
    drain: DrainAll,
    clock: SetClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    dear: dict[str, Any] = {
        "gross_revenue": "73219.37",
        "list_price": "73219.37",
        "platform_fee": "73219.37",
        "special_requests": WISHES,
    }
    taken = scripts.post("/api/bookings", booking(**dear)).json
    drain()
    found = leaks(everything_outside(parts, client, taken["event_id"]))

    for changes in (
        {"start_time": "12:00"},
        {"crew": deckhands("CREW_001", "CREW_003")},
        {"status": "cancelled"},
    ):
        clock.forward(hours=1)
        scripts.post("/api/bookings", booking(**dear | changes))
        drain()
        found |= leaks(everything_outside(parts, client, taken["event_id"]))

    assert taken["margin"]["net"] == "59639.88"
    assert found == {}
    assert leaks({"log": caplog.text}) == {}


def test_the_wish_itself_is_kept(
    scripts: Caller, client: Caller, parts: Parts, drain: DrainAll
) -> None:
    taken = scripts.post("/api/bookings", booking(special_requests=WISHES)).json
    drain()

    page = client.open_link(link_for(parts, "nia.okafor"))

    assert "Champagne!" in page.text
    assert "[amount removed]" in page.text
    kept = scripts.get(f"/api/bookings/{taken['booking_id']}").json
    assert kept["special_requests"] == WISHES


def test_what_the_service_is_shown_holds_no_money(
    scripts: Caller, service: Caller
) -> None:
    dear = {"gross_revenue": "73219.37", "special_requests": WISHES}
    taken = scripts.post("/api/bookings", booking(**dear)).json

    shown = service.patch(f"/events/{taken['event_id']}", {"notes": "Bring a cake."})

    assert shown.status_code == 200
    assert leaks({"answer": shown.text}) == {}
    assert not {"margin", "gross_revenue", "rates"} & shown.json.keys()


def test_a_secret_is_in_no_log(
    scripts: Caller,
    client: Caller,
    parts: Parts,
    drain: DrainAll,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    scripts.post("/api/bookings", booking())
    drain()
    link = link_for(parts, "nia.okafor")
    client.open_link(link)
    client.sign_in("a-password-that-is-wrong")

    assert link.partition("token=")[2] not in caplog.text
    assert "a-password-that-is-wrong" not in caplog.text
    assert scripts.headers["X-Dashboard-Token"] not in caplog.text
