"""Decoders of documents, of which each type has one."""

from __future__ import annotations

from threading import Lock
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_known: dict[type, Any] = {}
_making = Lock()


def decoder_of(type_: type[T]) -> msgspec.json.Decoder[T]:
    """The decoder of JSON into values of this type."""
    found: msgspec.json.Decoder[T] | None = _known.get(type_)
    return found or _made(type_)


def _made(type_: type[T]) -> msgspec.json.Decoder[T]:
    # msgspec (0.22) shows a type that it is still taking apart to other threads, and a
    # thread that decodes by half of it takes the whole process down.
    with _making:
        made: msgspec.json.Decoder[T] = _known.get(type_) or msgspec.json.Decoder(type_)
        _known[type_] = made
        return made
