"""Paper of the house as PDF: letterhead, lines, and letters that its fonts have."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from jada_flask.domain.house import Operations

if TYPE_CHECKING:
    from fpdf import FPDF

_ENCODING = "windows-1252"  # of the fonts that every reader of PDF brings along
INK, SOFT = (20, 38, 58), (74, 90, 105)


def paper(title: str, house: Operations, *, at: datetime) -> FPDF:
    """A first page with the letterhead; equal arguments give equal bytes."""
    # A third of a second, which nothing but a PDF shall pay.
    from fpdf import FPDF

    pdf = FPDF(format="letter")
    pdf.core_fonts_encoding = _ENCODING
    pdf.set_creation_date(at)
    pdf.set_title(latin(title))
    pdf.set_author(latin(house.operator_name))
    pdf.set_lang("en-US")
    pdf.set_margin(25)
    pdf.add_page()
    pdf.set_text_color(*INK)
    pdf.set_font("Times", size=22)
    line(pdf, house.operator_name, 11)
    pdf.set_text_color(*SOFT)
    pdf.set_font("Helvetica", size=10)
    line(pdf, f"{house.operator_email}   {house.operator_phone}", 6)
    pdf.ln(8)
    return pdf


def heading(pdf: FPDF, text: str) -> None:
    pdf.set_text_color(*INK)
    pdf.set_font("Helvetica", "B", 16)
    line(pdf, text, 10)
    pdf.ln(2)


def line(pdf: FPDF, text: str, height: float) -> None:
    """A text as wide as the page, on as many lines as it needs."""
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
