"""What came in and could not be read for certain, kept for a person to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One arrival that nobody should guess about."""

    arrival_id: str  # from its content: the same mail twice is one
    name: str
    kind: str
    reason: str
    arrived_at: datetime
    source: str = ""
    source_ref: str = ""
    settled_at: datetime | None = None  # when a person was done with it


@dataclass(frozen=True, slots=True)
class Original:
    """What an arrival said, as far as it is text; apart, for it may be long."""

    arrival_id: str
    text: str
    until: datetime | None = None  # kept for so long once a person was done with it
