"""Records of the machinery: sessions, remembered answers, counters. Office only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jada_flask.domain.staff import LONGEST, Member, Session
from jada_flask.ports import Item
from jada_flask.records.kinds import Kind
from jada_flask.records.operations import HEAD
from jada_flask.tables import JOBS, Table

SESSION = Kind(
    Session,
    JOBS,
    key=lambda id_hash: (f"SESSION#{id_hash}", HEAD),
    ids=lambda session: (session.id_hash,),
    facets=lambda session: {"expires": int((session.started_at + LONGEST).timestamp())},
)

MEMBER = Kind(
    Member,
    JOBS,
    key=lambda user: ("STAFF", user),
    ids=lambda member: (member.user,),
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """The first answer to a request with an idempotency key."""

    principal: str
    key_hash: str
    request_hash: str
    status: int
    body: str
    until: datetime


@cache
def remembered_kind(table: Table) -> Kind[Remembered]:
    """Kept in the table of whoever writes.

    The office's Jobs, the public opening's Events.
    """
    return Kind(
        Remembered,
        table,
        key=lambda principal, key_hash: (f"IDEM#{principal}#{key_hash}", HEAD),
        ids=lambda kept: (kept.principal, kept.key_hash),
        facets=_remembered_facets,
    )


def _remembered_facets(kept: Remembered) -> Item:
    return {"expires": int(kept.until.timestamp())}


@dataclass(frozen=True, slots=True)
class GivenUp:
    """That messages were given up lately; lists look for them only where this stands.

    It may still stand once all of them were sent after all.
    """

    at: datetime


GIVEN_UP = Kind(GivenUp, JOBS, key=lambda: ("OUTBOX", "GIVEN_UP"), ids=lambda note: ())


def counter_key(name: str, window: int) -> tuple[str, str]:
    """Where so many of one thing in one window of time are counted."""
    return f"COUNT#{name}", str(window)


def intake_key(inbox: str) -> tuple[str, str]:
    """Where it stands how far an inbox was read."""
    return f"INTAKE#{inbox}", HEAD


def taken_key(inbox: str, mail_id: str) -> tuple[str, str]:
    """Where a mail of an inbox is remembered that was dealt with."""
    return f"INTAKE#{inbox}#{mail_id}", HEAD
