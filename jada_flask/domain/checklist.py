"""The crew's checklist: what is to be done by when around one charter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from jada_flask.domain.event import Event
from jada_flask.domain.house import Operations


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


def checklist_for(event: Event, operations: Operations, *, sunset: datetime | None) -> Checklist:
    """The house's templates, placed around this charter.

    Tasks that need the dark are left out where the charter is over before `sunset`.
    """
    anchors = {
        "call": event.start - timedelta(minutes=operations.setup_minutes),
        "departure": event.start,
        "return": event.end,
    }
    guests = "1 guest" if event.party_size == 1 else f"{event.party_size} guests"
    words = {"guests": guests, "boat": event.boat_name or "the boat", "dock": event.location}
    dark = sunset is not None and event.end > sunset
    tasks = [
        Task(
            template.key,
            template.title.format_map(words),
            anchors[template.anchor] + timedelta(minutes=template.minutes),
            template.role,
        )
        for template in operations.checklist
        if dark or not template.after_sunset
    ]
    return Checklist(event.event_id, tuple(sorted(tasks, key=lambda task: task.due)))
