"""A CSV file of money, read strictly: what is wrong is named by its line and column.

A cell is text and nothing else: what looks like a formula stays as it is written where
a text is wanted, and is refused where an amount is.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from jada_flask.domain.errors import Fault, InvalidError, UnreadableError
from jada_flask.domain.money import Money
from jada_flask.domain.receipt import CURRENCY, Receipt

T = TypeVar("T")
LARGEST = 1_000_000  # bytes
MOST_LINES = 500  # each is a transaction of its own, and a request has 29 s on AWS
_MOST_FAULTS = 20
_MOST_COLUMNS = 100
_LONGEST_TEXT = 200
_LONGEST_SHOWN = 40
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
_DAY = re.compile(
    r"(?P<year>2[01][0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})", re.ASCII
)
_US_DAY = re.compile(
    r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>2[01][0-9]{2})", re.ASCII
)
_MINUS_SIGNED = re.compile(r"-[ $0-9]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Told:
    """What a file tells: what moved, and in words the lines in which nothing did."""

    receipts: tuple[Receipt, ...]
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file under the names of its columns."""

    line: int
    cells: dict[str, str]

    def wrong(self, column: str, message: str) -> InvalidError:
        return InvalidError(Fault(f"line {self.line}, column {column}", message))

    def text(self, column: str) -> str:
        """One line of text, whatever it looks like; empty where there is no column."""
        cell = unicodedata.normalize("NFC", self.cells.get(column, ""))
        seen = (" " if unicodedata.category(c) in _UNSEEN else c for c in cell)
        return " ".join("".join(seen).split())[:_LONGEST_TEXT]

    def id(self, column: str) -> str:
        """What the source knows the line by."""
        cell = self.cells[column].strip()
        if not is_id(cell):
            raise self.wrong(
                column,
                f"{_shown(cell)} is not an id: 1 to 64 letters, digits, `-`, `_`, `.`.",
            )
        return cell

    def money(self, column: str) -> Money:
        """An amount as spreadsheets write it: ``1,234.50``, ``-25.00``."""
        cell = self.cells[column].strip()
        try:
            return Money.type_in(cell)
        except ValueError:
            raise self.wrong(column, f"{_shown(cell)} {_not_money(cell)}") from None

    def day(self, column: str) -> date:
        """A day as ``2026-05-30``, or as the United States write it: ``5/30/2026``."""
        cell = self.cells[column].strip()
        found = _DAY.fullmatch(cell) or _US_DAY.fullmatch(cell)
        parts = found.groupdict() if found else {}
        try:
            return date(**{name: int(part) for name, part in parts.items()})
        except (TypeError, ValueError):  # no date at all, or no day of the calendar
            raise self.wrong(
                column, f"{_shown(cell)} is not a date like 2026-05-30 or 05/30/2026."
            ) from None

    def currency(self, column: str) -> str:
        """The currency, which must be ours."""
        cell = self.cells[column].strip().upper()
        if cell != CURRENCY:
            raise self.wrong(column, f"{_shown(cell)}: only {CURRENCY} is taken.")
        return cell


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def rows(raw: bytes, *, needed: Sequence[str], also: Sequence[str] = ()) -> list[Row]:
    """The lines below the heading. Columns may stand in any order, with others between.

    Raises `UnreadableError` where it is no such file, `InvalidError` for wrong lines.
    """
    lines = _lines(_text(raw))
    first = next(lines, None)
    if first is None:
        raise UnreadableError("There is nothing in this file.")
    names = _columns(first[1], needed, also)
    found = [_row(number, cells, names) for number, cells in lines]
    if len(found) > MOST_LINES:
        raise UnreadableError(
            f"This file has over {MOST_LINES} lines; export a shorter time at once."
        )
    return found


