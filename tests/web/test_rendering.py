"""How moments, amounts and names look, and what a mail is made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from jada_flask import rendering
from jada_flask.domain.money import Money
from tests.web import sample_charter as sample

ZONE = "America/Los_Angeles"
START = sample.START
MAILS = (
    "crew_invitation",
    "crew_change",
    "crew_removed",
    "crew_cancelled",
    "crew_answer_notice",
)


def test_a_moment_is_shown_by_the_clock_at_the_dock() -> None:
    assert rendering.day(START, ZONE) == "Saturday, May 30, 2026"
    assert rendering.short_day(START, ZONE) == "Sat May 30"
    assert rendering.clock(START, ZONE) == "4:30 PM"
    assert rendering.moment(START, ZONE) == "Sat May 30, 4:30 PM PDT"
    assert rendering.iso(START, ZONE) == "2026-05-30T16:30-07:00"


@pytest.mark.parametrize(
    ("hour", "shown"), [(0, "12:05 AM"), (11, "11:05 AM"), (12, "12:05 PM")]
)
def test_noon_and_midnight_are_twelve(hour: int, shown: str) -> None:
    assert rendering.clock(datetime(2026, 1, 2, hour, 5, tzinfo=UTC), "UTC") == shown


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        rendering.clock(START.replace(tzinfo=None), ZONE)


def test_an_end_on_another_day_names_the_day() -> None:
    late = START + timedelta(hours=10)

    assert rendering.until(START + timedelta(hours=3), START, ZONE) == "7:30 PM"
    assert rendering.until(late, START, ZONE) == "Sun May 31, 2:30 AM"


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        (-20, "Yesterday"),
        (-48, "2 days ago"),
        (7, "Today"),
        (8, "Tomorrow"),
        (50, "In 2 days"),
    ],
)
def test_days_are_counted_by_the_calendar_at_the_dock(hours: int, shown: str) -> None:
    at = START + timedelta(hours=hours)

    assert rendering.nearness(at, START, ZONE) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "just now"),
        (-59, "just now"),
        (30, "in a moment"),
        (240, "in 4 min"),
        (-7200, "2 h ago"),
        (3 * 86400, "in 3 days"),
    ],
)
def test_a_span_is_told_in_one_unit(seconds: int, shown: str) -> None:
    assert rendering.relative(START + timedelta(seconds=seconds), START) == shown


@pytest.mark.parametrize(
    ("minutes", "short", "long"),
    [
        (180, "3 h", "3 hours"),
        (150, "2 h 30 min", "2 hours 30 minutes"),
        (61, "1 h 1 min", "1 hour 1 minute"),
        (45, "45 min", "45 minutes"),
    ],
)
def test_a_duration_has_no_empty_part(minutes: int, short: str, long: str) -> None:
    assert rendering.hours(minutes) == short
    assert rendering.hours_in_words(minutes) == long


def test_amounts_are_shown_in_dollars() -> None:
    assert rendering.money(Money(128941)) == "$1,289.41"
    assert rendering.money(Money(-1250)) == "−$12.50"
    assert rendering.percent(Decimal("18.00")) == "18%"
    assert rendering.percent(Decimal("12.5")) == "12.5%"


def test_one_is_not_many() -> None:
    assert rendering.plural(1, "guest") == "1 guest"
    assert rendering.plural(0, "guest") == "0 guests"
    assert rendering.plural(2, "try", "tries") == "2 tries"


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("+1 (619) 555-0100", "+16195550100"),
        ("619.555.0100", "6195550100"),
        ("call the office", ""),
        ("+", ""),
        ('1" onclick="x', "1"),
    ],
)
def test_a_link_dials_digits_alone(typed: str, dialled: str) -> None:
    assert rendering.phone(typed) == dialled


def test_a_name_of_the_code_becomes_words() -> None:
    assert rendering.label("crew_event") == "Crew event"
    assert rendering.label("booking.amended") == "Booking amended"
    assert rendering.label("") == ""


def test_a_map_link_holds_the_place_of_the_dock() -> None:
    assert rendering.map_link(sample.DOCK).endswith("query=32.727000%2C-117.203000")


def test_the_version_changes_with_content_and_with_names(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a { }")
    first, names = rendering.fingerprint(tmp_path)
    (tmp_path / "a.css").write_text("b { }")
    second, _ = rendering.fingerprint(tmp_path)
    (tmp_path / "a.css").rename(tmp_path / "b.css")
    third, _ = rendering.fingerprint(tmp_path)

    assert names == {"a.css"}
    assert len({first, second, third}) == 3
    assert len(first) == 12


def test_an_asset_that_is_not_there_is_a_mistake() -> None:
    assert rendering.asset("app.css").startswith("/static/")
    with pytest.raises(ValueError, match="no such static file"):
        rendering.asset("missing.css")


def test_a_value_that_a_page_lacks_is_never_left_blank() -> None:
    with pytest.raises(UndefinedError):
        rendering.render("errors/problem.html", title="Not found", detail="")


@pytest.mark.parametrize("name", MAILS)
def test_every_mail_says_when_and_on_which_boat_in_each_part(name: str) -> None:
    subject, text, html = rendering.mail_parts(name, **sample.mail())

    for part in (text, html):
        assert "Saturday, May 30, 2026" in part
        assert "4:30 PM" in part
    assert "Jada" in subject
    assert "May 30, 2026" in subject


@pytest.mark.parametrize(
    "name", ["crew_invitation", "crew_change", "crew_answer_notice"]
)
def test_a_mail_that_asks_for_something_carries_its_link(name: str) -> None:
    _, text, html = rendering.mail_parts(name, **sample.mail())

    assert sample.LINK in text.splitlines()
    assert f'href="{sample.LINK}"' in html


def test_an_invitation_says_all_that_a_deckhand_needs() -> None:
    subject, text, _ = rendering.mail_parts("crew_invitation", **sample.mail())

    assert subject == "Crew Confirmation: Jada on Saturday, May 30, 2026"
    for words in ("Call time: 3:30 PM", "Deckhand", "1380 Harbor", "+1 (619) 555-0100"):
        assert words in text


def test_a_mail_of_an_event_without_a_dock_of_ours_is_complete() -> None:
    _, text, html = rendering.mail_parts("crew_invitation", **sample.mail(dock=None))

    assert "Location: Sheraton Marina" in text
    assert "google" not in text + html


def test_a_change_names_what_was_and_what_is() -> None:
    _, text, _ = rendering.mail_parts("crew_change", **sample.mail())

    assert "* Call time: 3:30 PM (before: 2:30 PM)" in text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("pending", "Does that still work"),
        ("accepted", "You said yes"),
        ("declined", "You said no"),
    ],
)
def test_a_change_asks_by_what_was_answered(answer: str, words: str) -> None:
    mail = sample.mail(assignment=sample.assignment(answer=answer))

    _, text, html = rendering.mail_parts("crew_change", **mail)

    assert words in text
    assert words in html


def test_a_subject_is_one_line_whatever_its_values_bring_along() -> None:
    mail = sample.mail(boat_name="Jada\r\nBcc: evil@example.com\u2028x")

    subject, _, _ = rendering.mail_parts("crew_invitation", **mail)

    assert subject == (
        "Crew Confirmation: Jada Bcc: evil@example.com x on Saturday, May 30, 2026"
    )


def test_the_text_of_a_mail_is_plain_and_its_html_is_escaped() -> None:
    mail = sample.mail(assignment=sample.assignment(name="Bo <b> & Sons"))

    _, text, html = rendering.mail_parts("crew_invitation", **mail)

    assert "Hi Bo <b> & Sons," in text
    assert "<bdi>Bo &lt;b&gt; &amp; Sons</bdi>" in html
