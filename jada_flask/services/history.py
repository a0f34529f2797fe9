"""The audit trail, as it is shown."""

from __future__ import annotations

from jada_flask.domain.audit import AuditLine
from jada_flask.records.operations import audit_kind
from jada_flask.tables import EVENTS, JOBS
from jada_flask.unit_of_work import UnitOfWork


def of(work: UnitOfWork, event_id: str, *, limit: int = 50) -> list[AuditLine]:
    """What was done to a charter and its booking, newest first.

    By the office, by crew and guests.
    """
    lines = [
        line
        for table in (JOBS, EVENTS)
        for line in work.query(
            audit_kind(table), f"AUDIT#{event_id}", limit=limit, descending=True
        ).values
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]
