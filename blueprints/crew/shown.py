"""What crew and the scripts that enter crew events are shown.

Fields are named one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jada_flask.domain.checklist import Task
from jada_flask.domain.crew import CrewAssignment
from jada_flask.domain.event import Event
from jada_flask.services import crew, house
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.answers import moment


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as it stands, and whether this member may tick it."""

    task: Task
    done: bool
    done_by: str
    can_tick: bool


def page_of(work: UnitOfWork, seen: crew.Aboard, *, at: datetime) -> dict[str, Any]:
    """The context of the crew's page."""
    event = seen.event
    listed = crew.tasks(work, event.event_id)
    operations = house.operations(work)
    return {
        "event": event,
        "assignment": seen.place,
        "boat": operations.boat(event.boat) if event.boat else None,
        "dock": operations.dock(event.dock) if event.dock else None,
        "operator": operations,
        "tasks": [_view(task, listed, event) for task in listed.checklist.tasks],
        "tasks_url": f"/events/{event.event_id}/tasks",
        "calendar_url": f"/events/{event.event_id}/calendar.ics",
    }


def event_body(event: Event, places: list[CrewAssignment]) -> dict[str, Any]:
    """A crew event in the words in which it was sent."""
    aboard = [place for place in places if not place.removed]
    return {
        "event_id": event.event_id,
        "event_name": event.name,
        "status": event.status.value,
        "event_date": moment(event.start, event.zone),
        "duration_minutes": event.duration_minutes,
        "location": event.location,
        "notes": event.notes,
        "captain_id": next((p.crew_id for p in aboard if p.role == "captain"), None),
        "crew_assignments": [
            {
                "crew_id": place.crew_id,
                "role": place.role,
                "name": place.name,
                "call_time": moment(place.call_time, event.zone),
                "duration_hours": _hours(place),
                "answer": place.answer.value,
            }
            for place in aboard
        ],
        "revision": event.revision,
    }


def _hours(place: CrewAssignment) -> float:
    return (place.release_time - place.call_time).total_seconds() / 3600


def _view(task: Task, listed: crew.Tasks, event: Event) -> TaskView:
    tick = listed.ticks.get(task.task_id)
    by = tick.by if tick else ""
    return TaskView(task, tick is not None, by, not event.cancelled)
