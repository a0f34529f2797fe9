"""The ledger of one event: the head of its log, and each patron's account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from jada_flask.domain.money import Money
from jada_flask.domain.payment import (
    GENESIS,
    Entry,
    EntryKind,
    Payment,
    Purpose,
    payment_id,
)

WINDOW = 60_000  # milliseconds in which the same payment is the same


@dataclass(frozen=True, slots=True)
class Account:
    """What one patron owes and has paid at one event."""

    due: Money | None = None  # None: nothing was agreed
    paid: dict[str, Money] = field(default_factory=dict)  # by purpose, net
    paid_at: int | None = None  # of the last fare that stands, epoch milliseconds
    method: str = ""  # of that fare
    emails: tuple[str, ...] = ()  # under which entries stand; only ever grows

    @property
    def fares(self) -> Money:
        return self.paid.get(Purpose.FARE, Money())

    @property
    def total(self) -> Money:
        """Everything that came, tips and the rest included."""
        return Money(sum(amount.cents for amount in self.paid.values()))

    @property
    def balance(self) -> Money | None:
        """What is still due; below zero where too much came."""
        return None if self.due is None else self.due - self.fares

    @property
    def cleared(self) -> bool:
        """Whether the fares reach what is due, or anything came where nothing is."""
        if self.due is None:
            return self.fares > Money()
        return self.fares >= self.due

    def with_entry(self, entry: Entry) -> Account:
        """The account once an entry is written."""
        before = self.paid.get(entry.purpose, Money())
        is_fare = entry.kind is EntryKind.PAYMENT and entry.purpose is Purpose.FARE
        return Account(
            due=self.due,
            paid=self.paid | {entry.purpose.value: before + entry.amount},
            paid_at=entry.timestamp if is_fare else self.paid_at,
            method=entry.method if is_fare else self.method,
            emails=self.emails
            if entry.patron_email in self.emails
            else (*self.emails, entry.patron_email),
        )

    def last_paid(self, standing: Iterable[Entry]) -> Account:
        """The account with date and method of the last fare among those that stand."""
        fares = [one for one in standing if one.purpose is Purpose.FARE]
        if not fares:
            return replace(self, paid_at=None, method="")
        last = max(fares, key=lambda one: one.position)
        return replace(self, paid_at=last.timestamp, method=last.method)


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays: as the roster names them on the day."""

    patron_id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Head and count of an event's log, kept apart from its entries; and the accounts.

    Every write to the log of an event goes through here on condition that `revision`
    is still the one that was read, so the writes of one event come one after another.
    """

    event_id: str
    placed: str  # under which date lists find it; stays when the charter moves
    revision: int = 0
    count: int = 0
    head: str = GENESIS
    last_at: int = 0  # moment of the last entry
    latest_at: int = 0  # the latest of all, which clocks that step back make another
    marketplace: str = ""  # through which the charter was sold
    accounts: dict[str, Account] = field(default_factory=dict)
    reversed: dict[str, Money] = field(default_factory=dict)  # how much, by entry
    voided: tuple[str, ...] = ()

    def account(self, patron_id: str) -> Account:
        return self.accounts.get(patron_id, Account())

    def left(self, entry: Entry) -> Money:
        """How much of an entry has not been taken or given back."""
        return entry.amount - self.reversed.get(entry.payment_id, Money())

    def stands(self, entry: Entry) -> bool:
        """Whether it is a payment of which something is left."""
        return entry.kind is EntryKind.PAYMENT and self.left(entry) > Money()

    def append(
        self, payment: Payment, payer: Payer, *, by: str, timestamp: int
    ) -> tuple[Ledger, Entry]:
        """The next entry of the log, and the ledger with it."""
        entry = Entry(
            payment_id=payment_id(self.event_id, payer.email, timestamp),
            event_id=self.event_id,
            patron_id=payer.patron_id,
            patron_name=payer.name,
            patron_email=payer.email,
            amount=payment.amount,
            method=payment.method,
            purpose=payment.purpose,
            timestamp=timestamp,
            logged_by=by,
            position=self.count + 1,
            prev_hash=self.head,
            prev_timestamp=self.last_at,
            kind=payment.kind,
            reference=payment.reference,
            note=payment.note,
            second_entry_reason=payment.second_entry_reason,
            reverses=payment.reverses,
            reason=payment.reason,
        ).sealed()
        after = replace(
            self,
            count=entry.position,
            head=entry.hash,
            last_at=timestamp,
            latest_at=max(self.latest_at, timestamp),
            accounts=self.accounts
            | {payer.patron_id: self.account(payer.patron_id).with_entry(entry)},
        )
        if entry.reverses:
            after = after.given_back(entry.reverses, -entry.amount)
        if entry.kind is EntryKind.VOID:
            after = replace(after, voided=(*self.voided, entry.reverses))
        return after, entry

    def given_back(self, payment_id: str, amount: Money) -> Ledger:
        """With so much less left of an entry."""
        so_far = self.reversed.get(payment_id, Money())
        return replace(self, reversed=self.reversed | {payment_id: so_far + amount})

    def with_account(self, patron_id: str, account: Account) -> Ledger:
        return replace(self, accounts=self.accounts | {patron_id: account})

    def closed(self, patron_id: str) -> Ledger:
        """Once somebody is off the roster: nothing is due any more.

        Where entries of theirs stand under is kept, so that the log stays readable.
        """
        kept = dict(self.accounts)
        account = kept.pop(patron_id, None)
        if account and account.emails:
            kept[patron_id] = replace(account, due=None)
        return replace(self, accounts=kept)

    def revised(self) -> Ledger:
        """As it is written next."""
        return replace(self, revision=self.revision + 1)


@dataclass(frozen=True, slots=True)
class Guard:
    """What keeps one payment from being logged twice within a minute.

    It names the last entry of a fingerprint that stands. A new one is measured against
    that, so that the minute slides and has no edge.
    """

    event_id: str
    fingerprint: str
    email: str
    last_at: int


def guard_of(entry: Entry) -> Guard:
    """The guard that an entry sets up."""
    return Guard(entry.event_id, entry.fingerprint, entry.patron_email, entry.timestamp)
