"""Roster and payments on the office's pages, without a script."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import pytest

from jada_flask.domain.audit import Actor
from jada_flask.services import office as people
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from tests.builders import booking, crew_event
from tests.callers import Answer, Caller, stored, subjects
from tests.conftest import DrainAll
from tests.fakes import NOON, SetClock

PASSWORD = "a-berth-with-a-view-of-the-bay"
# What an event's page offers to whoever does the work, once its messages have left.
WORK = ("Edit event", "Cancel the charter", "Again<span", "Send again")


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody of the office, at the page of one charter."""

    office: Caller
    event_id: str

    @property
    def url(self) -> str:
        return f"/dispatch/events/{self.event_id}"

    def page(self) -> str:
        answer = self.office.get(self.url)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    def send(self, path: str, **typed: str) -> Answer:
        return self.office.call("POST", f"{self.url}/{path}", data=typed)

    def board(self, name: str = "Ana", **typed: str) -> str:
        """Put somebody on the roster by the form; the id."""
        email = f"{name.lower()}@example.com"
        added = self.send("patrons/new", **({"name": name, "email": email} | typed))
        assert added.status_code == 303, added.text
        return added.headers["Location"].rpartition("patron-")[2]

    def pay(self, patron: str, /, **typed: str) -> Answer:
        paid = {"patron": patron, "amount": "60", "method": "cash", "purpose": "fare"}
        return self.send("payments/new", **(paid | typed))

    def status(self, patron: str) -> Any:
        return self.office.get(f"/api/events/{self.event_id}/{patron}/payment").json

    def entry(self, patron: str) -> str:
        """The path of the page of somebody's last entry."""
        payment = self.status(patron)["entries"][-1]["payment_id"]
        return f"patrons/{patron}/payments/{payment}"


@pytest.fixture
def desk(office: Caller, scripts: Caller) -> Desk:
    taken = scripts.post("/api/bookings", booking(source="direct"))
    return Desk(office, taken.json["event_id"])


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def card(desk: Desk, patron: str) -> str:
    """What the card of somebody says."""
    page = desk.page().partition(f'id="patron-{patron}"')[2]
    return words(re.split('class="person patron"|<template', page)[0])


def said_at(page: Answer, control: str) -> str:
    found = re.search(rf'note-wrong" id="{control}-note">([^<]*)<', page.text)
    return html.unescape(found[1]) if found else ""


def as_role(desk: Desk, parts: Parts, clock: SetClock, role: str) -> Desk:
    """The same desk with somebody else at it."""
    by = Actor("cli")
    people.add(
        UnitOfWork(parts.office),
        "kim",
        "Kim",
        "kim@example.com",
        role=role,
        password=PASSWORD,
        by=by,
        at=NOON,
    )
    clock.forward(minutes=5)
    caller = Caller(desk.office.client.application)
    assert caller.sign_in(PASSWORD, "kim").status_code == 200
    return Desk(caller, desk.event_id)


def test_a_new_patron_stands_on_the_roster_with_what_is_due(desk: Desk) -> None:
    ana = desk.board("Ana", amount_due="$1,250.50", phone="+1 619 555 0100")

    shown = card(desk, ana)
    assert "Ana" in shown
    assert "Not paid yet" in shown
    assert "Due $1,250.50 Paid $0.00 Open $1,250.50" in shown


@pytest.mark.parametrize(
    ("control", "typed"),
    [("name", ""), ("email", "ana"), ("amount_due", "much"), ("phone", "call me")],
)
def test_a_wrong_text_of_a_patron_is_said_beside_its_control(
    desk: Desk, parts: Parts, control: str, typed: str
) -> None:
    before = stored(parts)
    person = {"name": "Zoë & Co", "email": "z@example.com"} | {control: typed}

    page = desk.send("patrons/new", **person)

    assert page.status_code == 422
    assert said_at(page, f"patron-{'due' if control == 'amount_due' else control}")
    for text in person.values():
        assert html.escape(text) in page.text
    assert stored(parts) == before


def test_somebody_is_on_the_roster_once(desk: Desk) -> None:
    desk.board("Ana")

    page = desk.send("patrons/new", name="Ana", email="ana@example.com")

    assert page.status_code == 409
    assert "on the roster already" in page.text


def test_a_patron_can_be_changed_and_taken_off(desk: Desk) -> None:
    ana = desk.board("Ana", amount_due="100")

    shown = desk.office.get(f"{desk.url}/patrons/{ana}").text
    desk.send(f"patrons/{ana}", name="Ana Lind", email="a@example.com", amount_due="")
    changed = card(desk, ana)
    desk.send(f"patrons/{ana}/remove")

    assert 'value="100.00"' in shown
    assert "Ana Lind" in changed
    assert "No fare due" in changed
    assert "Ana Lind" not in desk.page().partition('id="steps"')[0]


