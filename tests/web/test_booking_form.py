"""A booking by hand: what the form says, what it keeps, and what comes of it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from jada_flask.web.context import Parts
from tests.builders import booking
from tests.callers import Answer, Caller, stored

NEW = "/dispatch/bookings/new"
CREW = ("CREW_001", "CREW_002")


def form(**changes: Any) -> dict[str, str]:
    """The contract's sample, as somebody would type it; `...` leaves a control out."""
    typed: dict[str, Any] = {
        "source": "boatsetter",
        "source_ref": "BS-1048213",
        "status": "approved",
        "charter_type": "time_charter",
        "boat": "jada",
        "dock": "sheraton",
        "charter_date": "2026-05-30",
        "start_time": "16:30",
        "duration_hours": "3",
        "guest_name": "Avery Example",
        "guest_email": "avery@example.com",
        "guest_phone": "+1 619 555 0142",
        "party_size": "4",
        "gross_revenue": "840.75",
        "list_price": "950.00",
        "platform_fee": "$109.25",
        "captain_id": "CAP_001",
        "special_requests": "We bring a cake.",
    }
    for place, crew_id in enumerate(CREW):
        typed |= {
            f"crew-{place}-crew_id": crew_id,
            f"crew-{place}-aboard": "y",
            f"crew-{place}-role": "deckhand",
        }
    typed |= changes
    return {name: text for name, text in typed.items() if text is not ...}


def send(office: Caller, **changes: Any) -> Answer:
    return office.call("POST", NEW, data=form(**changes))


def said_at(page: Answer, control: str) -> str:
    """What is said to be wrong at a control; empty where nothing is."""
    found = re.search(rf'note-wrong" id="{control}-note">([^<]*)<', page.text)
    return html.unescape(found[1]) if found else ""


def ledger(page: Answer) -> dict[str, str]:
    rows = re.findall(r'data-line="(\w+)">.*?<td>([^<]*)</td>', page.text)
    return dict(rows)


def only_booking(parts: Parts, office: Caller) -> Any:
    """The one booking that the store holds, as the API shows it."""
    bookings = [
        item for item in stored(parts)["Finance"] if item["pk"].startswith("BOOKING#")
    ]
    assert len(bookings) == 1
    key = bookings[0]["pk"].partition("#")[2]
    return office.get(f"/api/bookings/{key}").json


def test_a_booking_by_hand_is_the_booking_that_the_api_takes(
    office: Caller, scripts: Caller, parts: Parts
) -> None:
    answer = send(office)

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("?said=taken")
    assert scripts.post("/api/bookings", booking()).json["outcome"] == "unchanged"
    assert only_booking(parts, office)["margin"]["net"] == "289.41"


def test_it_leads_to_the_charter_which_says_what_was_done(office: Caller) -> None:
    page = office.get(send(office).headers["Location"])

    assert "The booking is taken." in page.text
    assert "Avery Example" in page.text
    assert "/change" in page.text


def test_amounts_may_be_typed_as_people_write_them(
    office: Caller, parts: Parts
) -> None:
    send(office, gross_revenue=" $1,840.5 ", list_price="2,080", platform_fee="")

    taken = only_booking(parts, office)
    assert (taken["gross_revenue"], taken["list_price"]) == ("1840.50", "2080.00")
    assert taken["platform_fee"] is None


@pytest.mark.parametrize(
    ("control", "typed"),
    [
        ("gross_revenue", "840,75"),
        ("gross_revenue", "1e9"),
        ("gross_revenue", "٨٤٠"),
        ("gross_revenue", "840.755"),
        ("gross_revenue", "-1"),
        ("gross_revenue", ""),
        ("list_price", "much"),
        ("platform_fee", "100000.01"),
        ("duration_hours", "three"),
        ("duration_hours", "0"),
        ("duration_hours", "1.2.3"),
        ("duration_hours", ""),
        ("party_size", "4.5"),
        ("party_size", "0"),
        ("charter_date", "2026-02-30"),
        ("charter_date", ""),
        ("start_time", "25:00"),
        ("guest_name", ""),
        ("guest_name", "\u202eeve"),
        ("guest_email", "avery"),
        ("guest_phone", "call me"),
        ("source_ref", ""),
        ("source_ref", "BS 1"),
        ("source", "nobody"),
        ("boat", "titanic"),
        ("special_requests", "x" * 2001),
    ],
)
def test_a_wrong_text_is_said_beside_its_control_and_stores_nothing(
    office: Caller, parts: Parts, control: str, typed: str
) -> None:
    before = stored(parts)

    answer = send(office, **{control: typed})

    assert answer.status_code == 422
    assert said_at(answer, control)
    assert stored(parts) == before


def test_an_amount_that_is_none_is_asked_for_in_words_for_people(
    office: Caller,
) -> None:
    page = send(office, gross_revenue="840,75")

    assert said_at(page, "gross_revenue") == (
        "Write dollars and cents, such as 1,250.50."
    )


