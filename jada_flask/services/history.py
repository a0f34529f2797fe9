"""The audit trail, as it is shown."""

from __future__ import annotations

from collections.abc import Iterable

from jada_flask.domain.audit import AuditLine
from jada_flask.records.operations import audit_kind
from jada_flask.tables import EVENTS, JOBS
from jada_flask.unit_of_work import UnitOfWork


def of(work: UnitOfWork, about: Iterable[str], *, limit: int = 50) -> list[AuditLine]:
    """What was done to these things, newest first.

    By the office, by crew and guests.
    """
    lines = [
        line
        for thing in about
        for table in (JOBS, EVENTS)
        for line in work.query(
            audit_kind(table), f"AUDIT#{thing}", limit=limit, descending=True
        ).values
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]
