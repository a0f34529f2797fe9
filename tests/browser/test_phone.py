"""The main job on a phone: what the office, the crew and the guests hold in hand."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from jada_flask.web.context import Parts
from tests.browser.conftest import Open
from tests.builders import NOBODY_KNOWS, booking
from tests.callers import Caller, link_for, mails, path_of
from tests.conftest import DrainAll, Keys
from tests.fakes import REFUSED_FOR_GOOD, FailingMailer

pytestmark = pytest.mark.browser

# What a tool for accessibility would find first, without asking a server for it.
FLAWS = """() => {
  const shown = (e) => e.getClientRects().length && !e.closest('[hidden]');
  const named = (e) => (e.getAttribute('aria-label') || e.textContent || '').trim()
    || e.querySelector('img[alt]:not([alt=""]), svg[aria-label]');
  const all = (query) => [...document.querySelectorAll(query)].filter(shown);
  const flaws = [];
  const note = (what, e) => flaws.push(what + ': ' + e.outerHTML.slice(0, 120));
  if (!document.documentElement.lang) flaws.push('no language');
  if (!document.title.trim()) flaws.push('no title');
  if (all('h1').length !== 1) flaws.push(all('h1').length + ' headings of the page');
  if (all('main').length !== 1) flaws.push('not one main part');
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  const twice = ids.filter((id, n) => ids.indexOf(id) !== n);
  twice.forEach((id) => flaws.push('twice ' + id));
  all('input:not([type=hidden]), select, textarea').forEach((e) => {
    if (!e.labels.length && !e.getAttribute('aria-label')) note('no label', e);
  });
  all('button, a[href]').forEach((e) => { if (!named(e)) note('no name', e); });
  document.querySelectorAll('img:not([alt])').forEach((e) => note('no alt', e));
  document.querySelectorAll('[aria-labelledby], [aria-describedby]').forEach((e) => {
    const ids = [e.getAttribute('aria-labelledby'), e.getAttribute('aria-describedby')];
    ids.join(' ').split(' ').filter((id) => id && id !== 'null').forEach((id) => {
      if (!document.getElementById(id)) note('points to nothing', e);
    });
  });
  let level = 0;
  all('h1, h2, h3, h4').forEach((e) => {
    const next = Number(e.tagName[1]);
    if (next > level + 1) note('a level left out', e);
    level = next;
  });
  all('button, input:not([type=hidden]), select, summary, .button').forEach((e) => {
    const box = (e.closest('label') || e).getBoundingClientRect();
    if (box.width < 24 || box.height < 24) note('too small for a finger', e);
  });
  const wide = document.scrollingElement.scrollWidth - window.innerWidth;
  if (wide > 0) flaws.push('wider than the phone by ' + wide);
  return flaws;
}"""

LONG = {
    "name": "Maximiliana-Konstantinopolitanska " + "W" * 40,
    "email": "maximiliana.konstantinopolitanska.von.und.zu.meersburg@example.com",
    "phone": "+1 619 555 0142",
}


@pytest.fixture
def taken(scripts: Caller, drain: DrainAll) -> dict[str, Any]:
    """The sample booking, all done, with names as long as they may be."""
    wishes = "https://example.com/" + "x" * 120 + " and a cake."
    body = scripts.post(
        "/api/bookings", booking(guest=LONG, special_requests=wishes)
    ).json
    drain()
    return dict(body)


def flaws(page: Page) -> list[str]:
    found: list[str] = page.evaluate(FLAWS)
    return found


def test_the_office_signs_in_sees_the_charter_and_sends_a_step_again(
    look: Open, taken: dict[str, Any], keys: Keys, parts: Parts, drain: DrainAll
) -> None:
    page = look("/admin/login", phone=True, staff=False)
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(keys.password)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Upcoming charters")).to_be_visible()
    page.get_by_role("link", name="Maximiliana").first.click()
    expect(page.get_by_text("$289.41").first).to_be_visible()
    page.get_by_role("button", name=re.compile("Again.*Crew invitations")).click()

    expect(page.get_by_text("It is on its way again.")).to_be_visible()
    drain()
    assert len(mails(parts)) == 6


def test_what_was_given_up_is_sent_again_from_the_outbox(
    look: Open,
    scripts: Caller,
    app: Flask,
    parts: Parts,
    drain: DrainAll,
) -> None:
    scripts.post("/api/bookings", booking())
    mailer = FailingMailer(parts.ports.mailer, REFUSED_FOR_GOOD)
    drain(replace(parts, ports=replace(parts.ports, mailer=mailer)))
    page = look("/dispatch", phone=True)

    page.get_by_role("link", name="Look at the outbox").click()
    expect(page.get_by_text("This address does not exist.")).to_have_count(3)
    assert flaws(page) == []
    page.get_by_role("button", name="Send again").first.click()

    expect(page.get_by_text("It is on its way again.")).to_be_visible()
    expect(page.get_by_text("This address does not exist.")).to_have_count(2)
    drain()
    assert len(mails(parts)) == 1


def test_a_member_of_the_crew_answers_without_any_script(
    look: Open, taken: dict[str, Any], parts: Parts, office: Caller
) -> None:
    link = path_of(link_for(parts, "nia.okafor"))
    page = look(link, phone=True, staff=False, scripts=False)
    assert "token" not in page.url
    expect(page.get_by_text("3:30 PM").first).to_be_visible()
    for choice in ("Yes, I’ll be there", "No, I can’t"):
        expect(page.get_by_label(choice)).not_to_be_checked()

    page.get_by_label("Yes, I’ll be there").check()
    page.get_by_role("button", name="Send my answer").click()

    expect(page.get_by_text("Thank you. Your answer is saved.")).to_be_visible()
    expect(page.get_by_role("heading", name="You are coming")).to_be_visible()
    crew = office.get(f"/api/events/{taken['event_id']}").json["crew"]
    assert {one["name"]: one["answer"] for one in crew}["Nia Okafor"] == "accepted"


def test_the_browser_asks_for_a_choice_before_it_sends(
    look: Open, taken: dict[str, Any], parts: Parts
) -> None:
    page = look(path_of(link_for(parts, "nia.okafor")), phone=True, staff=False)
    address = page.url

    page.get_by_role("button", name="Send my answer").click()

    assert page.url == address
    expect(page.get_by_role("heading", name="Can you make it?")).to_be_visible()


def test_a_task_is_ticked_with_a_finger(
    look: Open, taken: dict[str, Any], parts: Parts
) -> None:
    link = path_of(link_for(parts, "nia.okafor"))
    page = look(link, phone=True, staff=False, scripts=False)

    page.get_by_role("button", name=re.compile("Done.*Clean deck")).click()

    expect(
        page.get_by_role("button", name=re.compile("Undo.*Clean deck"))
    ).to_be_visible()
    expect(page.get_by_text("1 of")).to_be_visible()


def pages(taken: dict[str, Any], parts: Parts) -> dict[str, tuple[str, bool]]:
    """Every page that a person may see, and whether staff see it."""
    event, crew = taken["event_id"], path_of(link_for(parts, "nia.okafor"))
    letter = sorted((parts.config.data_dir / "mailbox").glob("*.eml"))[0].name
    return {
        "sign in": ("/admin/login", False),
        "not signed in": ("/dispatch", False),
        "board": ("/dispatch", True),
        "past": ("/dispatch?when=past", True),
        "nothing found": ("/dispatch?q=nobody", True),
        "charter": (f"/dispatch/events/{event}", True),
        "new booking": ("/dispatch/bookings/new", True),
        "outbox": ("/dispatch/outbox", True),
        "not there": ("/dispatch/nowhere", True),
        "crew": (crew, False),
        "closed link": (f"{crew}x", False),
        "guest": (path_of(taken["guest_page_url"]), False),
        "no guest page": (f"/g/{NOBODY_KNOWS}", False),
        "mailbox": ("/dev/mailbox", False),
        "letter": (f"/dev/mailbox/{letter}", False),
    }


def test_every_page_fits_a_phone_and_names_what_is_on_it(
    look: Open, taken: dict[str, Any], parts: Parts
) -> None:
    found = {}
    office, stranger = (
        look("/healthz", phone=True, staff=staff) for staff in (True, False)
    )
    for name, (path, staff) in pages(taken, parts).items():
        page = office if staff else stranger
        page.goto(path)
        if flawed := flaws(page):
            found[name] = flawed

    assert found == {}


def test_a_page_can_be_read_at_twice_the_size(
    look: Open, taken: dict[str, Any], parts: Parts
) -> None:
    """A phone of 390 points at 200 % is one of 195, and WCAG asks for 320."""
    page = look("/healthz", phone=True, staff=False)
    page.set_viewport_size({"width": 320, "height": 640})
    wide = {}
    for path in (
        path_of(link_for(parts, "nia.okafor")),
        path_of(taken["guest_page_url"]),
        "/admin/login",
    ):
        page.goto(path)
        wide[path] = page.evaluate(
            "document.scrollingElement.scrollWidth - window.innerWidth"
        )

    assert not any(wide.values()), wide


def test_the_guest_page_leads_to_the_dock(look: Open, taken: dict[str, Any]) -> None:
    page = look(
        path_of(taken["guest_page_url"]), phone=True, staff=False, scripts=False
    )

    expect(page.get_by_text("4:30 PM").first).to_be_visible()
    expect(page.get_by_role("heading", name="Parking")).to_be_visible()
    link = page.get_by_role("link", name="Open the map").first
    assert (link.get_attribute("href") or "").startswith("https://www.google.com/maps/")


def test_a_browser_runs_nothing_that_a_guest_sends(
    look: Open, scripts: Caller, drain: DrainAll, parts: Parts
) -> None:
    """A name and a wish that would be a script if a page let them."""
    hostile = '<img src=x onerror="window.owned=1">'
    guest = booking()["guest"] | {"name": hostile}
    taken = scripts.post(
        "/api/bookings", booking(guest=guest, special_requests=f"{hostile}{{{{7*7}}}}")
    ).json
    drain()
    office, stranger = (
        look("/healthz", phone=True, staff=staff) for staff in (True, False)
    )
    owned = []

    for name, (path, staff) in pages(taken, parts).items():
        page = office if staff else stranger
        page.goto(path)
        if page.evaluate("window.owned") or page.locator("img[onerror]").count():
            owned.append(name)
        if name == "crew":
            expect(page.get_by_text("{{7*7}}")).to_be_visible()

    assert owned == []
