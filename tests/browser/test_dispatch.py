"""The office's pages in a real browser, with their script and without it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

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
