"""How far an inbox was read: its cursor, the mails taken, what was wrong last."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jada_flask.domain.errors import DeliveryError
from jada_flask.ports import NEW, ConditionError, Equals, Missing, Patch, Put
from jada_flask.records.jobs import intake_key, taken_key
from jada_flask.records.kinds import milliseconds
from jada_flask.tables import JOBS
from jada_flask.unit_of_work import UnitOfWork

_REMEMBERED = timedelta(days=400)
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an inbox stands: read how far, when it last answered, what was wrong then."""

    cursor: str = ""
    answered_at: datetime | None = None
    trouble: str = ""
    waits_until: datetime | None = None

    def waits(self, at: datetime) -> bool:
        """Whether it is to be left alone for now."""
        return self.waits_until is not None and at < self.waits_until


def standing(work: UnitOfWork, inbox: str) -> Standing:
    """How the inbox of this name stands, as of now."""
    item = work.store.get(JOBS, *intake_key(inbox)) or {}
    return Standing(
        item.get("cursor", ""),
        _moment(item.get("answered_at")),
        item.get("trouble", ""),
        _moment(item.get("waits_until")),
    )


def is_taken(work: UnitOfWork, inbox: str, mail_id: str) -> bool:
    return work.store.get(JOBS, *taken_key(inbox, mail_id)) is not None


def remember(work: UnitOfWork, inbox: str, mail_id: str, *, at: datetime) -> None:
    """A mail was dealt with; twice is once."""
    partition, sort = taken_key(inbox, mail_id)
    expires = int((at + _REMEMBERED).timestamp())
    item = {"pk": partition, "sk": sort, "at": at.isoformat(), "expires": expires}
    with suppress(ConditionError):
        work.store.write(Put(JOBS, item, NEW))


def answered(work: UnitOfWork, inbox: str, *, at: datetime) -> None:
    """The inbox has answered, and nothing is wrong with it."""
    work.store.write(
        Patch(
            JOBS,
            intake_key(inbox),
            set={"answered_at": milliseconds(at)},
            remove=("trouble", "waits_until"),
        )
    )


def advance(work: UnitOfWork, inbox: str, before: str, cursor: str) -> None:
    """Everything up to the cursor was dealt with.

    Nothing happens where somebody else has moved it meanwhile.
    """
    unmoved = Equals("cursor", before) if before else Missing("cursor")
    patch = Patch(JOBS, intake_key(inbox), set={"cursor": cursor}, when=(unmoved,))
    with suppress(ConditionError):
        work.store.write(patch)


def trouble(
    work: UnitOfWork, inbox: str, error: DeliveryError, *, at: datetime
) -> None:
    """The inbox did not answer: note why, and how long it wants to be left alone."""
    wait = min(timedelta(seconds=error.retry_after or 0), _LONGEST_WAIT)
    work.store.write(
        Patch(
            JOBS,
            intake_key(inbox),
            set={"trouble": str(error)[:500], "waits_until": milliseconds(at + wait)},
        )
    )


def _moment(stamp: int | None) -> datetime | None:
    return None if stamp is None else datetime.fromtimestamp(stamp / 1000, UTC)
