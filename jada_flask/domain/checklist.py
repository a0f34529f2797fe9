"""The crew's checklist: what is to be done by when around one charter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from jada_flask.domain.crew import call_time
from jada_flask.domain.event import Event
from jada_flask.domain.house import Anchor, Operations


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do, and when."""

    task_id: str
    title: str
    due: datetime  # aware, UTC
    role: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """The tasks of one event, by time."""

    event_id: str
    tasks: tuple[Task, ...]


def checklist_for(
    event: Event, operations: Operations, *, sunset: datetime | None
) -> Checklist:
    """The house's templates, placed around this charter.

    Tasks that need the dark are left out where the charter is over before `sunset`.
    """
    anchors: dict[Anchor, datetime] = {
        "call": call_time(event, operations),
        "departure": event.start,
        "middle": event.start + (event.end - event.start) / 2,
        "return": event.end,
    }
    if sunset is not None and event.end > sunset:
        anchors["sunset"] = max(sunset, event.start)
    guests = _guests(event.party_size)
    tasks = [
        Task(
            template.key,
            _title(template.title, event, guests),
            anchors[template.anchor] + timedelta(minutes=template.minutes),
            template.role,
        )
        for template in operations.checklist
        if template.anchor in anchors
        and ("sunset" in anchors or not template.after_sunset)
    ]
    return Checklist(event.event_id, tuple(sorted(tasks, key=lambda task: task.due)))


def _title(template: str, event: Event, guests: str) -> str:
    """The title in this charter's words. What is no word of ours stays as it is."""
    if "{" not in template:
        return template
    return (
        template.replace("{guests}", guests)
        .replace("{boat}", event.boat_name or "the boat")
        .replace("{dock}", event.location)
    )


def _guests(number: int) -> str:
    if not number:
        return "the guests"
    return "1 guest" if number == 1 else f"{number} guests"
