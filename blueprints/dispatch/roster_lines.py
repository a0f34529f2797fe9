"""The roster of a charter with its money, as the office sees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from jada_flask.domain.event import Event, Patron
from jada_flask.domain.ledger import Account, Ledger
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Entry, EntryKind, Purpose
from jada_flask.domain.returned_mail import ReturnedMail
from jada_flask.services import accounts, charters, payment_log, returned_mails
from jada_flask.services.charters import Look
from jada_flask.unit_of_work import UnitOfWork

_WAYS = {"ach": "ACH", "paypal": "PayPal"}
_MOST = 500  # entries; nobody logs more of one charter


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry of the log, and what became of it."""

    entry: Entry
    voided: bool
    refunded: Money

    @property
    def what(self) -> str:
        """`Cash, tip`; of a reversal what it does."""
        entry = self.entry
        if entry.kind is EntryKind.VOID:
            return "Taken back"
        refund = entry.kind is EntryKind.REFUND
        words = "Given back" if refund else way(entry.method)
        return words if entry.purpose is Purpose.FARE else f"{words}, {entry.purpose}"

    @property
    def details(self) -> str:
        """What was written beside it."""
        entry = self.entry
        told = (entry.reference, entry.note, entry.reason, entry.second_entry_reason)
        return "; ".join(text for text in told if text)


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody on the roster, with the account and every entry."""

    patron: Patron
    account: Account
    entries: tuple[EntryLine, ...] = ()

    @property
    def standing(self) -> str:
        """How the account stands, in one word."""
        account = self.account
        if account.balance is not None and account.balance < Money():
            return "over"
        if account.cleared:
            return "paid"
        if account.fares > Money():
            return "part"
        return "none" if account.due is None else "open"

    @property
    def called(self) -> str:
        """As one chooses from a list: with what is still open."""
        patron, balance = self.patron, self.account.balance
        words = f"{patron.name}, {patron.email}" if patron.email else patron.name
        return f"{words}, {balance} open" if balance and balance > Money() else words

    @property
    def searched(self) -> str:
        return f"{self.patron.name} {self.patron.email}".casefold()

    @property
    def extras(self) -> list[tuple[str, Money]]:
        """What came beside the fare."""
        paid = self.account.paid
        return [
            (purpose.value, paid[purpose])
            for purpose in (Purpose.TIP, Purpose.ADDON, Purpose.DAMAGE)
            if paid.get(purpose)
        ]


def way(method: str) -> str:
    """A way to pay, as people write it."""
    return _WAYS.get(method, method.capitalize())


def lines_of(work: UnitOfWork, look: Look, ledger: Ledger) -> list[Line]:
    """Everybody on the roster, who booked first, with the entries of each by time."""
    written: dict[str, list[EntryLine]] = defaultdict(list)
    if ledger.count:
        logged = payment_log.of_event(work, look.event.event_id, limit=_MOST)
        for entry in sorted(logged.entries, key=lambda entry: entry.position):
            written[entry.patron_id].append(entry_line(entry, ledger))
    return [
        Line(
            patron,
            ledger.account(patron.patron_id),
            tuple(written[patron.patron_id]),
        )
        for patron in look.roster
    ]


def entry_line(entry: Entry, ledger: Ledger) -> EntryLine:
    voided = entry.payment_id in ledger.voided
    refunded = Money() if voided else ledger.reversed.get(entry.payment_id, Money())
    return EntryLine(entry, voided, refunded)


@dataclass(frozen=True, slots=True)
class Charter:
    """A charter with its roster and its money."""

    look: Look
    roster: list[Line]
    marketplace: str
    # By the address from which a mail came back.
    returned: Mapping[str, ReturnedMail] = field(default_factory=dict)

    @property
    def event(self) -> Event:
        return self.look.event

    def line(self, patron_id: str | None) -> Line | None:
        for line in self.roster:
            if line.patron.patron_id == patron_id:
                return line
        return None


def charter_of(work: UnitOfWork, event_id: str) -> Charter:
    """Raises `NotFoundError`."""
    look = charters.look(work, event_id, otherwise="There is no such charter.")
    ledger = accounts.ledger_of(work, look.event)
    return Charter(
        look,
        lines_of(work, look, ledger),
        ledger.marketplace,
        returned_mails.beside(look.item),
    )
