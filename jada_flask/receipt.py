"""A receipt as PDF: what was paid, by whom, what is left to pay, and the hash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jada_flask.domain.event import Event
from jada_flask.domain.house import Operations
from jada_flask.domain.ledger import Ledger
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Entry, EntryKind
from jada_flask.paper import INK, SOFT, heading, line, paper
from jada_flask.rendering import clock, day, label

if TYPE_CHECKING:
    from fpdf import FPDF

_TITLES = {
    EntryKind.PAYMENT: "Receipt",
    EntryKind.REFUND: "Refund",
    EntryKind.VOID: "Correction",
}


def receipt_pdf(entry: Entry, event: Event, ledger: Ledger, house: Operations) -> bytes:
    """The receipt of one entry; the same entry and account give the same bytes.

    Names in scripts that the fonts do not have are spelled in Latin letters; the
    address beside them is what tells people apart.
    """
    title = _TITLES[entry.kind]
    pdf = paper(f"{title} {entry.payment_id}", house, at=entry.at)
    heading(pdf, f"{title}: {Money(abs(entry.amount.cents))}")
    for term, text in _facts(entry, event, ledger):
        _fact(pdf, term, text)
    _foot(pdf, entry)
    return bytes(pdf.output())


def _facts(entry: Entry, event: Event, ledger: Ledger) -> Iterator[tuple[str, str]]:
    zone = event.zone
    yield "Number", entry.payment_id
    yield "Date", f"{day(entry.at, zone)}, {clock(entry.at, zone)}"
    yield "From" if entry.amount > Money() else "To", entry.patron_name
    yield "Email", entry.patron_email
    yield "Amount", f"{entry.amount} USD"
    yield "Method", entry.method_name
    if entry.reference:
        yield "Reference", entry.reference
    yield "For", f"{label(entry.purpose)}, {event.boat_name or event.name}"
    yield "Charter", f"{day(event.start, zone)}, {clock(event.start, zone)}"
    yield "Place", event.location
    yield from _standing(entry, ledger)


def _standing(entry: Entry, ledger: Ledger) -> Iterator[tuple[str, str]]:
    if entry.reverses:
        yield "Reverses", entry.reverses
        yield "Reason", entry.reason
    if entry.payment_id in ledger.voided:
        yield "Void", "This entry was taken back later."
    elif given := ledger.reversed.get(entry.payment_id):
        yield "Given back", str(given)
    account = ledger.account(entry.patron_id)
    if account.due is not None:
        yield "Fare due", str(account.due)
        yield "Fare paid", str(account.fares)
        yield "Balance", str(account.due - account.fares)


def _fact(pdf: FPDF, term: str, text: str) -> None:
    pdf.set_font("Helvetica", size=10)
    pdf.set_text_color(*SOFT)
    pdf.cell(34, 7, term)
    pdf.set_font("Helvetica", size=11)
    pdf.set_text_color(*INK)
    line(pdf, text, 7)


def _foot(pdf: FPDF, entry: Entry) -> None:
    pdf.ln(8)
    pdf.set_text_color(*SOFT)
    pdf.set_font("Helvetica", size=9)
    line(
        pdf,
        f"Entry {entry.position} of charter {entry.event_id}, logged by "
        f"{entry.logged_by}. The hash below seals it and every entry before it.",
        5,
    )
    pdf.set_font("Courier", size=8)
    line(pdf, entry.hash, 5)
