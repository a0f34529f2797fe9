"""The office's pages in a real browser, with their script and without it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Open
from tests.builders import booking
from tests.callers import Caller

pytestmark = pytest.mark.browser
NEW = "/dispatch/bookings/new"


def fill_in(page: Page) -> None:
    """The contract's sample, typed by a person."""
    page.get_by_label("Sold by").select_option("boatsetter")
    page.get_by_label("Reference").fill("BS-1048213")
    page.get_by_label("Date").fill("2026-05-30")
    page.get_by_label("Departure").fill("16:30")
    page.get_by_label("Hours").fill("3")
    page.get_by_label("Guests", exact=True).fill("4")
    page.get_by_label("Name").fill("Avery Example")
    page.get_by_label("E-mail").fill("avery@example.com")
    page.get_by_label("Gross").press_sequentially("840.75")


def ledger(page: Page) -> list[str]:
    return page.locator(".ledger td").all_inner_texts()


SAMPLE = ["$840.75", "−$250.00", "−$150.00", "−$151.34", "$289.41"]


def test_the_margin_is_there_as_one_types(look: Open) -> None:
    page = look(NEW)
    net = page.locator("[data-line=net] td")
    expect(net).to_have_text("–")

    fill_in(page)
    expect(net).to_have_text("$289.41")
    assert ledger(page) == SAMPLE

    page.get_by_label("Nia Okafor").uncheck()
    expect(net).to_have_text("$414.41")
    page.get_by_label("Gross").fill("much")
    expect(net).to_have_text("–")
    expect(page.locator("[data-margin-says]")).to_contain_text("dollars and cents")


def test_an_amount_is_grouped_as_one_types(look: Open) -> None:
    gross = look(NEW).get_by_label("Gross")

    gross.press_sequentially("12345.5")
    expect(gross).to_have_value("12,345.5")
    gross.press("Backspace")
    gross.press("Backspace")
    gross.press("Home")
    gross.press_sequentially("9")
    expect(gross).to_have_value("912,345")
    gross.press("ArrowRight")
    gross.press("Delete")
    expect(gross).to_have_value("91,345")
    gross.press("Tab")
    expect(gross).to_have_value("91,345.00")


def test_a_comma_that_may_be_a_decimal_sign_is_left_for_the_office_to_ask(
    look: Open,
) -> None:
    gross = look(NEW).get_by_label("Gross")

    gross.press_sequentially("840,75")
    gross.press("Tab")

    expect(gross).to_have_value("840,75")


