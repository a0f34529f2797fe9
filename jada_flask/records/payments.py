"""Records of the payment log: the table Payments and what guards it in Finance.

Office only. The keys of Payments are a promise to whoever looks at the table.
"""

from __future__ import annotations

from typing import Any

from jada_flask.domain.ledger import WINDOW, Guard, Ledger
from jada_flask.domain.payment import Entry
from jada_flask.ports import (
    Condition,
    Delete,
    Equals,
    Item,
    Missing,
    MissingOrOutside,
    Operation,
    Put,
)
from jada_flask.records.kinds import Kind, decade
from jada_flask.records.operations import HEAD
from jada_flask.tables import FINANCE, PAYMENTS

_GUARD = "GUARD#"
_DAY = 86_400


def log_key(event_id: str, email: str) -> str:
    """The partition of Payments in which entries of this address stand."""
    return f"{event_id}#{email}"


def _entry_facets(entry: Entry) -> Item:
    return {
        "patron_email": entry.patron_email,
        "event_id": entry.event_id,
        "timestamp": entry.timestamp,
        "expiration_timestamp": entry.expires,
    }


ENTRY = Kind(
    Entry,
    PAYMENTS,
    key=lambda event_id, email, timestamp: (log_key(event_id, email), timestamp),
    ids=lambda entry: (entry.event_id, entry.patron_email, entry.timestamp),
    facets=_entry_facets,
)
BY_PATRON, BY_EVENT = "GSI1", "GSI2"


def _ledger_facets(ledger: Ledger) -> Item:
    return {
        "year": f"LEDGER#{decade(int(ledger.placed[:4]))}",
        "start_id": f"{ledger.placed}#{ledger.event_id}",
        "revision": ledger.revision,
    }


LEDGER = Kind(
    Ledger,
    FINANCE,
    key=lambda event_id: (f"LEDGER#{event_id}", HEAD),
    ids=lambda ledger: (ledger.event_id,),
    facets=_ledger_facets,
)


def ledger_write(ledger: Ledger) -> Operation:
    """The next revision of a ledger, on condition that nobody else has written one."""
    before: Condition = (
        Equals("revision", ledger.revision) if ledger.revision else Missing()
    )
    return Put(FINANCE, LEDGER.item(ledger.revised()), (before,))


def is_ledger(item: Item) -> bool:
    return str(item.get("pk")).startswith("LEDGER#") and item["sk"] == HEAD


def is_entry(item: Item) -> bool:
    return PAYMENTS.partition in item


GUARD = Kind(
    Guard,
    FINANCE,
    key=lambda event_id, fingerprint: (f"LEDGER#{event_id}", _GUARD + fingerprint),
    ids=lambda guard: (guard.event_id, guard.fingerprint),
    facets=lambda guard: {
        "last_at": guard.last_at,
        "expires": guard.last_at // 1000 + _DAY,
    },
)


def guard_write(guard: Guard, *, forced: bool) -> Put:
    """Set up a guard, unless one stands within a minute; `forced` does not ask.

    One that lies a minute ahead is of a clock that has stepped back: it counts for
    nothing, or nobody could pay again until that moment.
    """
    free = MissingOrOutside("last_at", guard.last_at - WINDOW, guard.last_at + WINDOW)
    return Put(FINANCE, GUARD.item(guard), () if forced else (free,))


def guard_in(item: Any) -> Guard | None:
    """The guard that stood in the way of a write, if it was one."""
    if item and str(item.get("sk", "")).startswith(_GUARD):
        return GUARD.value(item)
    return None


def guard_removal(event_id: str, fingerprint: str) -> Operation:
    """Take a guard away."""
    return Delete(FINANCE, GUARD.key(event_id, fingerprint))
