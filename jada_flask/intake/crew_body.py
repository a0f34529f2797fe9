"""The bodies of crew events, which never hold money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jada_flask.domain.amounts import holds_amount
from jada_flask.domain.errors import Fault
from jada_flask.intake.fields import (
    IdField,
    InstantField,
    ListField,
    NameField,
    TextField,
)
from jada_flask.intake.numbers import (
    LARGEST_CREW,
    LONGEST_HOURS,
    HoursField,
    WholeField,
)
from jada_flask.intake.schema import Body

_MONEY_WORD = re.compile(
    r"(?<![a-z])(rate|price|cost|fee|amount|margin|revenue|payout|payment|pay|paid|wage|"
    r"salary|gross|net|tip|gratuity|deposit|balance|earning|commission|charge|due|usd|"
    r"dollar|cent|currency|money)s?(?![a-z])"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PROSE = ("event_name", "location", "notes")


class CrewBody(Body):
    """A body that crew may see all of."""

    def about_unknown(self, name: str, *, outermost: bool) -> str:
        words = _HUMP.sub("_", name[:200]).lower().replace("_", " ")
        if _MONEY_WORD.search(words):
            return "Crew events never hold money; leave this field out."
        return super().about_unknown(name, outermost=outermost)

    def about_whole(self, data: Mapping[str, Any]) -> Iterator[Fault]:
        for field in _PROSE:
            text = data.get(field)
            if isinstance(text, str) and holds_amount(text):
                words = "take the amount out of this text."
                yield Fault(field, f"Crew events never hold money; {words}")


class CrewAssignmentBody(Body):
    """One place aboard, and who is asked to take it."""

    crew_id = IdField(required=True)
    role = IdField(required=True)
    duration_hours = HoursField()


class CrewEventBody(CrewBody):
    """POST /events/: one charter as the crew may see it."""

    event_name = NameField(longest=120, required=True)
    event_date = InstantField(required=True)
    duration_minutes = WholeField(at_least=1, at_most=LONGEST_HOURS * 60, required=True)
    crew_assignments = ListField(
        CrewAssignmentBody, longest=LARGEST_CREW, load_default=list
    )
    captain_id = IdField(allow_none=True, load_default=None)
    location = TextField(longest=200, load_default="")
    notes = TextField(load_default="")


class CrewEventPatch(CrewBody):
    """PATCH /events/<event_id>: at least one of the fields that the crew sees."""

    event_name = NameField(longest=120)
    event_date = InstantField()
    duration_minutes = WholeField(at_least=1, at_most=LONGEST_HOURS * 60)
    crew_assignments = ListField(CrewAssignmentBody, longest=LARGEST_CREW)
    captain_id = IdField(allow_none=True)
    location = TextField(longest=200)
    notes = TextField()

    def about_whole(self, data: Mapping[str, Any]) -> Iterator[Fault]:
        if not data:
            yield Fault("body", f"Send at least one of: {', '.join(self.fields)}.")
        yield from super().about_whole(data)


CREW_EVENT = CrewEventBody()
CREW_PATCH = CrewEventPatch()
