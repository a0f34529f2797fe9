"""A desk with one charter, at which payments are logged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from jada_flask.domain.audit import Actor
from jada_flask.domain.event import Event
from jada_flask.domain.ledger import Account, Ledger
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Entry, Payment, Purpose
from jada_flask.links import Links
from jada_flask.ports import Store
from jada_flask.records.operations import EVENT
from jada_flask.records.payments import ENTRY, LEDGER
from jada_flask.services import payment_log, payments, reversals, roster
from jada_flask.services.ledger import Checked, verify
from jada_flask.services.payment_pen import Logged
from jada_flask.tables import JOBS, PAYMENTS
from jada_flask.unit_of_work import Opening, UnitOfWork
from tests.fakes import NOON, SetClock

LINKS = Links("http://127.0.0.1", "http://127.0.0.1", "of the tests" * 3)
ANA = Actor("staff", "ana")
SAIL = Event(
    event_id="EV_sail",
    name="JADA: Avery Example, party of 4",
    start=datetime(2026, 5, 30, 23, 30, tzinfo=UTC),
    duration_minutes=180,
    time_zone="America/Los_Angeles",
    location="Harbor Island",
    boat_name="JADA",
)


@dataclass(slots=True)
class Desk:
    """One charter and whoever logs its payments."""

    store: Store
    clock: SetClock = field(default_factory=lambda: SetClock(NOON))
    event_id: str = SAIL.event_id

    def begin(self) -> UnitOfWork:
        return UnitOfWork(Opening(self.store, LINKS, JOBS))

    def open(self) -> Desk:
        """Enter the charter."""
        work = self.begin()
        work.save(EVENT, replace(SAIL, event_id=self.event_id))
        work.commit(by=ANA, did="event.entered", at=self.clock.at, about=self.event_id)
        return self

    def board(self, name: str, due: str | None = None, email: str = "") -> str:
        """Put somebody on the roster."""
        person = {
            "name": name,
            "email": email or f"{name.lower()}@example.com",
            "phone": "",
            "minor": False,
            "amount_due": Money.parse(due) if due else None,
        }
        at = self.clock.at
        added = roster.add(self.begin(), self.event_id, person, by=ANA, at=at)
        return added.patron.patron_id

    def change(self, patron_id: str, **data: Any) -> None:
        at = self.clock.at
        work = self.begin()
        roster.change(work, self.event_id, patron_id, data, by=ANA, at=at)

    def log(
        self, patron_id: str, amount: str = "60.00", method: str = "cash", **more: Any
    ) -> Logged:
        payment = asked(amount, method, **more)
        at = self.clock.at
        return payments.log_payment(
            self.begin(), self.event_id, patron_id, payment, by=ANA, at=at
        )

    def batch(self, *lines: tuple[str, str]) -> list[Logged]:
        asked_for = [payments.Line(who, asked(amount)) for who, amount in lines]
        at = self.clock.at
        return payments.log_batch(self.begin(), self.event_id, asked_for, by=ANA, at=at)

    def void(self, entry: Entry, reason: str = "A slip of the finger.") -> Logged:
        return reversals.void(
            self.begin(),
            self.event_id,
            entry.patron_id,
            entry.payment_id,
            reason=reason,
            by=ANA,
            at=self.clock.at,
        )

    def refund(self, entry: Entry, amount: str, again: str = "") -> Logged:
        return reversals.refund(
            self.begin(),
            self.event_id,
            entry.patron_id,
            entry.payment_id,
            amount=Money.parse(amount),
            reason="It rained.",
            second_entry_reason=again,
            by=ANA,
            at=self.clock.at,
        )

    def later(self, milliseconds: int) -> None:
        self.clock.at += timedelta(milliseconds=milliseconds)

    def entries(self) -> list[Entry]:
        """The whole log, in the order of writing."""
        found = map(ENTRY.value, self.store.everything(PAYMENTS))
        return sorted(found, key=lambda entry: (entry.event_id, entry.position))

    def ledger(self) -> Ledger:
        found = self.begin().get(LEDGER, self.event_id)
        assert found is not None
        return found

    def account(self, patron_id: str) -> Account:
        statement = payment_log.of_patron(self.begin(), self.event_id, patron_id)
        return statement.account

    def verify(self) -> Checked:
        return verify(self.store, at=self.clock.at)


def asked(amount: str, method: str = "cash", **more: Any) -> Payment:
    purpose = Purpose(more.pop("purpose", "fare"))
    return Payment(Money.parse(amount), method, purpose, **more)
