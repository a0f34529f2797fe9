"""Arrivals that could not be read for certain. Staff only: they may hold money."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from jada_flask.domain.audit import Actor
from jada_flask.domain.quarantine import Quarantined
from jada_flask.records.money import QUARANTINE
from jada_flask.unit_of_work import UnitOfWork

_LONGEST = 250_000  # characters; an item of the store holds 400 kB


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
        name,
        kind,
        reason,
        at,
        source,
        source_ref,
        content.decode("utf-8", "replace")[:_LONGEST],
    )
    work.save(QUARANTINE, kept)
    work.commit(by=by, did="arrival.quarantined", at=at, about=arrival_id)
    return kept


def waiting(work: UnitOfWork) -> list[Quarantined]:
    """What nobody has looked at yet, newest first."""
    kept = work.query(QUARANTINE, "QUARANTINE", limit=500).values
    open_ones = [one for one in kept if one.settled_at is None]
    return sorted(open_ones, key=lambda one: one.arrived_at, reverse=True)


def settle(
    work: UnitOfWork, arrival_id: str, *, by: Actor, at: datetime
) -> Quarantined:
    """A person is done with it."""
    kept = work.need(QUARANTINE, arrival_id, otherwise="There is no such arrival.")
    settled = replace(kept, settled_at=at)
    work.save(QUARANTINE, settled)
    work.commit(by=by, did="arrival.settled", at=at, about=arrival_id)
    return settled
