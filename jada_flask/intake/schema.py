"""What every request body shares: unknown fields are refused, and faults have paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from jada_flask.domain.errors import Fault, InvalidError

MOST_FAULTS = 50
_UNKNOWN = "unknown"
_WORDS = {"unknown": _UNKNOWN, "type": "Send a JSON object here, in braces."}


class Body(Schema):
    """A request body; schemas keep nothing between loads, so one of each is enough."""

    class Meta:
        """What the description of the API says of fields that are not named."""

        unknown = RAISE

    error_messages = _WORDS

    def about_unknown(self, name: str, *, outermost: bool) -> str:
        """What to say of a field that this body, or an object in it, does not have."""
        alike = get_close_matches(name[:60], self.fields, n=1) if outermost else []
        hint = f" Did you mean {alike[0]}?" if alike else ""
        return f"There is no such field here.{hint}"

    def about_whole(self, data: Mapping[str, Any]) -> Iterator[Fault]:
        """What is wrong with the body as a whole, whatever its single fields are."""
        yield from ()


def load(schema: Body, data: object) -> dict[str, Any]:
    """The checked values; `InvalidError` with one fault for each problem."""
    if not isinstance(data, dict):
        raise InvalidError(Fault("body", "Send one JSON object, in braces."))
    faults: list[Fault] = []
    loaded: dict[str, Any] = {}
    try:
        loaded = schema.load(data)
    except ValidationError as error:
        found = _faults(schema, error.messages_dict, ())
        faults.extend(islice(found, MOST_FAULTS))
    faults.extend(schema.about_whole(data))
    if faults:
        raise InvalidError(*faults)
    return loaded


def _faults(
    schema: Body, messages: Mapping[Any, Any], path: tuple[str, ...]
) -> Iterator[Fault]:
    for key, found in messages.items():
        below = path if key == "_schema" else (*path, _printable(str(key)))
        if isinstance(found, Mapping):
            yield from _faults(schema, found, below)
            continue
        for message in found:
            if message == _UNKNOWN:
                message = schema.about_unknown(str(key), outermost=not path)
            yield Fault(".".join(below) or "body", message)


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name[:60])
