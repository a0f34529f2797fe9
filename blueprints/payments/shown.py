"""How the office's API writes payments and accounts."""

from __future__ import annotations

from typing import Any

from jada_flask.domain.ledger import Account, Ledger
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Entry, moment_of
from jada_flask.services.payment_log import Statement
from jada_flask.services.payment_pen import Logged
from jada_flask.web.answers import moment
from jada_flask.web.people import account_body, patron_body

Body = dict[str, Any]


def logged_body(logged: Logged) -> Body:
    """The record that stands in the log, and where the account stands with it."""
    return entry_body(logged.entry, logged.ledger) | {
        "duplicate": logged.duplicate,
        "warnings": list(logged.warnings),
        "account": account_body(logged.account),
    }


def entry_body(entry: Entry, ledger: Ledger) -> Body:
    """One entry as it was written, and what became of it."""
    return {
        "payment_id": entry.payment_id,
        "event_id": entry.event_id,
        "patron_id": entry.patron_id,
        "patron_name": entry.patron_name,
        "patron_email": entry.patron_email,
        "kind": entry.kind.value,
        "amount": entry.amount.plain,
        "currency": "USD",
        "method": entry.method,
        "purpose": entry.purpose.value,
        "reference": entry.reference,
        "note": entry.note,
        "second_entry_reason": entry.second_entry_reason,
        "reverses": entry.reverses or None,
        "reason": entry.reason,
        "timestamp": entry.timestamp,
        "payment_timestamp": moment(moment_of(entry.timestamp)),
        "logged_by": entry.logged_by,
        "position": entry.position,
        "prev_hash": entry.prev_hash,
        "hash": entry.hash,
        "voided": entry.payment_id in ledger.voided,
        "refunded": _refunded(entry, ledger).plain,
    }


def statement_body(statement: Statement) -> Body:
    """Where one patron stands at one event."""
    event_id = statement.patron.event_id
    entries = [entry_body(entry, statement.ledger) for entry in statement.entries]
    return (
        {"event_id": event_id}
        | patron_body(statement.patron)
        | account_body(statement.account)
        | {"entries": entries}
    )


def aboard_body(patron: Any, account: Account) -> Body:
    return patron_body(patron) | account_body(account)


def _refunded(entry: Entry, ledger: Ledger) -> Money:
    if entry.payment_id in ledger.voided:
        return Money()
    return ledger.reversed.get(entry.payment_id, Money())
