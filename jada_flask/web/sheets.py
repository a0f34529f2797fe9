"""Sheets for a spreadsheet, in which no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from flask import Response

Row = Sequence[object]

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_MARK = "\ufeff"  # without it Excel takes the names for Latin-1


def sheet(name: str, first: date, last: date, rows: Iterable[Row]) -> Response:
    """The rows as a file to download, named after its days."""
    file = f"{name}-{first}-{last}.csv"
    return Response(
        csv_text(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


def csv_text(rows: Iterable[Row]) -> str:
    """The rows as CSV, as Excel and Google's Sheets read it."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(
        [cell(value) for value in row] for row in rows
    )
    return _MARK + written.getvalue()


def cell(value: object) -> str:
    """A value that stays what it is; a text that a sheet would compute is quoted."""
    text = "" if value is None else str(value)
    if text.startswith(_BEGINS_A_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