def test_a_payment_is_logged_and_the_card_says_so(desk: Desk) -> None:
    ana = desk.board("Ana", amount_due="100")

    answer = desk.pay(ana, amount="$60.50", note="Rest at the dock")

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"?said=logged#patron-{ana}")
    shown = card(desk, ana)
    assert "Partly paid" in shown
    assert "Due $100.00 Paid $60.50 Open $39.50" in shown
    assert "$60.50 Cash Fri May 1, 12:00 PM PDT, admin Rest at the dock" in shown
    assert f"/patrons/{ana}/payments/PM_" in desk.page()


def test_who_pays_and_what_is_open_is_shown_before_it_is_logged(desk: Desk) -> None:
    ana = desk.board("Ana", amount_due="100")
    desk.board("Bo", amount_due="70")
    desk.pay(ana, amount="25")

    page = desk.office.get(f"{desk.url}/payments/new?patron={ana}").text

    assert re.search(rf'<option [^>]*selected value="{ana}">Ana, ana@example', page)
    assert "Due $100.00 Paid $25.00 Open $75.00" in words(page)
    assert "Bo, bo@example.com, $70.00 open" in page


def test_a_tip_is_no_fare(desk: Desk) -> None:
    ana = desk.board("Ana", amount_due="100")

    desk.pay(ana, purpose="tip", amount="20")

    shown = card(desk, ana)
    assert "Not paid yet" in shown
    assert "Tip $20.00" in shown
    assert "Cash, tip" in shown


@pytest.mark.parametrize(
    ("paid", "says"),
    [("100", "Paid Due"), ("99.99", "Partly paid"), ("100.01", "Paid too much")],
)
def test_the_card_says_in_words_where_somebody_stands(
    desk: Desk, paid: str, says: str
) -> None:
    ana = desk.board("Ana", amount_due="100")

    desk.pay(ana, amount=paid)

    assert says in card(desk, ana)


@pytest.mark.parametrize(
    ("control", "typed"),
    [
        ("amount", {"amount": ""}),
        ("amount", {"amount": "840,75"}),
        ("amount", {"amount": "100000.01"}),
        ("reference", {"method": "check"}),
        ("method", {"method": "barter"}),
        ("patron", {"patron": "PT_nobody"}),
        ("note", {"note": "x" * 501}),
    ],
)
def test_a_wrong_payment_is_said_beside_its_control_and_keeps_every_text(
    desk: Desk, parts: Parts, control: str, typed: dict[str, str]
) -> None:
    ana = desk.board("Ana")
    before = stored(parts)

    page = desk.pay(ana, **({"note": "In an envelope"} | typed))

    assert page.status_code == 422
    assert said_at(page, f"payment-{control}")
    assert "note" in typed or "In an envelope" in page.text
    assert stored(parts) == before


def test_the_same_again_shows_the_first_and_asks_why(
    desk: Desk, clock: SetClock
) -> None:
    ana = desk.board("Ana")
    desk.pay(ana)
    clock.forward(seconds=20)

    page = desk.pay(ana)

    assert page.status_code == 200
    shown = words(page.text)
    assert "This was logged a moment ago; nothing was added." in shown
    assert "$60.00, Cash, Fri May 1, 12:00 PM PDT, by admin" in shown
    assert "It is a second payment" in shown
    assert len(desk.status(ana)["entries"]) == 1


def test_a_second_payment_is_logged_with_its_reason(desk: Desk) -> None:
    ana = desk.board("Ana")
    desk.pay(ana)

    answer = desk.pay(ana, second_entry_reason="two bills of sixty")

    assert answer.status_code == 303
    assert len(desk.status(ana)["entries"]) == 2
    assert "two bills of sixty" in card(desk, ana)


def test_a_fare_outside_the_marketplace_is_warned_of(
    desk: Desk, scripts: Caller
) -> None:
    sold = scripts.post("/api/bookings", booking(start_time="08:00")).json
    other = Desk(desk.office, sold["event_id"])
    ana = other.board("Ana")
    quiet = other.page()

    other.pay(ana)

    before = quiet.partition('id="roster"')[2].partition('id="steps"')[0]
    assert "against its rules" not in before
    assert "sold through Boatsetter" in other.page().partition('id="roster"')[2]


