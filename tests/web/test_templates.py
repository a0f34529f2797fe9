"""What every page keeps to, and what the pages say in each state."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from wtforms import Form, StringField
from wtforms.validators import InputRequired

from jada_flask import rendering
from jada_flask.domain.booking import Caution
from jada_flask.domain.checklist import Task
from jada_flask.domain.event import EventStatus
from jada_flask.domain.outbox import State
from jada_flask.domain.steps import StepView
from tests.web import sample_charter as sample

# Without the dialogs of what may still be changed, which need a form each.
GONE = sample.event(status=EventStatus.CANCELLED)

TEMPLATES = Path(__file__).parents[2] / "templates"
HOSTILE = "Zoë <script>alert(1)</script> \u202e"
ESCAPED = "Zoë &lt;script&gt;alert(1)&lt;/script&gt; \u202e"


def pages() -> list[Path]:
    """Every template that is shown in a browser under our policy."""
    return [
        path
        for path in TEMPLATES.rglob("*.html")
        if "email" not in path.parts and path.name != "mail.html"
    ]


def test_every_template_can_be_read() -> None:
    env = rendering.environment()

    assert [env.get_template(name) for name in env.list_templates()]


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_a_page_holds_nothing_that_its_policy_forbids(path: Path) -> None:
    source = path.read_text()

    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert "|safe" not in source.replace(" ", "")


@pytest.mark.parametrize("folder", ["crew", "guests", "email/crew_*"])
def test_nothing_that_crew_or_guests_see_knows_money(folder: str) -> None:
    sources = [path.read_text() for path in TEMPLATES.glob(f"{folder}/*")]

    assert sources
    for source in sources:
        source = re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)
        assert not re.search(
            r"money|margin|gross|booking\.|payment|price|rate\b", source
        )


@pytest.mark.parametrize("page", ["guests/page.html", "crew/event.html"])
def test_a_name_stands_alone_and_harmless(page: str) -> None:
    context = sample.guest_page() | sample.crew_page()
    context["event"] = sample.event(host=HOSTILE, boat_name=HOSTILE)

    html = rendering.render(page, **context).partition("</title>")[2]

    assert "<script" not in html
    assert html.count(ESCAPED) == html.count(f"<bdi>{ESCAPED}</bdi>") > 0


def test_a_guest_page_is_whole_in_itself() -> None:
    html = rendering.render("guests/page.html", **sample.guest_page())

    assert '<meta name="revision" content="7">' in html
    assert "csrf_token" not in html
    assert "nonce" not in html
    for words in (
        "Saturday, May 30, 2026",
        "3 hours",
        "Maya Lind",
        "7:49 PM",
        "garage",
    ):
        assert words in html
    assert 'href="https://maps.example.com/here"' in html
    assert 'href="tel:+16195550100"' in html


def test_a_guest_page_puts_the_sunset_where_it_falls() -> None:
    before = rendering.render("guests/page.html", **sample.guest_page())
    longer = sample.guest_page(duration_minutes=300)
    during = rendering.render("guests/page.html", **longer)

    assert before.index("Back at the dock") < before.index("Sunset</span>")
    assert during.index("Sunset</span>") < during.index("Back at the dock")


def test_a_cancelled_charter_sends_nobody_to_the_dock() -> None:
    cancelled = sample.guest_page(status=EventStatus.CANCELLED)

    html = rendering.render("guests/page.html", **cancelled)

    assert "This charter is cancelled" in html
    assert "Getting there" not in html


def test_neither_answer_is_chosen_for_the_crew() -> None:
    html = rendering.render("crew/event.html", **sample.crew_page())

    assert len(re.findall(r'<input[^>]* required[^>]* type="radio"', html)) == 2
    assert "checked" not in html
    assert "Can you make it?" in html


def test_an_answer_is_shown_and_can_be_changed() -> None:
    context = sample.crew_page(
        assignment=sample.assignment(answer="accepted"), answered=True, saved=True
    )

    html = rendering.render("crew/event.html", **context)

    assert "You are coming" in html
    assert "Your answer is saved" in html
    assert "<summary>Change my answer</summary>" in html
    assert "checked" not in html


def test_the_crew_of_a_cancelled_charter_is_asked_nothing() -> None:
    context = sample.crew_page(event=sample.event(status=EventStatus.CANCELLED))

    html = rendering.render("crew/event.html", **context)

    assert "This charter is cancelled." in html
    assert 'type="radio"' not in html


class Ticking:
    """A task as the crew's page gets it."""

    def __init__(self, key: str, *, done: bool, can_tick: bool) -> None:
        self.task = Task(key, f"Do {key}", sample.START, "deckhand")
        self.done, self.done_by, self.can_tick = done, "Tom" if done else "", can_tick