def test_the_drawn_number_makes_room_for_the_marketplaces(look: Open) -> None:
    page = look(NEW)
    reference = page.get_by_label("Reference")
    drawn = reference.input_value()

    page.get_by_label("Sold by").select_option("boatsetter")
    expect(reference).to_have_value("")
    page.get_by_label("Sold by").select_option("direct")
    expect(reference).to_have_value(drawn)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_booking_is_taken_by_hand(look: Open, scripts: bool) -> None:
    page = look(NEW, scripts=scripts)
    fill_in(page)

    page.get_by_role("button", name="Take the booking").click()

    expect(page).to_have_url(re.compile(r"/dispatch/events/EV_\w+\?said=taken"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Avery Example")
    assert ledger(page) == SAMPLE


def test_the_margin_is_worked_out_by_a_button_without_a_script(look: Open) -> None:
    page = look(NEW, scripts=False)
    fill_in(page)

    page.get_by_role("button", name="Work out the margin").click()

    assert ledger(page) == SAMPLE
    expect(page.get_by_label("Reference")).to_have_value("BS-1048213")


def test_enter_in_a_field_works_out_the_margin_and_takes_nothing(look: Open) -> None:
    page = look(NEW)
    fill_in(page)

    page.get_by_label("Gross").press("Enter")

    expect(page).to_have_url(re.compile(f"{NEW}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("New booking")


@dataclass(frozen=True, slots=True)
class Charter:
    """A charter with a few patrons, and its page."""

    event_id: str
    office: Caller
    look: Open

    def board(self, name: str, due: str | None = None) -> str:
        address = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode()
        person = {
            "name": name,
            "email": f"{address.lower()}@example.com",
            "amount_due": due,
        }
        added = self.office.post(f"/api/events/{self.event_id}/patrons", person)
        return str(added.json["patron_id"])

    def entries(self, patron: str) -> list[dict[str, Any]]:
        url = f"/api/events/{self.event_id}/{patron}/payment"
        found: list[dict[str, Any]] = self.office.get(url).json["entries"]
        return found

    def open(self, **how: bool) -> Page:
        return self.look(f"/dispatch/events/{self.event_id}", **how)


@pytest.fixture
def charter(office: Caller, scripts: Caller, look: Open) -> Charter:
    taken = scripts.post("/api/bookings", booking(source="direct"))
    return Charter(taken.json["event_id"], office, look)


def card_of(page: Page, patron: str) -> Locator:
    return page.locator(f"[data-patron={patron}]")


def ask_for(page: Page, patron: str) -> Locator:
    """Open the dialog from somebody's card."""
    card_of(page, patron).get_by_role("link", name="Log payment").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def log(dialog: Locator, amount: str, method: str = "Cash") -> None:
    dialog.get_by_label("Amount").fill("")
    dialog.get_by_label("Amount").press_sequentially(amount)
    dialog.get_by_label("How").select_option(method)
    dialog.get_by_role("button", name="Log the payment").click()


def test_a_payment_is_logged_in_place(charter: Charter) -> None:
    ana = charter.board("Ana", "1250.00")
    page = charter.open()
    dialog = ask_for(page, ana)
    expect(dialog.locator("[data-account=balance]")).to_have_text("$1,250.00")
    expect(dialog.get_by_label("Amount")).to_be_focused()

    log(dialog, "1250.5")

    expect(dialog).to_be_hidden()
    card = card_of(page, ana)
    expect(card.locator("[data-standing]")).to_have_text("Paid too much")
    expect(card.locator("[data-account=amount_paid]")).to_have_text("$1,250.50")
    expect(card.locator("[data-account=balance]")).to_have_text("−$0.50")
    expect(card.locator(".entry")).to_contain_text("Fri May 1, 12:00 PM PDT, admin")
    says = page.locator("[data-says]")
    expect(says).to_contain_text("Logged: $1,250.50, Cash")
    expect(says).to_contain_text("$0.50 more than is due")
    assert [one["amount"] for one in charter.entries(ana)] == ["1250.50"]


def test_a_fare_outside_of_its_marketplace_is_warned_of_once(
    office: Caller, scripts: Caller, look: Open
) -> None:
    taken = scripts.post("/api/bookings", booking())
    charter = Charter(taken.json["event_id"], office, look)
    ana = charter.board("Ana", "100")
    page = charter.open()
    warned = page.get_by_text("sold through Boatsetter").locator("visible=true")

    log(ask_for(page, ana), "40")
    expect(warned).to_have_count(1)
    page.reload()
    expect(warned).to_have_count(1)
    log(ask_for(page, ana), "30")
    expect(page.locator("[data-says]")).to_contain_text("check before you keep it")
    expect(warned).to_have_count(1)
    dialog = ask_for(page, ana)
    dialog.get_by_label("What for").select_option("Tip")
    log(dialog, "20")
    expect(page.locator("[data-says]")).to_contain_text("Logged: $20.00")
    expect(warned).to_have_count(1)


def test_a_card_that_the_script_drew_is_the_card_of_the_page(charter: Charter) -> None:
    ana = charter.board("Ana", "100")
    page = charter.open()
    log(ask_for(page, ana), "40", "ACH")
    expect(page.get_by_role("dialog")).to_be_hidden()
    dialog = ask_for(page, ana)
    dialog.get_by_label("What for").select_option("Tip")
    dialog.get_by_label("Note").fill("For the crew")
    log(dialog, "20")
    card = card_of(page, ana)
    expect(card.locator(".entry")).to_have_count(2)
    drawn = [card.inner_text(), hrefs(card)]

    page.reload()

    assert [card.inner_text(), hrefs(card)] == drawn


def hrefs(card: Locator) -> list[str]:
    return [str(link.get_attribute("href")) for link in card.locator("a").all()]


def test_the_same_again_shows_the_first_and_a_reason_makes_it_a_second(
    charter: Charter,
) -> None:
    ana = charter.board("Ana")
    page = charter.open()
    log(ask_for(page, ana), "60")
    expect(page.get_by_role("dialog")).to_be_hidden()

    dialog = ask_for(page, ana)
    log(dialog, "60")

    expect(dialog).to_contain_text("nothing was added")
    expect(dialog).to_contain_text("$60.00, Cash, Fri May 1, 12:00 PM PDT, by admin")
    assert len(charter.entries(ana)) == 1
    dialog.get_by_label("Why it is a second payment").fill("two envelopes")
    dialog.get_by_role("button", name="It is a second payment").click()
    expect(dialog).to_be_hidden()
    expect(card_of(page, ana).locator(".entry")).to_have_count(2)
    assert charter.entries(ana)[1]["second_entry_reason"] == "two envelopes"


def test_a_reason_for_one_payment_is_none_for_another(charter: Charter) -> None:
    ana = charter.board("Ana")
    page = charter.open()
    log(ask_for(page, ana), "60")
    expect(page.get_by_role("dialog")).to_be_hidden()
    dialog = ask_for(page, ana)
    log(dialog, "60")
    reason = dialog.get_by_label("Why it is a second payment")
    reason.fill("two envelopes")

    dialog.get_by_label("Amount").fill("61")

    expect(reason).to_be_hidden()
    expect(reason).to_have_value("")


def test_what_is_wrong_is_said_beside_its_control(charter: Charter) -> None:
    ana = charter.board("Ana")
    page = charter.open()
    dialog = ask_for(page, ana)

    log(dialog, "60", "Check")

    reference = dialog.get_by_label("Reference")
    expect(dialog).to_contain_text("Give the number of the check.")
    expect(reference).to_have_attribute("aria-invalid", "true")
    expect(reference).to_be_focused()
    reference.fill("1042")
    dialog.get_by_role("button", name="Log the payment").click()
    expect(dialog).to_be_hidden()
    assert charter.entries(ana)[0]["reference"] == "1042"


def test_a_double_click_logs_once(charter: Charter) -> None:
    ana = charter.board("Ana")
    page = charter.open()
    dialog = ask_for(page, ana)
    dialog.get_by_label("Amount").fill("60")

    dialog.get_by_role("button", name="Log the payment").dblclick()

    expect(dialog).to_be_hidden()
    expect(card_of(page, ana).locator(".entry")).to_have_count(1)
    assert len(charter.entries(ana)) == 1


def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_key(
    charter: Charter,
) -> None:
    ana = charter.board("Ana")
    page = charter.open()
    lost: list[str] = []

    def lose(route: Route) -> None:
        """The payment arrives, its answer does not."""
        lost.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort()

    page.route("**/payment", lose, times=1)
    dialog = ask_for(page, ana)
    log(dialog, "60")
    expect(dialog.get_by_role("alert")).to_contain_text("cannot be reached")

    with page.expect_request("**/payment") as again:
        dialog.get_by_role("button", name="Log the payment").click()

    expect(dialog).to_be_hidden()
    assert again.value.headers["idempotency-key"] == lost[0]
    assert len(charter.entries(ana)) == 1


def test_who_paid_is_found_by_name_or_address(charter: Charter) -> None:
    for name in ("Ana", "Bo", "Cem"):
        charter.board(name, "10")
    zoe = charter.board("Zoë", "250")
    page = charter.open()
    dialog = ask_for(page, zoe)
    who = dialog.get_by_label("Who paid")

    dialog.get_by_label("Find").fill("bo@EX")
    expect(who.locator("option")).to_have_count(1)
    expect(dialog.locator("[data-account=balance]")).to_have_text("$10.00")
    dialog.get_by_label("Find").fill("zoe")
    expect(who).to_have_value(zoe)
    expect(dialog.locator("[data-account=balance]")).to_have_text("$250.00")
    log(dialog, "250")
    expect(card_of(page, zoe).locator("[data-standing]")).to_have_text("Paid")


def test_a_name_is_never_markup(charter: Charter) -> None:
    page_breaker = "<img src=x onerror=alert(1)>"
    ana = charter.board("Ana")
    page = charter.open()
    dialog = ask_for(page, ana)
    dialog.get_by_label("Note").fill(page_breaker)

    log(dialog, "60")

    details = card_of(page, ana).locator("[data-entry=details]")
    expect(details).to_have_text(page_breaker)
    assert page.locator("img").count() == 0


def test_the_office_finds_the_functions_that_it_knows(charter: Charter) -> None:
    ana = charter.board("Ana", "80")
    page = charter.open()

    known = page.evaluate("Object.values(window.jada).map((one) => one.name)")
    page.evaluate("(patron) => window.jada.openPaymentModal(patron)", ana)

    names = {"apiFetch", "openPaymentModal", "submitPaymentLog", "renderPaymentCard"}
    assert set(known) == names
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Who paid")).to_have_value(ana)
    expect(dialog.locator("[data-account=balance]")).to_have_text("$80.00")


@pytest.mark.parametrize("scripted", [True, False])
def test_everything_else_goes_through_forms(charter: Charter, scripted: bool) -> None:
    page = charter.open(scripts=scripted, phone=True)

    page.get_by_role("link", name="Add patron").click()
    where = page.get_by_role("dialog") if scripted else page.get_by_role("main")
    where.get_by_label("Name").fill("Bo")
    where.get_by_label("E-mail").fill("bo@example.com")
    where.get_by_label("Fare due").fill("75")
    where.get_by_role("button", name="Put on the roster").click()
    expect(page.locator(".patron", has_text="Bo")).to_contain_text("$75.00")

    page.get_by_role("link", name="Several payments").click()
    where = page.get_by_role("dialog") if scripted else page.get_by_role("main")
    where.get_by_role("group", name="Bo").get_by_label("Amount").fill("75")
    where.get_by_role("button", name="Log the payments").click()
    expect(page.locator(".patron", has_text="Bo")).to_contain_text("Paid")

    page.get_by_role("link", name="Edit event").click()
    where = page.get_by_role("dialog") if scripted else page.get_by_role("main")
    where.get_by_label("Notes for the crew").fill("Bring the long gangway.")
    where.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("The change is saved")


def test_a_payment_is_logged_without_a_script(charter: Charter) -> None:
    ana = charter.board("Ana", "60")
    page = charter.open(scripts=False)
    card_of(page, ana).get_by_role("link", name="Log payment").click()
    expect(page.locator("[data-account=balance]")).to_have_text("$60.00")

    log(page.get_by_role("main"), "60")

    expect(card_of(page, ana)).to_contain_text("Paid")
    assert len(charter.entries(ana)) == 1
