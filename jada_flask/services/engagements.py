"""Who is needed elsewhere around the time of a charter: the boat and her crew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from jada_flask.domain.booking import Terms
from jada_flask.domain.cautions import Engagement
from jada_flask.domain.crew import Answer, CrewAssignment
from jada_flask.ports import Item
from jada_flask.records.operations import (
    ASSIGNMENT,
    EVENT,
    boat_key,
    crew_key,
    stamp,
)
from jada_flask.unit_of_work import UnitOfWork

_LONGEST = timedelta(days=15)  # a charter takes two weeks at most
_AROUND = timedelta(hours=12)  # more than any buffer, set-up and clean-up


def engagements(work: UnitOfWork, own: str, terms: Terms) -> Iterator[Engagement]:
    """The other charters near this one of the same boat and the same people.

    From an index, which may lag by a moment: good enough for a warning, and looked at
    again each time the booking is shown.
    """
    soonest = stamp(terms.start - _AROUND)

    def near(item: Item) -> bool:
        return bool(item["until"] > soonest)

    span: dict[str, Any] = {
        "index": "by_who",
        "lo": stamp(terms.start - _LONGEST),
        "hi": stamp(terms.end + _AROUND),
        "limit": 100,
        "keep": near,
    }
    boat = boat_key(terms.boat)
    for event in work.query(EVENT, boat, **span).values:
        if event.event_id != own:
            yield Engagement(boat, event.name, event.start, event.end, event.event_id)
    for place in terms.places:
        who = crew_key(place.crew_id)
        for other in work.query(ASSIGNMENT, who, **span).values:
            if other.event_id != own and _counts(work, other):
                begins, ends = other.call_time, other.release_time
                yield Engagement(who, other.name, begins, ends, other.event_id)


def _counts(work: UnitOfWork, place: CrewAssignment) -> bool:
    """Whether somebody is really needed there: not declined, and not called off."""
    if place.answer is Answer.DECLINED:
        return False
    event = work.get(EVENT, place.event_id)
    return event is not None and not event.cancelled
