"""The audit trail: who did what, when, to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a member of staff, of the crew, a script of the office, a machine."""

    kind: str  # staff, crew, dashboard, service, intake, system
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One thing that somebody did. Holds no amounts and no secrets."""

    about: str
    at: datetime
    by: str
    did: str
    detail: str = ""
    mark: str = ""  # tells two of one microsecond apart
