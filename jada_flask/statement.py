"""A patron's statement as PDF: every payment under one address, across charters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from jada_flask.domain.event import Event
from jada_flask.domain.house import Operations
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Entry, EntryKind, Purpose
from jada_flask.paper import INK, SOFT, heading, latin, line, paper
from jada_flask.rendering import label

if TYPE_CHECKING:
    from fpdf import FPDF

_COLUMNS = (("Date", 24), ("Charter", 72), ("For", 26), ("Method", 22), ("Amount", 22))
_KINDS = {EntryKind.REFUND: "Refund", EntryKind.VOID: "Correction"}


def statement_pdf(
    email: str,
    entries: Sequence[Entry],
    events: Mapping[str, Event],
    house: Operations,
    *,
    at: datetime,
) -> bytes:
    """Everything that was logged under an address, and what it comes to."""
    pdf = paper(f"Statement for {email}", house, at=at)
    heading(pdf, "Statement")
    pdf.set_font("Helvetica", size=11)
    names = dict.fromkeys(entry.patron_name for entry in reversed(entries))
    line(pdf, f"{', '.join(names)} <{email}>" if names else email, 7)
    pdf.ln(4)
    _row(pdf, [name for name, _ in _COLUMNS], SOFT)
    for entry in entries:
        _row(pdf, _cells(entry, events.get(entry.event_id), house), INK)
    pdf.ln(4)
    pdf.set_font("Helvetica", size=11)
    for text in _sums(entries):
        line(pdf, text, 7)
    return bytes(pdf.output())


def _cells(entry: Entry, event: Event | None, house: Operations) -> list[str]:
    zone = event.zone if event else house.docks[0].zone
    name = f"{event.local_start:%Y-%m-%d} {event.name}" if event else entry.event_id
    return [
        f"{entry.at.astimezone(zone):%Y-%m-%d}",
        name,
        _KINDS.get(entry.kind) or label(entry.purpose),
        entry.method_name,
        str(entry.amount),
    ]


def _sums(entries: Sequence[Entry]) -> list[str]:
    """What there is of each purpose, with what was given and taken back."""
    sums = {
        purpose: Money(
            sum(one.amount.cents for one in entries if one.purpose is purpose)
        )
        for purpose in Purpose
    }
    told = [f"{label(purpose)}: {total}" for purpose, total in sums.items() if total]
    whole = Money(sum(total.cents for total in sums.values()))
    return [*told, f"Together: {whole} USD"]


def _row(pdf: FPDF, cells: Sequence[str], colour: tuple[int, int, int]) -> None:
    pdf.set_text_color(*colour)
    pdf.set_font("Helvetica", size=9)
    for (name, width), text in zip(_COLUMNS, cells, strict=True):
        align = "R" if name == "Amount" else "L"
        pdf.cell(width, 6, _fitted(pdf, latin(text), width - 2), align=align)
    pdf.ln()


def _fitted(pdf: FPDF, text: str, width: float) -> str:
    """As much of a text as fits into a column."""
    if pdf.get_string_width(text) <= width:
        return text
    while text and pdf.get_string_width(f"{text}...") > width:
        text = text[:-1]
    return f"{text}..."
