"""PayPal's activity download: what was paid, given back, kept and sent to the bank."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from jada_flask.domain.errors import InvalidError
from jada_flask.domain.money import Money
from jada_flask.domain.receipt import Receipt, ReceiptKind
from jada_flask.domain.text import clean_email
from jada_flask.intake.sheet import (
    Row,
    Told,
    is_id,
    no_twins,
    one_currency,
    read_each,
    rows,
)

SOURCE = "paypal"
_ID = "Transaction ID"
_NEEDED = (
    *("Date", "Time", "TimeZone", "Name", "Type", "Status", "Currency"),
    *("Gross", "Fee", "Net", "From Email Address", _ID),
)
_ALSO = ("Reference Txn ID", "Invoice Number", "Custom Number", "Balance Impact")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?", re.ASCII)
# A payment that was given back later still came: the refund is a line of its own.
_MOVED = ("completed", "refunded", "partially refunded")
_HOLDS = re.compile(r"\b(authorization|hold|order)\b", re.IGNORECASE)
_BACK = re.compile(r"\b(refund|reversal|chargeback)\b", re.IGNORECASE)
_FEES = re.compile(r"\bfee\b", re.IGNORECASE)
_TO_BANK = re.compile(r"\b(withdrawal|transfer to bank)\b", re.IGNORECASE)
_OURS = re.compile(r"(EV_[a-z0-9]{1,60})/(PT_[A-Za-z0-9_]{1,60})", re.ASCII)
_OFFSETS = {
    "PST": -8,
    "PDT": -7,
    "MST": -7,
    "MDT": -6,
    "CST": -6,
    "CDT": -5,
    "EST": -5,
    "EDT": -4,
    "HST": -10,
    "GMT": 0,
    "UTC": 0,
}


def read(raw: bytes) -> Told:
    """What moved. Lines of money that has not moved (pending, held) are passed over.

    Raises `UnreadableError` or `InvalidError`, and then nothing of it counts.
    """
    found = rows(raw, needed=_NEEDED, also=_ALSO)
    one_currency(found, "Currency")
    no_twins(found, _ID)
    moved = [row for row in found if _has_moved(row)]
    return Told(
        tuple(read_each(moved, _receipt)),
        tuple(_why_not(row) for row in found if row not in moved),
    )


def _has_moved(row: Row) -> bool:
    impact = row.text("Balance Impact").lower()
    if row.text("Status").lower() not in _MOVED or impact == "memo":
        return False
    return not _HOLDS.search(row.text("Type"))


def _why_not(row: Row) -> str:
    said = ", ".join(filter(None, [row.text("Type"), row.text("Status").lower()]))
    return f"line {row.line}: {said}; no money has moved."


def _receipt(row: Row) -> Receipt:
    gross, kept, net = row.money("Gross"), -row.money("Fee"), row.money("Net")
    kind = _kind(row.text("Type"), gross)
    if kind is ReceiptKind.FEE:
        gross, kept = Money(), kept - gross
    return Receipt(
        source=SOURCE,
        source_id=row.id(_ID),
        kind=kind,
        gross=gross,
        fee=kept,
        net=net,
        at=_at(row),
        currency=row.currency("Currency"),
        email=_email(row),
        name=row.text("Name"),
        references=_references(row),
        metadata=_named(row),
    )


def _kind(type_: str, gross: Money) -> ReceiptKind:
    if gross < Money() and _FEES.search(type_):
        return ReceiptKind.FEE
    if gross < Money() and _BACK.search(type_):
        return ReceiptKind.REFUND
    if gross < Money() and _TO_BANK.search(type_):
        return ReceiptKind.PAYOUT
    return ReceiptKind.CHARGE


def _named(row: Row) -> dict[str, str]:
    """What our own invoice names: a patron as ``EV_…/PT_…``, else a booking.

    Only what the merchant writes; a payer's note decides nothing.
    """
    for column in ("Custom Number", "Invoice Number"):
        said = row.text(column)
        if patron := _OURS.fullmatch(said):
            return {"event_id": patron[1], "patron_id": patron[2]}
        if said.startswith("BK_"):
            return {"booking_id": said}
    return {}


def _references(row: Row) -> tuple[str, ...]:
    said = row.text("Reference Txn ID")
    return (said,) if is_id(said) else ()


def _email(row: Row) -> str:
    try:
        return clean_email(row.text("From Email Address"), "")
    except InvalidError:
        return ""


def _at(row: Row) -> datetime:
    found = _CLOCK.fullmatch(row.cells["Time"].strip())
    if not found:
        raise row.wrong("Time", "This is not a time like 14:05:09.")
    hour, minute, second = (int(part or 0) for part in found.groups())
    clock = time(hour, minute, second, tzinfo=_zone(row))
    return datetime.combine(row.day("Date"), clock).astimezone(UTC)


def _zone(row: Row) -> tzinfo:
    """A zone by the letters that PayPal writes, or by its full name."""
    name = row.cells["TimeZone"].strip()
    if name in _OFFSETS:
        return timezone(timedelta(hours=_OFFSETS[name]))
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise row.wrong(
            "TimeZone", "This is not a zone like PDT or America/Los_Angeles."
        ) from None
