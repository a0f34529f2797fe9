"""Mails that come back, and addresses that want none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

EVENT_TAG = "event"  # under which a mail carries the charter that it is about


class Why(StrEnum):
    """What became of a mail that is not read."""

    BOUNCED = "bounced"  # for good: nothing that is sent there will arrive
    COMPLAINED = "complained"  # whoever has the address called a mail of ours spam
    REFUSED = "refused"  # the mail itself was not sent: a virus was found in it


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """What is known of an address from the last mail that came back from it.

    It belongs to the address: who changes theirs has none.
    """

    address: str
    why: Why
    at: datetime
    reason: str  # in words that staff can read
    event_id: str = ""  # the charter that the mail was about

    @property
    def held_back(self) -> bool:
        """Whether nothing more is sent there."""
        return self.why is not Why.REFUSED

    @property
    def in_words(self) -> str:
        """What happened, to be said before the day and the reason."""
        if self.why is Why.COMPLAINED:
            return "Mail was called spam"
        return "Mail bounced" if self.why is Why.BOUNCED else "Mail was not sent"

    def followed_by(self, other: ReturnedMail) -> ReturnedMail:
        """What is known after another notification, in whatever order the two came.

        A complaint stands until somebody lifts it; else the later counts. The same once
        more changes nothing: SES tells at least once.
        """
        if Why.COMPLAINED in (self.why, other.why) and self.why is not other.why:
            return self if self.why is Why.COMPLAINED else other
        return max(self, other, key=lambda one: one.at)
