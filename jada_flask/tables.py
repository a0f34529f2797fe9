"""The tables and their indexes, once: for both engines, for the stages, for `infra/`.

A table belongs to one zone of trust. What crew and guests reach lives in `EVENTS`
alone; everything about money lives elsewhere, where the public opening of the store
cannot look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

KeyType = Literal["S", "N"]


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """A second way to look items up.

    Sparse: an item without both attributes is not in it.
    """

    name: str
    partition: str
    sort: str
    sort_type: KeyType = "S"


@dataclass(frozen=True, slots=True, eq=False)  # each is itself: hashed at every write
class Table:
    """A table: its name without the stage's prefix, its key, its indexes."""

    name: str
    indexes: tuple[Index, ...] = ()
    partition: str = "pk"
    sort: str = "sk"
    sort_type: KeyType = "S"
    expires: str | None = "expires"  # epoch seconds; DynamoDB may delete days later
    append_only: bool = False

    def index(self, name: str) -> Index:
        """The index of that name; `KeyError` where the table has none."""
        for index in self.indexes:
            if index.name == name:
                return index
        raise KeyError(f"{self.name} has no index {name!r}")


# By date the partition is the decade of the attribute "year": one holds about 6,000
# pages a second, and shorter spans would mean a query more where a list reaches into
# the next. "who" is a boat or a crew member. "due" is the outbox.
_BY_DATE = Index("by_date", "year", "start_id")
_DUE = Index("due", "due", "due_at", "N")

EVENTS = Table("Events", (_BY_DATE, Index("by_who", "who", "when"), _DUE))
PAYMENTS = Table(
    "Payments",
    (
        Index("GSI1", "patron_email", "timestamp", "N"),
        Index("GSI2", "event_id", "timestamp", "N"),
    ),
    partition="PK",
    sort="SK",
    sort_type="N",
    expires="expiration_timestamp",
    append_only=True,
)
FINANCE = Table("Finance", (_BY_DATE,))
JOBS = Table("Jobs", (_DUE,))

ALL = (EVENTS, PAYMENTS, FINANCE, JOBS)
PUBLIC = (EVENTS,)
