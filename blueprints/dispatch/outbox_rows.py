"""The outbox, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from jada_flask.domain.outbox import Message, State
from jada_flask.services import house, outbox
from jada_flask.unit_of_work import UnitOfWork

LABELS = {
    "guest_page": "Guest page",
    "crew_invitation": "Crew invitation",
    "crew_change": "Change for crew",
    "crew_removed": "Taken off the crew",
    "crew_cancelled": "Cancellation for crew",
    "crew_answer_notice": "Answer of crew",
    "operator_summary": "Operator's summary",
    "payment_audit": "Audit mail of a payment",
    "payment_confirmation": "Confirmation of a payment",
    "payment_receipt": "Receipt",
}
_ORDER = (State.DEAD, State.FAILED, State.RUNNING, State.PENDING)


@dataclass(frozen=True, slots=True)
class Row:
    """One message, and what can be done about it."""

    message: Message
    label: str
    about: str
    about_url: str | None
    replay_url: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Messages of one state."""

    state: State
    rows: list[Row]


def listed(
    work: UnitOfWork, sent: Mapping[str, datetime], *, at: datetime
) -> dict[str, Any]:
    """The context of the outbox's page: the most urgent first."""
    messages = outbox.given_up(work, limit=100) + outbox.waiting(work, limit=100)
    groups = [
        Group(state, [_row(one, at) for one in messages if one.state is state])
        for state in _ORDER
    ]
    due = [
        one.due_at for one in messages if one.due_at and one.state is not State.RUNNING
    ]
    return {
        "groups": groups,
        "oldest_due": min(due, default=None),
        "last_done": max(sent.values(), default=None),
        "next_url": None,
        "zone": house.operations(work).docks[0].zone,
    }


def _row(message: Message, at: datetime) -> Row:
    subject, key = quote(message.subject, safe=""), quote(message.message_id, safe="")
    under_way = message.state is State.RUNNING and (message.due_at or at) > at
    return Row(
        message,
        LABELS.get(message.kind, message.kind),
        message.recipient or message.subject,
        f"/dispatch/events/{message.event_id}" if message.event_id else None,
        None if under_way else f"/dispatch/outbox/{subject}/{key}/replay",
    )
