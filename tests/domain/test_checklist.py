"""The crew's checklist stands around the charter's own times."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from jada_flask.domain.amounts import holds_amount
from jada_flask.domain.checklist import Task, checklist_for
from jada_flask.domain.event import Event
from jada_flask.domain.house import TaskTemplate
from jada_flask.house import default_operations
from tests.domain.builders import SUNSET, event


def tasks(charter: Event, sunset: datetime | None = SUNSET) -> dict[str, Task]:
    made = checklist_for(charter, default_operations(), sunset=sunset)
    return {task.task_id: task for task in made.tasks}


def only(template: TaskTemplate, charter: Event) -> Task | None:
    operations = replace(default_operations(), checklist=(template,))
    return next(iter(checklist_for(charter, operations, sunset=SUNSET).tasks), None)


def test_the_tasks_come_by_time() -> None:
    made = checklist_for(event(), default_operations(), sunset=SUNSET)

    assert made.event_id == "EV_x"
    assert len(made.tasks) >= 14
    assert [task.due for task in made.tasks] == sorted(task.due for task in made.tasks)


def test_guests_are_briefed_before_the_boat_is_under_way() -> None:
    briefing = tasks(event())["safety_talk"]

    assert briefing.title.startswith("Brief 4 guests")
    assert "46 CFR 26.03-1" in briefing.title
    assert event().start - timedelta(minutes=15) < briefing.due < event().start


@pytest.mark.parametrize(
    ("party", "title"), [(1, "1 guest:"), (12, "12 guests:"), (0, "the guests:")]
)
def test_the_number_of_guests_is_put_in_words(party: int, title: str) -> None:
    assert tasks(event(party_size=party))["safety_talk"].title.startswith(
        f"Brief {title}"
    )


def test_lights_are_switched_on_at_sunset() -> None:
    lit = tasks(event())

    assert lit["navigation_lights"].due == SUNSET
    assert "JADA comes back in the dark" in lit["test_lights"].title


def test_who_leaves_after_sunset_leaves_with_lights() -> None:
    late = event(start=SUNSET + timedelta(hours=1))

    assert tasks(late)["navigation_lights"].due == late.start


@pytest.mark.parametrize(
    "sunset", [None, event().end, event().end + timedelta(hours=1)]
)
def test_a_charter_in_daylight_needs_no_lights(sunset: datetime | None) -> None:
    assert {"navigation_lights", "test_lights"}.isdisjoint(tasks(event(), sunset))


@pytest.mark.parametrize(
    ("anchor", "due"),
    [
        ("call", event().start - timedelta(minutes=50)),
        ("departure", event().start + timedelta(minutes=10)),
        ("middle", event().start + timedelta(minutes=115)),
        ("return", event().end + timedelta(minutes=10)),
        ("sunset", SUNSET + timedelta(minutes=10)),
    ],
)
def test_a_task_is_due_by_its_anchor(anchor: str, due: datetime) -> None:
    template = TaskTemplate("t", "Do", anchor, 10)  # type: ignore[arg-type]
    task = only(template, event())

    assert task
    assert task.due == due


def test_braces_that_are_no_word_of_ours_stay() -> None:
    template = TaskTemplate("t", "{boat}, {dock}: {x.__class__} {", "call", 0)
    task = only(template, event(boat_name=""))

    assert task
    assert task.title == "the boat, Sheraton: {x.__class__} {"


def test_the_default_tasks_are_those_of_a_captain() -> None:
    titles = " ".join(task.title for task in tasks(event()).values())

    for words in ("Check fuel", "Secure fenders", "check-in form", "head count"):
        assert words in titles
    assert not re.search(r"[{}]", titles)
    assert not holds_amount(titles)
