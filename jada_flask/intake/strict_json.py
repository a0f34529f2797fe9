"""JSON as strangers send it: read exactly, or refused in words that help."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from jada_flask.domain.errors import UnreadableError

LONGEST = 4 * 1024 * 1024
DEEPEST = 32
_LONGEST_INT = 18  # digits; int() takes quadratic time, so anything longer is a Decimal

# Possessive, and with the closing quote optional, so that no input makes it look twice.
_STRUCTURE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

_IN_WORDS = {
    "Expecting value": "there should be a value",
    "Expecting property name enclosed in double quotes": (
        "there should be a name in double quotes"
    ),
    "Expecting ',' delimiter": "there should be a comma or the closing bracket",
    "Expecting ':' delimiter": "there should be a colon after the name",
    "Extra data": "there is something after the end",
    "Invalid control character at": "a line break or tab must be written \\n or \\t",
}


class Scientific(Decimal):
    """A number that was written with an exponent, which no amount should be."""


def loads(raw: bytes) -> Any:
    """The value; whole numbers as `int`, all others as `Decimal`, never `float`.

    ``NaN`` and ``Infinity`` become a `Decimal` that is not finite, so that the field
    which holds it can be named. A name that stands twice in one object is refused,
    because readers disagree on which one counts.
    """
    text = _text(raw)
    _check_depth(raw)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(_sentence(error, text)) from None
    if _SURROGATE.search(raw):
        _check_characters(value)
    return value


def _text(raw: bytes) -> str:
    if len(raw) > LONGEST:
        raise UnreadableError("This JSON is over 4 MB; send it in smaller pieces.")
    try:
        # Editors on Windows put the mark of UTF-8 first; it means nothing.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"This JSON is not in UTF-8 (byte {error.start + 1}); save it as UTF-8."
        ) from None
    if not text.strip():
        raise UnreadableError("There is nothing here; send JSON.")
    return text


def _check_depth(raw: bytes) -> None:
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return
    depth = 0
    for match in _STRUCTURE.finditer(raw):
        first = match[0][:1]
        depth += (first in b"[{") - (first in b"]}")
        if depth > DEEPEST:
            raise UnreadableError(f"This JSON is over {DEEPEST} levels deep.")


def _check_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise UnreadableError(
            "This JSON holds half a character (a lone \\ud… escape); send all of it."
        ) from None


def _sentence(error: json.JSONDecodeError, text: str) -> str:
    where = f"line {error.lineno}, column {error.colno}"
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
        return f"This JSON is cut off: what begins at {where} does not end."
    words = _IN_WORDS.get(error.msg, error.msg[:1].lower() + error.msg[1:])
    return f"This is not valid JSON: at {where} {words}."


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    twice = next(name for name in names if names.count(name) > 1)
    raise UnreadableError(
        f"The field {twice[:60]!a} stands twice in one object; send it once."
    )


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _LONGEST_INT else Decimal(digits)


def _fraction(digits: str) -> Decimal:
    if "e" not in digits and "E" not in digits:
        return Decimal(digits)
    try:
        return Scientific(digits)
    except InvalidOperation:  # an exponent of more than 18 digits
        return Scientific("NaN")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_whole,
    parse_float=_fraction,
    parse_constant=Decimal,
)
