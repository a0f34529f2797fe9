"""What a file or the standard input holds: bookings as JSON, or a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from jada_flask.domain.booking import Terms
from jada_flask.domain.errors import JadaError, UnreadableError
from jada_flask.domain.house import Operations
from jada_flask.intake.body import BOOKING
from jada_flask.intake.mail import Reading, read_mail
from jada_flask.intake.schema import load
from jada_flask.intake.strict_json import loads
from jada_flask.intake.terms import booking_terms

Outcome = Terms | Reading | JadaError

_LINES = (".jsonl", ".ndjson")
_HEADER = re.compile(rb"\s*(?:From |[A-Za-z][A-Za-z0-9-]*:)")


def read_source(
    name: str, raw: bytes, operations: Operations, *, at: datetime
) -> Iterator[Outcome]:
    """What each booking in it comes to; one that is refused stops none of the others.

    The name's ending tells a mail (``.eml``) and JSON lines (``.jsonl``, ``.ndjson``);
    whatever else it is called, the content tells.
    """
    try:
        if name.lower().endswith(".eml") or _HEADER.match(raw):
            yield read_mail(raw, operations, at=at)
        elif _is_lines(name, raw):
            yield from _from_lines(raw, operations)
        else:
            yield from _from_json(loads(raw), operations)
    except JadaError as error:
        yield error


def _is_lines(name: str, raw: bytes) -> bool:
    """Whether it is called so, or its first line is a whole object of several."""
    filled = [line for line in raw.split(b"\n") if line.strip()]
    if name.lower().endswith(_LINES):
        return bool(filled)
    try:
        return len(filled) > 1 and isinstance(loads(filled[0]), dict)
    except UnreadableError:
        return False


def _from_lines(raw: bytes, operations: Operations) -> Iterator[Outcome]:
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            yield _terms(loads(line), operations)
        except UnreadableError as error:
            yield UnreadableError(f"In line {number} of the file: {error}")
        except JadaError as error:
            yield error


def _from_json(document: Any, operations: Operations) -> Iterator[Outcome]:
    bodies = document if isinstance(document, list) else [document]
    if not bodies:
        raise UnreadableError("There is no booking in this list.")
    for body in bodies:
        try:
            yield _terms(body, operations)
        except JadaError as error:
            yield error


def _terms(body: Any, operations: Operations) -> Terms:
    return booking_terms(load(BOOKING, body), operations)
