"""Crew assignments: who was asked to take which place aboard, and the answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from jada_flask.domain.clock import day_of, end_of_day
from jada_flask.domain.event import Event
from jada_flask.domain.house import Operations


class Answer(StrEnum):
    """What the member said so far."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class CrewAssignment:
    """One role aboard one event: who was asked, when to be there, what they said."""

    event_id: str
    crew_id: str
    name: str
    email: str
    role: str
    call_time: datetime  # aware, UTC
    release_time: datetime
    expires_at: datetime  # of the link
    nonce: str  # from which the link's token is derived
    token_hash: str  # SHA-256 of the token, which itself is kept nowhere
    answer: Answer = Answer.PENDING
    answered_at: datetime | None = None
    removed: bool = False  # no longer wanted aboard; kept so that the history holds
    revision: int = 1  # of the event, when this was last told to the member

    def expired(self, at: datetime) -> bool:
        return at >= self.expires_at

    def opens_to(self, token: str, at: datetime) -> bool:
        """Whether this token is the one of this assignment and still serves."""
        matches = hmac.compare_digest(token_hash(token), self.token_hash)
        return matches and not self.removed and not self.expired(at)


def make_token(secret: str, event_id: str, crew_id: str, nonce: str) -> str:
    """The 256-bit token of one member at one event.

    It is derived, not stored: a mail that is tried again carries the same link, and who
    reads the store alone can make none.
    """
    words = "\0".join(("crew-link", event_id, crew_id, nonce)).encode()
    digest = hmac.digest(secret.encode(), words, "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def call_time(event: Event, operations: Operations) -> datetime:
    """When crew are to be there: early enough to set up."""
    return event.start - timedelta(minutes=operations.setup_minutes)


def release_time(event: Event, operations: Operations) -> datetime:
    """When crew are done: after the clean-up."""
    return event.end + timedelta(minutes=operations.cleanup_minutes)


def link_expiry(event: Event) -> datetime:
    """A link serves through the day after the charter, by the clock at the dock."""
    day_after = day_of(event.end, event.zone) + timedelta(days=1)
    return end_of_day(day_after, event.zone)
