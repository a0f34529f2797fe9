"""Receipts and expectations; a test names only what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from jada_flask.domain.matching import Expectation
from jada_flask.domain.money import Money
from jada_flask.domain.receipt import Receipt, ReceiptKind

TRIP = datetime(2026, 5, 30, 23, 30, tzinfo=UTC)
PAID = datetime(2026, 6, 2, 12, tzinfo=UTC)


def dollars(text: str) -> Money:
    return Money.parse(text)


def receipt(
    gross: str = "500.00", fee: str | None = "14.80", **changes: Any
) -> Receipt:
    """Avery's card, charged three days after the trip."""
    kept = None if fee is None else dollars(fee)
    usual = Receipt(
        source="stripe",
        source_id="ch_1",
        kind=ReceiptKind.CHARGE,
        gross=dollars(gross),
        fee=kept,
        net=dollars(gross) - (kept or Money()),
        at=PAID,
        email="avery@example.com",
        name="Avery Example",
    )
    return replace(usual, **changes)


def balance(amount: str | None = "500.00", **changes: Any) -> Expectation:
    """What Avery owes for the trip."""
    usual = Expectation(
        label="Avery Example on Sat 30 May 2026",
        amount=None if amount is None else dollars(amount),
        at=TRIP,
        email="avery@example.com",
        event_id="EV_1",
        patron_id="PT_host",
        booking_id="BK_1",
    )
    return replace(usual, **changes)


def payout(
    amount: str = "840.75", fee: str | None = "109.25", **changes: Any
) -> Expectation:
    """What the marketplace should pay out for the trip."""
    usual = Expectation(
        label="booking BS-1048213 of Avery Example",
        amount=dollars(amount),
        at=TRIP,
        after_fee=True,
        fee=None if fee is None else dollars(fee),
        booking_id="BK_1",
        references=("BS-1048213",),
    )
    return replace(usual, **changes)


def paid_out(net: str = "840.75", fee: str = "109.25", **changes: Any) -> Receipt:
    """One line of the marketplace's file."""
    usual = Receipt(
        source="boatsetter",
        source_id="BS-1048213@2026-06-02",
        kind=ReceiptKind.PAYOUT,
        gross=dollars(net) + dollars(fee),
        fee=dollars(fee),
        net=dollars(net),
        at=PAID,
        references=("BS-1048213",),
        metadata={"source_ref": "BS-1048213"},
    )
    return replace(usual, **changes)


PAYOUT_COLUMNS = "Booking ID,Trip Date,Gross,Platform Fee,Payout,Currency,Paid On"
PAYOUT_LINE = "BS-1048213,2026-05-30,950.00,109.25,840.75,USD,2026-06-02"

_PAYPAL = {
    "Date": "06/02/2026",
    "Time": "14:03:22",
    "TimeZone": "PDT",
    "Name": "Avery Example",
    "Type": "Website Payment",
    "Status": "Completed",
    "Currency": "USD",
    "Gross": "500.00",
    "Fee": "-14.80",
    "Net": "485.20",
    "From Email Address": "avery@example.com",
    "To Email Address": "office@example.com",
    "Transaction ID": "7AB12345CD678901E",
    "Reference Txn ID": "",
    "Invoice Number": "",
    "Custom Number": "",
    "Subject": "The sail, and thanks",
    "Balance Impact": "Credit",
}


def payout_csv(*lines: str, columns: str = PAYOUT_COLUMNS) -> bytes:
    return "\n".join([columns, *(lines or (PAYOUT_LINE,))]).encode() + b"\n"


def paypal_csv(*lines: dict[str, str], without: tuple[str, ...] = ()) -> bytes:
    """PayPal's way: every cell in quotes, the mark of UTF-8 first, line ends of DOS."""
    names = [name for name in _PAYPAL if name not in without]
    written = [names] + [[(_PAYPAL | line)[name] for name in names] for line in lines]
    return b"\xef\xbb\xbf" + b"".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in cells).encode()
        + b"\r\n"
        for cells in written
    )
