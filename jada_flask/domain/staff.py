"""Staff: the people of the office, what each may do, and their sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

IDLE = timedelta(hours=8)
LONGEST = timedelta(hours=12)


class Right(StrEnum):
    """Something that not everybody in the office may do."""

    LOOK = "look"
    WORK = "work"  # bookings, events, crew, the outbox
    PAY = "pay"  # log payments, change who owes what
    VOID = "void"  # take a payment back
    LEAVE = "leave"  # sign out


class Role(StrEnum):
    """What a member of staff is here for."""

    ADMIN = "admin"
    DISPATCHER = "dispatcher"
    BOOKKEEPER = "bookkeeper"
    VIEWER = "viewer"

    def may(self, right: Right) -> bool:
        return right in _RIGHTS[self]


_EVERYBODY = frozenset({Right.LOOK, Right.LEAVE})
_RIGHTS = {
    Role.ADMIN: frozenset(Right),
    Role.DISPATCHER: _EVERYBODY | {Right.WORK, Right.PAY},
    Role.BOOKKEEPER: _EVERYBODY | {Right.PAY, Right.VOID},
    Role.VIEWER: _EVERYBODY,
}


@dataclass(frozen=True, slots=True)
class Member:
    """A named person of the office.

    Sessions from before `sessions_valid_after` are over, whoever has their cookies.
    """

    user: str
    name: str
    role: Role
    pass_hash: str
    email: str = ""
    active: bool = True
    sessions_valid_after: datetime | None = None

    def ends(self, session: Session) -> bool:
        """Whether this member's sessions from back then no longer count."""
        after = self.sessions_valid_after
        return not self.active or (after is not None and session.started_at <= after)


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in. Its id is kept only as a hash."""

    id_hash: str
    user: str
    name: str
    role: Role
    started_at: datetime
    seen_at: datetime

    def serves(self, at: datetime) -> bool:
        """Eight hours without a request end it, and twelve hours do so always."""
        return at < self.seen_at + IDLE and at < self.started_at + LONGEST