def test_several_payments_are_logged_together(desk: Desk) -> None:
    ana, bo = desk.board("Ana", amount_due="70"), desk.board("Bo")
    rows = batch(ana=(ana, "70"), bo=(bo, "40"), nobody=("PT_host", ""))

    answer = desk.send("payments/batch", purpose="fare", **rows)

    assert answer.status_code == 303
    assert "Paid Due $70.00" in card(desk, ana)
    assert len(desk.status(bo)["entries"]) == 1
    assert desk.status("PT_host")["entries"] == []


def test_one_wrong_line_stops_all_of_them(desk: Desk, parts: Parts) -> None:
    ana, bo = desk.board("Ana"), desk.board("Bo")
    before = stored(parts)
    rows = batch(ana=(ana, "70"), bo=(bo, "40"), host=("PT_host", "plenty"))
    rows["lines-1-method"] = "check"

    page = desk.send("payments/batch", purpose="fare", **rows)

    assert page.status_code == 422
    assert said_at(page, "lines-2-amount")
    assert 'value="plenty"' in page.text
    rows["lines-2-amount"] = ""
    page = desk.send("payments/batch", purpose="fare", **rows)
    assert said_at(page, "lines-1-reference") == "Give the number of the check."
    assert stored(parts) == before


def test_a_batch_that_repeats_asks_only_for_what_it_repeats(desk: Desk) -> None:
    ana, bo = desk.board("Ana"), desk.board("Bo")
    desk.pay(ana, amount="70")
    rows = batch(ana=(ana, "70"), bo=(bo, "40"))

    page = desk.send("payments/batch", purpose="fare", **rows)

    assert page.status_code == 200
    assert "nothing was added for them" in page.text
    assert 'value="70"' in page.text
    assert 'value="40"' not in page.text
    assert [len(desk.status(one)["entries"]) for one in (ana, bo)] == [1, 1]


def test_an_empty_batch_says_so(desk: Desk) -> None:
    ana = desk.board("Ana")

    page = desk.send("payments/batch", purpose="fare", **batch(ana=(ana, "")))

    assert page.status_code == 422
    assert "at least one payment" in page.text


def batch(**lines: tuple[str, str]) -> dict[str, str]:
    typed: dict[str, str] = {}
    for place, (patron, amount) in enumerate(lines.values()):
        typed |= {
            f"lines-{place}-patron_id": patron,
            f"lines-{place}-amount": amount,
            f"lines-{place}-method": "cash",
        }
    return typed


def test_an_entry_has_a_page_with_its_receipt(desk: Desk) -> None:
    ana = desk.board("Ana")
    desk.pay(ana, method="check", reference="1042")

    page = desk.office.get(f"{desk.url}/{desk.entry(ana)}").text

    receipt = re.search(r'href="(/api/[^"]+receipt\.pdf)"', page)
    assert "1042" in page
    assert desk.status(ana)["entries"][0]["hash"] in page
    assert receipt
    assert desk.office.get(receipt[1]).mimetype == "application/pdf"


def test_the_receipt_is_mailed_on_request(
    desk: Desk, parts: Parts, drain: DrainAll
) -> None:
    ana = desk.board("Ana")
    desk.pay(ana)
    drain()
    before = subjects(parts)

    assert desk.send(f"{desk.entry(ana)}/receipt").status_code == 303

    drain()
    assert len(subjects(parts)) == len(before) + 1


def test_a_mistake_is_taken_back_with_a_reason(desk: Desk) -> None:
    ana = desk.board("Ana", amount_due="60")
    desk.pay(ana)
    entry = desk.entry(ana)

    without = desk.send(f"{entry}/void", reason=" ")
    answer = desk.send(f"{entry}/void", reason="Typed at the wrong name")

    assert (without.status_code, answer.status_code) == (422, 303)
    shown = card(desk, ana)
    assert "Not paid yet" in shown
    assert "taken back" in shown
    assert "Typed at the wrong name" in shown
    assert "Take it back" not in desk.office.get(f"{desk.url}/{entry}").text


def test_money_is_given_back_up_to_what_there_is(desk: Desk) -> None:
    ana = desk.board("Ana", amount_due="60")
    desk.pay(ana)
    entry = desk.entry(ana)

    page = desk.send(f"{entry}/refund", amount="60.01", reason="Fog")
    answer = desk.send(f"{entry}/refund", amount="$20.00", reason="Fog")

    assert page.status_code == 422
    assert "At most $60.00" in said_at(page, "refund-amount")
    assert answer.status_code == 303
    assert "$20.00 given back" in card(desk, ana)
    assert "Paid $40.00" in card(desk, ana)


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("viewer", set()),
        ("dispatcher", {"Log payment", *WORK}),
        ("bookkeeper", {"Log payment", "Take back"}),
        ("admin", {"Log payment", "Take back", *WORK}),
    ],
)
def test_everybody_is_offered_what_they_may_do(
    desk: Desk,
    parts: Parts,
    clock: SetClock,
    drain: DrainAll,
    role: str,
    offered: set[str],
) -> None:
    desk.pay(desk.board("Ana"))
    drain()
    desk.pay(desk.board("Ben"))

    at = as_role(desk, parts, clock, role)
    page = at.page() + at.office.get("/dispatch/outbox").text

    deeds = {"Log payment", "Take back", *WORK}
    assert {deed for deed in deeds if deed in page} == offered


