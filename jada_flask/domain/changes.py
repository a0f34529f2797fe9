"""What is different between two states of an event, as one would tell the crew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jada_flask.domain.event import Event


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was."""

    label: str
    before: str
    after: str


def changes_between(before: Event, after: Event) -> tuple[Change, ...]:
    """What concerns the crew: when, where, on which boat. In the dock's time."""
    pairs = (
        ("Date", _day(before.local_start), _day(after.local_start)),
        ("Departure", _clock(before.local_start), _clock(after.local_start)),
        ("Return", _clock(_local_end(before)), _clock(_local_end(after))),
        ("Boat", before.boat_name, after.boat_name),
        ("Place", before.location, after.location),
    )
    return tuple(Change(*pair) for pair in pairs if pair[1] != pair[2])


def _local_end(event: Event) -> datetime:
    return event.end.astimezone(event.zone)


def _day(local: datetime) -> str:
    return f"{local:%A, %B} {local.day}, {local.year}"


def _clock(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M %p}"
