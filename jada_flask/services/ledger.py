"""Checking the payment log: whether each entry is as it was written, and all are there.

Every entry holds the hash of the one before it in the same event. The last hash and
the count are kept with the accounts, so that a tail that was cut off is missed too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from jada_flask.domain.ledger import Ledger
from jada_flask.domain.payment import GENESIS, Entry, epoch_ms, expiry
from jada_flask.ports import Item, Store
from jada_flask.records.payments import BY_EVENT, ENTRY, LEDGER, is_ledger
from jada_flask.tables import FINANCE, PAYMENTS, Table

_LOOKS = 3
_PAGE = 200
_NO_ITEM = (KeyError, ValueError)  # what reading an item that is none ends in


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold, and why."""

    event_id: str
    position: int
    payment_id: str
    why: str

    def __str__(self) -> str:
        named = f" ({self.payment_id})" if self.payment_id else ""
        return f"event {self.event_id}, entry {self.position}{named}: {self.why}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and every break by event."""

    events: int
    entries: int
    breaks: list[Break]


def verify(store: Store, *, at: datetime) -> Checked:
    """Check the chain of every event."""
    events = entries = 0
    breaks: list[Break] = []
    for event_id in sorted(_event_ids(store)):
        count, broken = verify_event(store, event_id, at=at)
        events, entries = events + 1, entries + count
        if broken:
            breaks.append(broken)
    return Checked(events, entries, breaks)


def verify_event(
    store: Store, event_id: str, *, at: datetime
) -> tuple[int, Break | None]:
    """How many entries an event has, and the first that is not right.

    An entry that is written just now is in the index and not yet in the head that was
    read, or the other way round: what is broken is looked at again.
    """
    items: list[Item] = []
    broken: Break | None = None
    for _ in range(_LOOKS):
        try:
            ledger, items = _ledger(store, event_id), _items(store, event_id)
        except _NO_ITEM:
            return _unreadable(store, event_id)
        broken = _first_break(event_id, ledger, items, epoch_ms(at))
        if broken is None:
            break
    return len(items), broken


def _first_break(
    event_id: str, ledger: Ledger | None, items: list[Item], now: int
) -> Break | None:
    entries: list[Entry] = []
    for item in items:
        try:
            entry = ENTRY.value(item)
        except _NO_ITEM:
            why = f"the one of {item.get('SK')} is no longer in the form of an entry."
            return Break(event_id, len(entries) + 1, "", why)
        if why := _altered(entry, item):
            return Break(event_id, entry.position, entry.payment_id, why)
        entries.append(entry)
    if any(one.timestamp > two.timestamp for one, two in pairwise(entries)):
        return Break(event_id, 0, "", "entries stand in another order than in time.")
    entries.sort(key=lambda entry: entry.position)
    return _gap(event_id, entries, now) or _head(event_id, ledger, entries, now)


def _altered(entry: Entry, item: Item) -> str:
    """What is wrong with an entry by itself, keys included."""
    if entry.hash != entry.digest():
        return "its content does not match its hash."
    whole = ENTRY.item(entry)
    if any(item.get(name) != whole[name] for name in whole.keys() - {"doc"}):
        return "it stands under a key or a date that is not its own."
    told = json.loads(whole["doc"])
    # An entry from before a field was added does not have it.
    if any(told.get(name, ...) != value for name, value in _doc(item).items()):
        return "it holds something that no entry holds."
    return ""


def _doc(item: Item) -> dict[str, object]:
    found: dict[str, object] = json.loads(item["doc"])
    return found


def _gap(event_id: str, entries: list[Entry], now: int) -> Break | None:
    """The first entry that does not follow the one before it."""
    previous: Entry | None = None
    for entry in entries:
        why = _does_not_follow(previous, entry, now)
        if why:
            return Break(event_id, entry.position, entry.payment_id, why)
        previous = entry
    return None


def _does_not_follow(previous: Entry | None, entry: Entry, now: int) -> str:
    if previous is None:
        if entry.position == 1:
            return "" if entry.prev_hash == GENESIS else "it does not begin the chain."
        # Only age may have taken the beginning away.
        gone = expiry(entry.prev_timestamp) * 1000 <= now
        return "" if gone else f"entry {entry.position - 1} before it is missing."
    if entry.position != previous.position + 1:
        return f"entry {previous.position + 1} before it is missing, or is there twice."
    if entry.prev_hash != previous.hash:
        return "it does not name the hash of the entry before it."
    return ""


def _head(
    event_id: str, ledger: Ledger | None, entries: list[Entry], now: int
) -> Break | None:
    """Whether the log ends where the head, which is kept apart, says that it does."""
    if ledger is None:
        position = entries[-1].position if entries else 0
        return Break(event_id, position, "", "the head of this log is missing.")
    if not entries:
        if ledger.count == 0 or expiry(ledger.last_at) * 1000 <= now:
            return None
        return Break(event_id, ledger.count, "", "all entries are missing.")
    last = entries[-1]
    if last.position < ledger.count:
        why = f"the log is cut off; entry {ledger.count} should be the last."
        return Break(event_id, last.position + 1, "", why)
    if (last.position, last.hash) != (ledger.count, ledger.head):
        why = "the head of this log names another last entry."
        return Break(event_id, last.position, last.payment_id, why)
    return None


def _event_ids(store: Store) -> set[str]:
    """Every event that has a ledger, and every one that has entries."""
    heads = _readable(store, FINANCE)
    found = {str(item["pk"]).partition("#")[2] for item in heads if is_ledger(item)}
    for item in _readable(store, PAYMENTS):
        found.add(str(item.get(PAYMENTS.partition)).partition("#")[0])
    return found


def _readable(store: Store, table: Table) -> Iterator[Item]:
    """The items up to one that cannot be read: the check of its event says so.

    An item that names another key than its own can lead back to what was read before.
    """
    seen: set[tuple[object, object]] = set()
    with suppress(*_NO_ITEM):
        for item in store.everything(table):
            key = item[table.partition], item[table.sort]
            if key in seen:
                return
            seen.add(key)
            yield item


def _unreadable(store: Store, event_id: str) -> tuple[int, Break]:
    """Where the log of an event can no longer be read at all."""
    seen: list[Item] = []
    try:
        seen.extend(_pages(store, event_id, 1))
    except _NO_ITEM:
        place = len(seen) + 1
        why = "it, or the one after it, is no longer in the form of an entry."
        return len(seen), Break(event_id, place, "", why)
    return len(seen), Break(event_id, 0, "", "the head of this log cannot be read.")


def _ledger(store: Store, event_id: str) -> Ledger | None:
    item = store.get(FINANCE, *LEDGER.key(event_id))
    return LEDGER.value(item) if item else None


def _items(store: Store, event_id: str) -> list[Item]:
    return list(_pages(store, event_id, _PAGE))


def _pages(store: Store, event_id: str, size: int) -> Iterator[Item]:
    after: Item | None = None
    places = set()
    while True:
        page = store.query(PAYMENTS, event_id, index=BY_EVENT, limit=size, after=after)
        yield from page.items
        after = page.after
        if after is None:
            return
        place = tuple(after.values())
        if place in places:
            raise ValueError("an entry names a moment that leads back")
        places.add(place)