def read_each(found: Sequence[Row], read: Callable[[Row], T]) -> list[T]:
    """What each line comes to; refuses the file with what is wrong in its lines."""
    values: list[T] = []
    faults: list[Fault] = []
    for row in found:
        try:
            values.append(read(row))
        except InvalidError as error:
            faults += error.faults
    if faults:
        raise InvalidError(*faults[:_MOST_FAULTS])
    return values


def one_currency(found: Sequence[Row], column: str) -> None:
    """Refuse a file with two currencies: its sums would mean nothing."""
    said = [(row, row.cells[column].strip().upper()) for row in found]
    for row, currency in said:
        if currency != said[0][1]:
            raise row.wrong(
                column,
                f"{_shown(currency)}, but line {said[0][0].line} is in "
                f"{_shown(said[0][1])}; export one currency at a time.",
            )


def no_twins(found: Sequence[Row], column: str, *, within: Sequence[str] = ()) -> None:
    """Refuse an id that stands in two lines, unless they differ in `within`."""
    first: dict[tuple[str, ...], Row] = {}
    for row in found:
        key = tuple(row.cells[name].strip() for name in (column, *within))
        if earlier := first.get(key):
            raise row.wrong(
                column, f"{_shown(key[0])} stands in line {earlier.line} already."
            )
        first[key] = row


def _text(raw: bytes) -> str:
    if len(raw) > LARGEST:
        raise UnreadableError("This file is over 1 MB; export a shorter time at once.")
    if raw.startswith(_UTF_16) or b"\0" in raw:
        raise UnreadableError("This is no text in UTF-8; save it as `CSV UTF-8`.")
    try:
        # Spreadsheets put the mark of UTF-8 first; it means nothing.
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"Line {line} is not in UTF-8; save the file as `CSV UTF-8`."
        ) from None


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each filled line with its number; a quoted cell may go on over several."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise UnreadableError(
            f"From line {begins} on this is not CSV: a quote is opened and not closed, "
            "or stands where none may be."
        ) from None


def _columns(
    heading: list[str], needed: Sequence[str], also: Sequence[str]
) -> list[str | None]:
    """What each column is called by us; None where we do not read it."""
    known = {name.casefold(): name for name in (*needed, *also)}
    names = [known.get(cell.strip().casefold()) for cell in heading]
    missing = [name for name in needed if name not in names]
    if missing or len(heading) > _MOST_COLUMNS:
        raise InvalidError(Fault("line 1", _about_columns(heading, missing)))
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InvalidError(
            Fault("line 1", f"The column {twice[0]} is there twice; which one counts?")
        )
    return names


def _about_columns(heading: list[str], missing: list[str]) -> str:
    if len(heading) == 1 and any(mark in heading[0] for mark in ";\t"):
        return "The columns must stand apart by commas; export it as CSV with commas."
    if not missing:
        return f"There are over {_MOST_COLUMNS} columns; this is another file."
    return (
        f"This file has no column {', '.join(missing)}. Is it an export of another "
        "kind, or is its first line missing?"
    )


def _row(number: int, cells: list[str], names: list[str | None]) -> Row:
    if len(cells) != len(names):
        raise InvalidError(
            Fault(
                f"line {number}",
                f"There are {len(cells)} cells below {len(names)} columns; "
                "is a comma or a quote missing?",
            )
        )
    paired = zip(names, cells, strict=True)
    return Row(number, {name: cell for name, cell in paired if name})


def _not_money(cell: str) -> str:
    if cell.startswith(_FORMULA) and not _MINUS_SIGNED.match(cell):
        return "is a formula; nothing in a file is ever worked out. Write the amount."
    return "is not an amount like 1,234.50 or -25.00."


def _shown(cell: str) -> str:
    """A cell as a sentence may quote it."""
    if not cell:
        return "An empty cell"
    short = cell if len(cell) <= _LONGEST_SHOWN else f"{cell[:_LONGEST_SHOWN]}…"
    return "".join(c if c.isprintable() else "�" for c in f"`{short}`")
