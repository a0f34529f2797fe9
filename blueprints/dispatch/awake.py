"""Is it awake: when each outside party last answered, and what waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jada_flask.domain.outbox import Message, State
from jada_flask.ports import Inbox
from jada_flask.services import mail_intake, quarantine
from jada_flask.services.mail_intake import Standing
from jada_flask.unit_of_work import UnitOfWork

_LATE = timedelta(minutes=10)
_MOST = 50  # arrivals; a person has to look at them anyway
_MAIL = "Mail"
_PARTIES = {
    "guest_page": "Guest pages",
    "operator_summary": "Operator's summary",
    "payment_audit": "Audit inbox",
}


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody outside, and the messages that wait for them."""

    name: str
    last: datetime | None
    messages: list[Message] = field(default_factory=list)
    late: list[Message] = field(default_factory=list)
    trouble: str = ""  # in words, where it has not answered for long
    is_asked: bool = False  # it answers when we look, not when we send

    @property
    def is_awake(self) -> bool:
        return self.last is not None and not self.trouble

    @property
    def given_up(self) -> int:
        return sum(message.state is State.DEAD for message in self.messages)

    @property
    def waiting(self) -> int:
        return len(self.messages) - self.given_up

    @property
    def oldest(self) -> datetime | None:
        """When the first of what is late was promised."""
        return min((message.created_at for message in self.late), default=None)


def shown(
    work: UnitOfWork,
    messages: Iterable[Message],
    sent: Mapping[str, datetime],
    inbox: Inbox | None,
    *,
    at: datetime,
) -> dict[str, Any]:
    """The context of the card, for these messages of the outbox."""
    parties = list(_outward(sent, list(messages), at))
    if inbox:
        parties.append(_intake(mail_intake.standing(work, inbox.name), at))
    kept = quarantine.held(work, limit=_MOST)
    return {
        "parties": parties,
        "quarantined": len(kept.values),
        "more_quarantined": kept.after is not None,
    }


def _outward(
    sent: Mapping[str, datetime], messages: list[Message], at: datetime
) -> Iterator[Party]:
    for name in (_MAIL, *_PARTIES.values()):
        theirs = [message for message in messages if _party(message.kind) == name]
        moments = [moment for kind, moment in sent.items() if _party(kind) == name]
        late = [message for message in theirs if _is_late(message, at)]
        yield Party(name, max(moments, default=None), theirs, late)


def _party(kind: str) -> str:
    """Who receives messages of a kind; whatever is nothing else is a mail."""
    return _PARTIES.get(kind, _MAIL)


def _is_late(message: Message, at: datetime) -> bool:
    """Whether it should have left long ago: nobody sends, or nobody answers."""
    if message.state is State.DEAD or message.due_at is None:
        return False
    if message.attempts:
        return message.created_at <= at - _LATE
    return message.due_at <= at - _LATE


def _intake(standing: Standing, at: datetime) -> Party:
    name, last = "Booking mails", standing.answered_at
    if last and last > at - _LATE:
        return Party(name, last, is_asked=True)
    unseen = "Nobody has looked for new ones for long." if last else ""
    return Party(name, last, trouble=standing.trouble or unseen, is_asked=True)
