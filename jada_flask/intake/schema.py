"""What every request body shares: unknown fields are refused, and faults have paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, missing

from jada_flask.domain.errors import Fault, InvalidError

MOST_FAULTS = 50
_UNKNOWN = "unknown"
_WORDS = {"unknown": _UNKNOWN, "type": "Send a JSON object here, in braces."}


@dataclass(frozen=True, slots=True)
class _Part:
    """One field of a body, as it is read where nothing is wrong with it."""

    name: str
    read: Callable[[Any], Any]
    field: fields.Field[Any]


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

    def plainly(self, data: Any) -> dict[str, Any]:
        """The checked values; `ValidationError` without words where one is wrong.

        Marshmallow's own walk gathers what it says of each field, and takes several
        times as long.
        """
        loaded: dict[str, Any] = {}
        if not isinstance(data, dict) or not data.keys() <= self.fields.keys():
            raise ValidationError("")
        for part in self._parts:
            value = data.get(part.name, missing)
            if value is not missing and value is not None:
                loaded[part.name] = part.read(value)
            elif (value := _instead(part.field, value)) is not missing:
                loaded[part.name] = value
        return loaded

    @cached_property
    def _parts(self) -> tuple[_Part, ...]:
        return tuple(
            _Part(name, _reading(field), field) for name, field in self.fields.items()
        )


def load(schema: Body, data: object) -> dict[str, Any]:
    """The checked values; `InvalidError` with one fault for each problem."""
    if not isinstance(data, dict):
        raise InvalidError(Fault("body", "Send one JSON object, in braces."))
    faults: list[Fault] = []
    loaded: dict[str, Any] = {}
    try:
        loaded = _read(schema, data)
    except ValidationError as error:
        found = _faults(schema, error.messages_dict, ())
        faults.extend(islice(found, MOST_FAULTS))
    faults.extend(schema.about_whole(data))
    if faults:
        raise InvalidError(*faults)
    return loaded


def _instead(field: fields.Field[Any], value: Any) -> Any:
    """What a field is that was left out or is null."""
    if value is None:
        if not field.allow_none:
            raise ValidationError("")
        return None
    if field.required:
        raise ValidationError("")
    default = field.load_default
    return default() if callable(default) else default


def _reading(field: fields.Field[Any]) -> Callable[[Any], Any]:
    """How a field reads a value: ours have a way of their own where all is well."""
    read: Callable[[Any], Any] = getattr(field, "read", field.deserialize)
    return read


def _read(schema: Body, data: dict[str, Any]) -> dict[str, Any]:
    try:
        return schema.plainly(data)
    except ValidationError:  # which marshmallow puts into words
        loaded: dict[str, Any] = schema.load(data)
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
