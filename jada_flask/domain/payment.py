"""A payment: what somebody asks to have logged, and the entry as the log keeps it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from json.encoder import encode_basestring_ascii as _quoted

from jada_flask.domain.errors import Fault
from jada_flask.domain.money import Money

METHODS = ("card", "cash", "check", "ach")  # the house's data adds others
GENESIS = "0" * 64  # what the first entry of a chain follows
KEPT = timedelta(days=2555)
_SPELLED = {"ach": "ACH", "paypal": "PayPal"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID = re.compile(r"PM_([0-9a-z]{1,11})_[0-9a-f]{10}", re.ASCII)


class Purpose(StrEnum):
    """What it is paid for. Only fares count towards what a patron owes."""

    FARE = "fare"
    TIP = "tip"
    ADDON = "addon"
    DAMAGE = "damage"


class EntryKind(StrEnum):
    """Whether money came, was given back, or never came."""

    PAYMENT = "payment"
    REFUND = "refund"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Payment:
    """What somebody asks to have logged; below zero where it reverses an entry."""

    amount: Money
    method: str
    purpose: Purpose = Purpose.FARE
    reference: str = ""
    note: str = ""
    second_entry_reason: str = ""  # why the same again is not the same
    kind: EntryKind = EntryKind.PAYMENT
    reverses: str = ""  # the entry that it gives back or takes back
    reason: str = ""

    def faults(self, methods: Collection[str]) -> Iterator[Fault]:
        """What the house cannot take about it."""
        if self.method not in methods:
            yield Fault("method", f"This is one of: {', '.join(methods)}.")
        if self.method == "check" and not self.reference:
            yield Fault("reference", "Give the number of the check.")

    def fingerprint(self, patron_id: str) -> str:
        """The same patron, amount, method and purpose have the same one."""
        words = (patron_id, str(self.amount.cents), self.method, self.purpose.value)
        return "#".join((*words, self.reverses) if self.reverses else words)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log, which nothing ever changes.

    `hash` is over everything else, `prev_hash` included: whoever knows the last hash
    of an event can tell whether any entry before it was touched.
    """

    payment_id: str
    event_id: str
    patron_id: str
    patron_name: str  # and address: of the day; a change of them moves nothing
    patron_email: str
    amount: Money
    method: str
    purpose: Purpose
    timestamp: int  # epoch milliseconds, and the sort key
    logged_by: str
    position: int  # in the chain of its event, from 1
    prev_hash: str
    prev_timestamp: int  # says whether a missing predecessor may have expired
    hash: str = ""
    kind: EntryKind = EntryKind.PAYMENT
    reference: str = ""
    note: str = ""
    second_entry_reason: str = ""
    reverses: str = ""
    reason: str = ""

    @property
    def at(self) -> datetime:
        return moment_of(self.timestamp)

    @property
    def method_name(self) -> str:
        """The method as people write it."""
        return _SPELLED.get(self.method, self.method.replace("_", " ").capitalize())

    @property
    def expires(self) -> int:
        """When the store may forget it, in epoch seconds."""
        return expiry(self.timestamp)

    @property
    def fingerprint(self) -> str:
        return Payment(
            self.amount, self.method, self.purpose, reverses=self.reverses
        ).fingerprint(self.patron_id)

    def canonical(self) -> bytes:
        """The bytes that are hashed: JSON in ASCII, by name, without a space.

        What is empty is left out, so that a field added later leaves old hashes valid.
        """
        told = [f'"amount":{self.amount.cents}']
        for name in _HASHED:
            value = getattr(self, name)
            if value != "":
                text = value if type(value) is int else _quoted(value)
                told.append(f'"{name}":{text}')
        return f"{{{','.join(told)}}}".encode()

    def digest(self) -> str:
        return hashlib.sha256(self.canonical()).hexdigest()

    def sealed(self) -> Entry:
        """The entry with its hash."""
        return replace(self, hash=self.digest())


_HASHED = sorted({field.name for field in fields(Entry)} - {"amount", "hash"})


def payment_id(event_id: str, email: str, timestamp: int) -> str:
    """The id of the entry under this key, from which its moment can be read."""
    words = "\0".join(("payment", event_id, email, str(timestamp)))
    return f"PM_{_base36(timestamp)}_{hashlib.sha256(words.encode()).hexdigest()[:10]}"


def timestamp_in(payment: str) -> int | None:
    """The moment that an id names; None where it is no id."""
    found = _ID.fullmatch(payment)
    return int(found[1], 36) if found else None


def epoch_ms(moment: datetime) -> int:
    """Whole milliseconds, never rounded up into the future."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment_of(timestamp: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=timestamp)


def expiry(timestamp: int) -> int:
    """When an entry of this moment may be forgotten, in epoch seconds."""
    return timestamp // 1000 + int(KEPT.total_seconds())


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"