def test_every_text_survives_an_error(office: Caller) -> None:
    typed = form(gross_revenue="a lot", guest_name='Zoë "<b>"', captain_id="CAP_002")

    text = html.unescape(office.call("POST", NEW, data=typed).text)

    for control in ("source_ref", "charter_date", "start_time", "gross_revenue"):
        assert f'value="{typed[control]}"' in text
    assert 'value="Zoë "<b>""' in text
    assert "We bring a cake.</textarea>" in text
    assert re.search(r'<option selected value="CAP_002">', text)
    assert text.count("checked ") == len(CREW)


def test_all_that_is_wrong_is_said_at_once(office: Caller) -> None:
    page = send(office, duration_hours="long", guest_email="x", gross_revenue="")

    for control in ("duration_hours", "guest_email", "gross_revenue"):
        assert said_at(page, control)


def test_a_time_that_the_clock_skips_is_said_without_talk_of_offsets(
    office: Caller,
) -> None:
    page = send(office, charter_date="2026-03-08", start_time="02:30")

    assert "does not exist on 2026-03-08" in said_at(page, "start_time")
    assert "offset" not in page.text


def test_somebody_who_is_captain_already_cannot_crew_too(office: Caller) -> None:
    page = send(office, **{"crew-1-crew_id": "CAP_001"})

    assert page.status_code == 422
    assert "CAP_001 is aboard already" in page.text


def test_who_is_not_ticked_is_not_asked(office: Caller, parts: Parts) -> None:
    send(office, captain_id="", **{"crew-0-aboard": ...})

    taken = only_booking(parts, office)
    assert taken["captain_id"] is None
    assert [place["crew_id"] for place in taken["crew"]] == ["CREW_002"]


def test_the_form_begins_with_a_direct_booking_and_the_usual_crew(
    office: Caller,
) -> None:
    page = office.get(f"{NEW}?date=2026-07-04").text

    assert re.search(r'value="D-[A-Z2-7]{8}"', page)
    assert 'value="2026-07-04"' in page
    assert re.search(r'<option selected value="CAP_001">', page)
    ticked = re.findall(r'value="(\w+)">\s*<label[^>]*><input checked', page)
    assert ticked == list(CREW)


def test_a_number_that_we_drew_is_not_the_marketplaces(office: Caller) -> None:
    page = send(office, source_ref="D-ABCDEFGH")

    assert page.status_code == 422
    assert "marketplace" in said_at(page, "source_ref")
    assert send(office, source="direct", source_ref="D-ABCDEFGH").status_code == 303


def test_sending_the_form_twice_takes_one_booking(office: Caller, parts: Parts) -> None:
    send(office)

    again = send(office)

    assert again.headers["Location"].endswith("?said=unchanged")
    assert only_booking(parts, office)["revision"] == 1


def test_a_number_that_is_here_already_changes_nothing_by_accident(
    office: Caller, parts: Parts
) -> None:
    send(office)

    page = send(office, party_size="5")

    assert page.status_code == 422
    assert "here already" in said_at(page, "source_ref")
    assert 'name="amend"' in page.text
    assert only_booking(parts, office)["party_size"] == 4


def test_a_booking_can_be_changed_on_purpose(office: Caller, parts: Parts) -> None:
    send(office)
    key = only_booking(parts, office)["booking_id"]

    shown = office.get(f"/dispatch/bookings/{key}/change").text
    answer = send(office, party_size="5", amend="1")

    assert "Change booking" in shown
    assert 'value="840.75"' in shown
    assert answer.headers["Location"].endswith("?said=amended")
    assert only_booking(parts, office)["party_size"] == 5


def test_what_cannot_be_taken_back_is_said_with_every_text_kept(
    office: Caller, parts: Parts
) -> None:
    send(office)

    page = send(office, status="inquiry", amend="1")

    assert page.status_code == 409
    assert "We bring a cake." in page.text
    assert only_booking(parts, office)["status"] == "approved"


def test_a_booking_that_is_not_approved_is_kept_and_starts_nothing(
    office: Caller, parts: Parts
) -> None:
    answer = send(office, status="pending")

    assert answer.headers["Location"] == "/dispatch?said=kept"
    assert only_booking(parts, office)["event_id"] is None


def test_the_margin_is_worked_out_without_a_script_and_stores_nothing(
    office: Caller, parts: Parts
) -> None:
    before = stored(parts)

    page = send(office, reckon="1", guest_name="", party_size="some", source_ref="")

    assert page.status_code == 200
    assert ledger(page) == {
        "gross": "$840.75",
        "crew_cost": "−$250.00",
        "captain_cost": "−$150.00",
        "port_fee": "−$151.34",
        "net": "$289.41",
    }
    assert stored(parts) == before
    assert not said_at(page, "guest_name")


def test_a_margin_needs_gross_and_hours_and_says_so(office: Caller) -> None:
    page = send(office, reckon="1", gross_revenue="", duration_hours="")

    assert page.status_code == 422
    assert said_at(page, "gross_revenue")
    assert said_at(page, "duration_hours")
    assert set(ledger(page).values()) == {"–"}


@pytest.mark.parametrize("typed", [{}, {"amend": "1"}, {"reckon": "1"}])
def test_an_empty_form_is_no_booking(office: Caller, typed: dict[str, str]) -> None:
    assert office.call("POST", NEW, data=typed).status_code == 422