def test_a_task_can_be_ticked_and_taken_back_where_that_is_allowed() -> None:
    tasks = [
        Ticking("fuel", done=False, can_tick=True),
        Ticking("lines", done=True, can_tick=True),
        Ticking("lights", done=False, can_tick=False),
    ]

    html = rendering.render(
        "crew/event.html", **sample.crew_page(tasks=tasks, tasks_url="/tasks")
    )

    assert 'name="done" value="fuel"' in html
    assert 'name="undo" value="lines"' in html
    assert 'value="lights"' not in html
    assert "done by <bdi>Tom</bdi>" in html


def test_a_card_says_in_words_what_its_colours_say() -> None:
    steps = (StepView("guest_page", State.DEAD), StepView("calendar", State.DONE))
    shown = sample.card(steps=steps, cautions=(Caution("sunset", "Too early."),))

    html = rendering.render("dispatch/index.html", **sample.board(shown))

    assert "Deckhand, no answer yet" in html
    assert re.search(r"Guest page <span>given up</span>", html)
    assert re.search(r'Calendar <span class="unseen">done</span>', html)
    assert "Too early." in html


def test_charters_of_one_day_stand_under_one_date() -> None:
    cards = [sample.card(), sample.card(event=sample.event(event_id="EV_2"))]

    html = rendering.render("dispatch/index.html", **sample.board(*cards))

    assert html.count("<h2>Saturday, May 30, 2026</h2>") == 1
    assert "In 4 days" in html


def test_an_empty_board_says_what_will_appear() -> None:
    html = rendering.render("dispatch/index.html", **sample.board())

    assert "No charters ahead" in html


def test_a_step_can_be_replayed_once_it_has_ended_or_failed() -> None:
    page = sample.charter_page(may={"work"}, event=GONE)
    html = rendering.render("dispatch/event.html", **page)

    replayed = set(re.findall(r'action="/retry/step_(\w+)"', html))
    assert replayed == {"done", "failed", "dead"}


def test_the_ledger_adds_up_to_net() -> None:
    html = rendering.render("dispatch/event.html", **sample.charter_page())

    shown = re.findall(r"<td>(−?)\$([\d.]+)</td>", html)
    amounts = [Decimal(f"{'-' if sign else ''}{digits}") for sign, digits in shown]
    assert len(amounts) == 5
    assert sum(amounts[:-1]) == amounts[-1] == Decimal("289.41")


def test_cancelling_is_asked_for_twice() -> None:
    page = sample.charter_page(may={"work"}, event=GONE, cancel_url="/cancel")
    html = rendering.render("dispatch/event.html", **page)

    before, _, after = html.partition('action="/cancel"')
    assert before.rindex("<details") > before.rindex("<h2")
    assert "token" in after.partition("</form>")[0]


class NameForm(Form):
    """A form of one field that must not stay empty."""

    name = StringField("Name", [InputRequired("Please type a name.")])


def test_a_wrong_field_says_so_to_everybody() -> None:
    form = NameForm()
    form.validate()
    forms = rendering.environment().get_template("macros/forms.html")

    html = str(forms.make_module().field(form.name, "As on the card"))  # type: ignore[attr-defined]

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="name-note"' in html
    assert re.search(r'id="name-note">Please type a name.', html)


def test_a_field_without_a_hint_describes_itself_by_nothing() -> None:
    forms = rendering.environment().get_template("macros/forms.html")

    html = str(forms.make_module().field(NameForm().name))  # type: ignore[attr-defined]

    assert "aria-describedby" not in html
