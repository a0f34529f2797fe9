"""Staff: the people of the office, and their sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

IDLE = timedelta(hours=8)
LONGEST = timedelta(hours=12)


class Role(StrEnum):
    """What a member of staff may do; each may do what the ones below may."""

    ADMIN = "admin"
    DISPATCHER = "dispatcher"
    BOOKKEEPER = "bookkeeper"
    VIEWER = "viewer"


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