@pytest.mark.parametrize(("role", "status"), [("dispatcher", 403), ("bookkeeper", 303)])
def test_only_some_may_take_back(
    desk: Desk, parts: Parts, clock: SetClock, role: str, status: int
) -> None:
    ana = desk.board("Ana")
    desk.pay(ana)
    entry = desk.entry(ana)

    answer = as_role(desk, parts, clock, role).send(f"{entry}/void", reason="Wrong")

    assert answer.status_code == status


@pytest.mark.parametrize(
    "path",
    ["payments/new", "payments/batch", "patrons/new", "patrons/PT_host", "edit"],
)
def test_a_charter_that_is_not_there_is_404(desk: Desk, path: str) -> None:
    nowhere = Desk(desk.office, "EV_none")

    assert desk.office.get(f"{desk.url}/{path}").status_code == 200
    assert desk.office.get(f"{nowhere.url}/{path}").status_code == 404
    assert nowhere.send(path).status_code == 404


def test_a_patron_of_another_charter_is_404(desk: Desk, scripts: Caller) -> None:
    sold = scripts.post("/api/bookings", booking(start_time="08:00")).json
    ana = Desk(desk.office, sold["event_id"]).board("Ana")

    assert desk.office.get(f"{desk.url}/patrons/{ana}").status_code == 404
    assert desk.send(f"patrons/{ana}/remove").status_code == 404


def test_the_crew_reads_new_notes_but_no_money(desk: Desk) -> None:
    wrong = desk.send("edit", event_name="JADA: Avery", notes="They owe us $500.")
    answer = desk.send("edit", event_name="JADA: Avery", notes="One guest has a cane.")

    assert wrong.status_code == 422
    assert "They owe us $500." in wrong.text
    assert said_at(wrong, "event-notes")
    assert answer.status_code == 303
    event = desk.office.get(f"/api/events/{desk.event_id}").json
    assert event["notes"] == "One guest has a cane."


def test_a_booking_decides_when_where_and_who(desk: Desk) -> None:
    form = desk.office.get(f"{desk.url}/edit").text

    assert 'name="charter_date"' not in form
    assert "change the booking" in form


def test_a_charter_without_a_booking_is_changed_whole(
    desk: Desk, service: Caller
) -> None:
    entered = service.post("/events/", crew_event()).json
    other = Desk(desk.office, entered["event_id"])
    form = other.office.get(f"{other.url}/edit").text
    typed = {
        "event_name": "Delivery",
        "charter_date": "2026-06-03",
        "start_time": "09:15",
        "duration_minutes": "300",
        "location": "Shelter Island",
        "captain_id": "CAP_002",
        "crew-0-crew_id": "CREW_003",
        "crew-0-aboard": "y",
        "crew-0-role": "steward",
    }

    wrong = other.send("edit", **(typed | {"charter_date": "soon"}))
    answer = other.send("edit", **typed)

    assert 'value="2026-06-02"' in form
    assert wrong.status_code == 422
    assert said_at(wrong, "event-date")
    assert answer.status_code == 303
    event = desk.office.get(f"/api/events/{other.event_id}").json
    assert event["event_date"] == "2026-06-03T09:15:00-07:00"
    assert {one["crew_id"] for one in event["crew"]} == {"CAP_002", "CREW_003"}


def test_a_cancelled_charter_is_edited_no_more(desk: Desk, scripts: Caller) -> None:
    booked = desk.office.get(f"/api/events/{desk.event_id}").json["booking_id"]
    scripts.post(f"/api/bookings/{booked}/cancel", {})

    page = desk.send("edit", event_name="JADA", notes="Still on?")

    assert page.status_code == 409
    assert "Still on?" in page.text
    assert "Edit event" not in desk.page()


def test_the_board_says_who_has_paid_and_what_is_open(desk: Desk) -> None:
    ana = desk.board("Ana", amount_due="100")
    desk.board("Bo", amount_due="70.50")
    desk.board("Cem")
    desk.pay(ana, amount="120")

    board = words(desk.office.get("/dispatch").text)

    assert "4 guests" in board
    assert "1 of 2 paid" in board
    assert "Still open $70.50" in board
