"""The form of what the crew sees of a charter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wtforms import (
    Field,
    FieldList,
    Form,
    FormField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional, Regexp
from wtforms.widgets import DateInput, TimeInput

from blueprints.dispatch.crew_rows import (
    CAPTAIN,
    PlaceForm,
    aboard,
    captains,
    dress,
    places,
    rows,
)
from blueprints.dispatch.forms import Body, BodyForm
from jada_flask.domain.clock import start_of
from jada_flask.domain.crew import CrewAssignment
from jada_flask.domain.event import Event
from jada_flask.domain.house import CrewRole, Operations
from jada_flask.intake.crew_body import CREW_PATCH
from jada_flask.intake.fields import DateField, LocalTimeField
from jada_flask.intake.schema import Body as Schema
from jada_flask.intake.schema import load

_TEXTS = ("event_name", "notes")


class _When(Schema):
    """When it starts, by the clock at the dock."""

    charter_date = DateField(required=True)
    start_time = LocalTimeField(required=True)


_WHEN = _When()
_DIGITS = Regexp(r"[0-9]{1,5}$", message="Minutes in digits, like 180.")


class EventForm(BodyForm):
    """Name and notes; and of a charter without a booking, when, where and who."""

    event_name = StringField("Name", id="event-name")
    notes = TextAreaField("Notes for the crew", id="event-notes")
    charter_date = StringField("Date", id="event-date", widget=DateInput())
    start_time = StringField("Departure", id="event-time", widget=TimeInput())
    duration_minutes = StringField("Minutes", [Optional(), _DIGITS], id="event-minutes")
    location = StringField("Place", id="event-place")
    captain_id = SelectField("Captain", id="event-captain")
    crew = FieldList(FormField(PlaceForm))

    @classmethod
    def of(
        cls, event: Event, crew: Iterable[CrewAssignment], operations: Operations
    ) -> EventForm:
        """The form as the charter is now."""
        wanted = [one for one in crew if not one.removed]
        captain = next((one.crew_id for one in wanted if one.role == CAPTAIN), "")
        others = [CrewRole(one.crew_id, one.role) for one in wanted]
        known: Body = {
            "event_name": event.name,
            "notes": event.notes,
            "charter_date": event.local_start.date().isoformat(),
            "start_time": f"{event.local_start:%H:%M}",
            "duration_minutes": str(event.duration_minutes),
            "location": event.location,
            "captain_id": captain,
            "crew": rows(operations, [one for one in others if one.role != CAPTAIN]),
        }
        return cls(data=known).offer(operations)

    def offer(self, operations: Operations) -> EventForm:
        self.captain_id.choices = captains(operations, self.captain_id.data)
        dress(self.crew, operations)
        return self

    def changes(self, event: Event) -> Body | None:
        """What the crew is to see; None where a control says what is wrong."""
        about = _TEXTS if event.booking_id else None
        return self.read(lambda: load(CREW_PATCH, self._body(event)), about)

    def control(self, name: str) -> Field | None:
        path = name.split(".")
        if len(path) == 3:
            row: Form = aboard(self.crew)[int(path[1])]
            return row._fields.get(path[2])
        return super().control("start_time" if name == "event_date" else name)

    def _body(self, event: Event) -> Body:
        """A booking decides all but name and notes; there it is changed."""
        body: Body = {name: self[name].data or "" for name in _TEXTS}
        if event.booking_id:
            return body
        minutes = self.typed().get("duration_minutes", "")
        start = _start(self.typed(), event)
        return body | {
            "event_date": start.isoformat(),
            "duration_minutes": int(minutes) if minutes.isdecimal() else minutes,
            "location": self.location.data or "",
            "captain_id": self.typed().get("captain_id"),
            "crew_assignments": places(self.crew),
        }


def _start(typed: dict[str, str], event: Event) -> datetime:
    when = {name: typed[name] for name in _WHEN.fields if name in typed}
    found = load(_WHEN, when)
    return start_of(found["charter_date"], found["start_time"], event.zone)
