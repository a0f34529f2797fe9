"""A receipt as PDF: what was paid, by whom, what is left to pay, and the hash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jada_flask.domain.event import Event
from jada_flask.domain.house import Operations
from jada_flask.domain.ledger import Ledger
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Entry, EntryKind
from jada_flask.rendering import clock, day, label, moment

if TYPE_CHECKING:
    from fpdf import FPDF

_ENCODING = "windows-1252"  # of the fonts that every reader of PDF brings along
_TITLES = {
    EntryKind.PAYMENT: "Receipt",
    EntryKind.REFUND: "Refund",
    EntryKind.VOID: "Correction",
}
_INK, _SOFT = (20, 38, 58), (74, 90, 105)


def receipt_pdf(entry: Entry, event: Event, ledger: Ledger, house: Operations) -> bytes:
    """The receipt of one entry; the same entry and account give the same bytes.

    Names in scripts that the fonts do not have are spelled in Latin letters; the
    address beside them is what tells people apart.
    """
    pdf = _paper(entry, house)
    _head(pdf, entry, event, house)
    for term, text in _facts(entry, event, ledger):
        _fact(pdf, term, text)
    _foot(pdf, entry, house)
    return bytes(pdf.output())


def _paper(entry: Entry, house: Operations) -> FPDF:
    # A third of a second, which nothing but a receipt shall pay.
    from fpdf import FPDF

    pdf = FPDF(format="letter")
    pdf.core_fonts_encoding = _ENCODING
    pdf.set_creation_date(entry.at)
    pdf.set_title(latin(f"{_TITLES[entry.kind]} {entry.payment_id}"))
    pdf.set_author(latin(house.operator_name))
    pdf.set_lang("en-US")
    pdf.set_margin(25)
    pdf.add_page()
    return pdf


def _head(pdf: FPDF, entry: Entry, event: Event, house: Operations) -> None:
    pdf.set_text_color(*_INK)
    pdf.set_font("Times", size=22)
    _line(pdf, house.operator_name, 11)
    pdf.set_text_color(*_SOFT)
    pdf.set_font("Helvetica", size=10)
    _line(pdf, f"{house.operator_email}   {house.operator_phone}", 6)
    pdf.ln(8)
    pdf.set_text_color(*_INK)
    pdf.set_font("Helvetica", "B", 16)
    amount = Money(abs(entry.amount.cents))
    _line(pdf, f"{_TITLES[entry.kind]}: {amount}", 10)
    pdf.ln(2)


def _facts(entry: Entry, event: Event, ledger: Ledger) -> Iterator[tuple[str, str]]:
    zone = event.zone
    yield "Number", entry.payment_id
    yield "Date", moment(entry.at, zone)
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
    account = ledger.account(entry.patron_id)
    if account.due is not None and account.balance is not None:
        yield "Fare due", str(account.due)
        yield "Fare paid", str(account.fares)
        yield "Balance", str(account.balance)


def _fact(pdf: FPDF, term: str, text: str) -> None:
    pdf.set_font("Helvetica", size=10)
    pdf.set_text_color(*_SOFT)
    pdf.cell(34, 7, term)
    pdf.set_font("Helvetica", size=11)
    pdf.set_text_color(*_INK)
    _line(pdf, text, 7)


def _foot(pdf: FPDF, entry: Entry, house: Operations) -> None:
    pdf.ln(8)
    pdf.set_text_color(*_SOFT)
    pdf.set_font("Helvetica", size=9)
    _line(
        pdf,
        f"Entry {entry.position} of charter {entry.event_id}, logged by "
        f"{entry.logged_by}. The hash below seals it and every entry before it.",
        5,
    )
    pdf.set_font("Courier", size=8)
    _line(pdf, entry.hash, 5)


def _line(pdf: FPDF, text: str, height: float) -> None:
    pdf.multi_cell(0, height, latin(text), align="L", new_x="LMARGIN", new_y="NEXT")


def latin(text: str) -> str:
    """The text in letters that the fonts have: other scripts as they sound."""
    try:
        text.encode(_ENCODING)
    except UnicodeEncodeError:
        return "".join(map(_letter, text)).strip() or "?"
    return text


def _letter(char: str) -> str:
    from anyascii import anyascii

    try:
        char.encode(_ENCODING)
    except UnicodeEncodeError:
        return anyascii(char)
    return char
