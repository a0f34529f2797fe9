"""Arrivals that could not be read for certain. Staff only: they may hold money."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from jada_flask.domain.audit import Actor
from jada_flask.domain.quarantine import Original, Quarantined
from jada_flask.ports import Delete, Equals, Item, Put
from jada_flask.records.money import HELD, OPEN_ARRIVALS, ORIGINAL, QUARANTINE, Held
from jada_flask.unit_of_work import Listing, UnitOfWork

# An item of the store holds 400 kB; a byte may become two where it is packed.
_LONGEST = 180_000
_LONGEST_WORDS = 500
_KEPT = timedelta(days=90)


def keep(
    work: UnitOfWork,
    name: str,
    content: bytes,
    *,
    kind: str,
    reason: str,
    source: str = "",
    source_ref: str = "",
    by: Actor,
    at: datetime,
) -> Quarantined:
    """Keep an arrival for a person to look at; the same content again is kept once."""
    arrival_id = f"QT_{hashlib.sha256(content).hexdigest()[:20]}"
    known = work.get(QUARANTINE, arrival_id)
    if known:
        return known
    kept = Quarantined(
        arrival_id,
        name[:_LONGEST_WORDS],
        kind,
        reason[:_LONGEST_WORDS],
        at,
        source,
        source_ref,
    )
    work.save(QUARANTINE, kept)
    work.save(ORIGINAL, Original(arrival_id, _text(content)))
    work.add_raw(Put(HELD.table, HELD.item(Held(at))))
    work.commit(by=by, did="arrival.quarantined", at=at, about=arrival_id)
    return kept


def waiting(
    work: UnitOfWork, *, limit: int = 50, after: Item | None = None
) -> Listing[Quarantined]:
    """What nobody is done with yet, newest first."""
    return work.query(
        QUARANTINE,
        OPEN_ARRIVALS,
        index="by_date",
        limit=limit,
        after=after,
        descending=True,
    )


def held(work: UnitOfWork, *, limit: int) -> Listing[Quarantined]:
    """The same for other pages: not even looked for while nothing waits."""
    return waiting(work, limit=limit) if work.get(HELD) else Listing([], None)


def original(work: UnitOfWork, arrival_id: str) -> str:
    """What the arrival said; nothing once that has expired."""
    found = work.get(ORIGINAL, arrival_id)
    return found.text if found else ""


def settle(
    work: UnitOfWork, arrival_id: str, *, by: Actor, at: datetime
) -> Quarantined:
    """A person is done with it; what it said is forgotten after a while."""
    kept = work.need(QUARANTINE, arrival_id, otherwise="There is no such arrival.")
    if kept.settled_at:
        return kept
    _forget_the_last(work)
    settled = replace(kept, settled_at=at)
    work.save(QUARANTINE, settled)
    said = work.get(ORIGINAL, arrival_id)
    if said:
        work.save(ORIGINAL, replace(said, until=at + _KEPT))
    work.commit(by=by, did="arrival.settled", at=at, about=arrival_id)
    return settled


def _forget_the_last(work: UnitOfWork) -> None:
    """Take the note away where nothing else waits."""
    note = work.find(HELD)
    if note and len(waiting(work, limit=2).found) == 1:
        unchanged = Equals("doc", note.item["doc"])
        work.add_raw(Delete(HELD.table, HELD.key(), (unchanged,)))


def _text(content: bytes) -> str:
    """The content as text without control characters, as much as one item holds."""
    text = content[:_LONGEST].decode("utf-8", "replace")
    seen = "".join(char if char >= " " or char in "\t\n" else "" for char in text)
    return seen.encode()[:_LONGEST].decode("utf-8", "ignore")
