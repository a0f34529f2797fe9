"""Writing the payment log: all that one entry brings along, in one commit.

Every write of one event's log goes on from the ledger it has read. Who comes second
reads again and goes on from there, until it is written or found to be written already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import BusyError
from jada_flask.domain.event import Event, Patron
from jada_flask.domain.ledger import Account, Ledger, Payer, guard_of
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Entry, EntryKind, Payment, Purpose, epoch_ms
from jada_flask.ports import NEW, Check, ConditionError, Present, Put
from jada_flask.records.operations import PATRON
from jada_flask.records.payments import (
    ENTRY,
    guard_in,
    guard_write,
    is_entry,
    is_ledger,
)
from jada_flask.services.accounts import keep
from jada_flask.services.payment_mails import promise
from jada_flask.services.takings import taking_write
from jada_flask.unit_of_work import UnitOfWork

T = TypeVar("T")
_TRIES = 40  # each failure is somebody else's success

# The entries that stand in the way, by fingerprint: found when a commit was refused.
Repeated = dict[str, Entry]


@dataclass(frozen=True, slots=True)
class Logged:
    """What stands in the log now, and whether it stood there before."""

    entry: Entry
    ledger: Ledger
    duplicate: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def account(self) -> Account:
        return self.ledger.account(self.entry.patron_id)


def insist(
    work: UnitOfWork, event_id: str, once: Callable[[UnitOfWork, Repeated], T]
) -> T:
    """Do it on a new reading for as long as others are faster at the same ledger."""
    repeated: Repeated = {}
    with work.store.lane(event_id):
        for _ in range(_TRIES):
            fresh = UnitOfWork(work.opening, work.keep_answer)
            try:
                return once(fresh, repeated)
            except ConditionError as error:
                if not _learned(fresh, error, repeated):
                    raise
    raise BusyError("Many payments of this charter come in just now. Please try again.")


@dataclass(slots=True)
class Pen:
    """Writes entries one after another into the log of one event."""

    work: UnitOfWork
    ledger: Ledger
    by: Actor
    at: datetime
    entries: list[Entry] = field(default_factory=list)
    _guards: dict[str, Put] = field(default_factory=dict)
    _alike: Repeated = field(default_factory=dict)

    def log(
        self, payment: Payment, patron: Patron, repeated: Repeated
    ) -> tuple[Entry, bool]:
        """The entry of a payment, and whether it was there before."""
        fingerprint = payment.fingerprint(patron.patron_id)
        wanted = bool(payment.second_entry_reason)
        first = self._alike.get(fingerprint) or repeated.get(fingerprint)
        if first and not wanted:
            return first, True
        entry = self.append(payment, patron)
        self._guard(entry, fingerprint, forced=wanted)
        return entry, False

    def append(self, payment: Payment, patron: Patron) -> Entry:
        """The next entry, guarded by nothing but the ledger."""
        self.ledger, entry = self.ledger.append(
            payment,
            Payer(patron.patron_id, patron.name, patron.email),
            by=_logged_by(self.by),
            timestamp=self._free(patron.email),
        )
        self.entries.append(entry)
        return entry

    def put_down(self, patrons: Iterable[Patron]) -> None:
        """Hand everything to the unit of work, the guards first.

        Who repeats a payment then learns so at once, whoever has moved the ledger.
        """
        for guard in self._guards.values():
            self.work.add_raw(guard)
        for entry in self.entries:
            self.work.add_raw(Put(ENTRY.table, ENTRY.item(entry), NEW))
            self.work.add_raw(taking_write(entry))
            promise(self.work, entry, at=self.at)
        for patron in patrons:
            key = PATRON.key_of(patron)
            self.work.add_raw(Check(PATRON.table, key, (Present(),)))
        keep(self.work, self.ledger)

    def _guard(self, entry: Entry, fingerprint: str, *, forced: bool) -> None:
        guard = guard_write(guard_of(entry), forced=forced)
        earlier = self._guards.get(fingerprint)
        # One item is written once: as the last one leaves it, if the first one may.
        self._guards[fingerprint] = (
            replace(guard, when=earlier.when) if earlier else guard
        )
        self._alike[fingerprint] = entry

    def _free(self, email: str) -> int:
        """The first millisecond from now on that nobody of this address has taken."""
        moment = epoch_ms(self.at)
        taken = {one.timestamp for one in self.entries if one.patron_email == email}
        while moment in taken or self._is_taken(email, moment):
            moment += 1
        return moment

    def _is_taken(self, email: str, moment: int) -> bool:
        if moment > self.ledger.latest_at:
            return False
        key = ENTRY.key(self.ledger.event_id, email, moment)
        return self.work.store.get(ENTRY.table, *key) is not None


def warnings(logged: Logged, event: Event) -> tuple[str, ...]:
    """What a person should look at; it stops nothing."""
    entry, ledger, account = logged.entry, logged.ledger, logged.account
    told: list[str] = []
    if logged.duplicate:
        told.append(
            f"{entry.logged_by} logged this payment at "
            f"{entry.at.astimezone(event.zone):%H:%M:%S}; nothing was added. "
            "If it is a second payment, say why in `second_entry_reason`."
        )
    if entry.kind is EntryKind.PAYMENT and entry.purpose is Purpose.FARE:
        if ledger.marketplace:
            told.append(
                f"This charter was sold through {ledger.marketplace}. A fare that is "
                "paid outside of it is against its rules; check before you keep it."
            )
        if account.balance is not None and account.balance < Money():
            told.append(f"This is {-account.balance} more than is due.")
        if event.cancelled:
            told.append("This charter is cancelled.")
    return tuple(told)


def shown(entry: Entry, ledger: Ledger, event: Event, *, duplicate: bool) -> Logged:
    """What became of one payment, with what to look at."""
    logged = Logged(entry, ledger, duplicate)
    told = warnings(logged, event)
    return replace(logged, warnings=told) if told else logged


def _learned(work: UnitOfWork, error: ConditionError, repeated: Repeated) -> bool:
    """Whether another try can end otherwise: the log has grown, or a guard stood."""
    item, guard = error.item, guard_in(error.item)
    if guard is None:
        return item is not None and (is_ledger(item) or is_entry(item))
    first = work.get(ENTRY, guard.event_id, guard.email, guard.last_at)
    if first:
        repeated[guard.fingerprint] = first
    return first is not None


def _logged_by(by: Actor) -> str:
    """A member of staff by name; whatever else acts, by its kind too."""
    return by.name if by.kind == "staff" and by.name else str(by)
