"""The fields that request bodies are made of: strict, and with words that help.

Each field describes itself for OpenAPI in its metadata, next to the check it describes.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Generic, TypeVar

from marshmallow import Schema, ValidationError, fields, missing, types

from jada_flask.domain.errors import InvalidError
from jada_flask.domain.text import clean_email, clean_name, clean_phone, clean_text

T = TypeVar("T")
Described = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)
_YEARS = range(2000, 2200)


_WORDS: types.ErrorMessages = {
    "required": "This is required.",
    "null": "This cannot be null; leave it out or send a value.",
    "type": "Send a JSON object here, in braces.",
    "invalid": "Send a JSON array here, in square brackets.",
}


class Worded:
    """What every field says when it is missing or null."""

    default_error_messages: types.ErrorMessages = _WORDS


class NestedField(Worded, fields.Nested):
    """An object within the body."""

    def read(self, value: Any) -> Any:
        """The object's values, where nothing is wrong with them."""
        body: Any = self.schema
        return body.plainly(value)


class ListField(Worded, fields.List[Any]):
    """An array of objects, of which there are not too many."""

    def __init__(
        self,
        inner: type[Schema],
        *,
        longest: int,
        metadata: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        described = {"maxItems": longest, **(metadata or {})}
        super().__init__(NestedField(inner), metadata=described, **options)
        self.longest = longest

    def read(self, value: Any) -> list[Any]:
        """What is in the list, where nothing is wrong with it."""
        if not isinstance(value, list) or len(value) > self.longest:
            raise ValidationError("")
        inner: Any = self.inner
        return [inner.read(part) for part in value]

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.longest:
            raise ValidationError(f"At most {self.longest} fit here.")
        return super()._deserialize(value, *args, **options)


class ReadField(Worded, fields.Field[T], ABC, Generic[T]):
    """A field whose `read` gives the value, or says what to send instead."""

    def __init__(
        self, *, metadata: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        described = self.describe() | dict(metadata or {})
        if options.get("allow_none") and "anyOf" in described:
            # apispec adds null to a type alone.
            described["anyOf"] = [*described["anyOf"], {"type": "null"}]
        super().__init__(metadata=described, **options)

    @abstractmethod
    def describe(self) -> Described:
        """What OpenAPI shows of it."""

    @abstractmethod
    def read(self, value: Any) -> T:
        """The value; a `ValidationError` where it is not one."""

    def deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None = None, data: Any = None, **options: Any
    ) -> T | None:
        # All checks are in `read`; marshmallow's chain of validators would take as long
        # again.
        if value is None or value is missing:
            return super().deserialize(value, attr, data, **options)
        return self.read(value)


class StringField(ReadField[T], Generic[T]):
    """A field that is sent as a text."""

    def read(self, value: Any) -> T:
        if not isinstance(value, str):
            raise ValidationError("Send this as a text, in double quotes.")
        try:
            return self.read_text(value)
        except InvalidError as error:
            raise ValidationError([fault.message for fault in error.faults]) from None

    @abstractmethod
    def read_text(self, text: str) -> T:
        """The value; `InvalidError` from the domain is passed on in its own words."""


class NameField(StringField[str]):
    """One line that names somebody or something."""

    def __init__(self, *, longest: int = 80, **options: Any) -> None:
        self.longest = longest
        super().__init__(**options)

    def describe(self) -> Described:
        return {"type": "string", "minLength": 1, "maxLength": self.longest}

    def read_text(self, text: str) -> str:
        return clean_name(text, "", self.longest)


class TextField(StringField[str]):
    """Some lines of prose, or none."""

    def __init__(self, *, longest: int = 2000, **options: Any) -> None:
        self.longest = longest
        super().__init__(**options)

    def describe(self) -> Described:
        return {"type": "string", "maxLength": self.longest}

    def read_text(self, text: str) -> str:
        return clean_text(text, "", self.longest)


class EmailField(StringField[str]):
    """One plain e-mail address."""

    def describe(self) -> Described:
        return {"type": "string", "format": "email", "maxLength": 254}

    def read_text(self, text: str) -> str:
        return clean_email(text, "")


class PhoneField(StringField[str]):
    """A telephone number, or nothing."""

    def describe(self) -> Described:
        return {"type": "string", "maxLength": 40, "examples": ["+1 619 555 0100"]}

    def read_text(self, text: str) -> str:
        return clean_phone(text, "")


class IdField(StringField[str]):
    """An identifier that is safe in keys and addresses."""

    def __init__(self, *, lower: bool = False, **options: Any) -> None:
        self.lower = lower
        super().__init__(**options)

    def describe(self) -> Described:
        return {"type": "string", "pattern": f"^{_ID.pattern}$"}

    def read_text(self, text: str) -> str:
        if not _ID.fullmatch(text):
            raise ValidationError(
                "Use up to 64 letters (a to z), digits and _ - . and begin with a "
                "letter or digit."
            )
        return text.lower() if self.lower else text


class ChoiceField(StringField[Any]):
    """One of a few words."""

    def __init__(self, choices: type[StrEnum], **options: Any) -> None:
        self.choices = choices
        super().__init__(**options)

    def describe(self) -> Described:
        return {"type": "string", "enum": [choice.value for choice in self.choices]}

    def read_text(self, text: str) -> Any:
        try:
            return self.choices(text)
        except ValueError:
            words = ", ".join(self.choices)
            raise ValidationError(f"This is one of: {words}.") from None


class DateField(StringField[date]):
    """A day, without a time."""

    def describe(self) -> Described:
        return {"type": "string", "format": "date", "examples": ["2026-05-30"]}

    def read_text(self, text: str) -> date:
        if not _DATE.fullmatch(text):
            raise ValidationError("Write year, month and day, such as 2026-05-30.")
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise ValidationError("There is no such day in the calendar.") from None
        return _in_our_time(day)


class LocalTimeField(StringField[time]):
    """A time of day, as the clock at the dock shows it."""

    def describe(self) -> Described:
        return {
            "type": "string",
            "pattern": f"^{_TIME.pattern}$",
            "examples": ["16:30"],
        }

    def read_text(self, text: str) -> time:
        if not _TIME.fullmatch(text):
            raise ValidationError("Write the time with 24 hours, such as 16:30.")
        return time.fromisoformat(text)


class InstantField(StringField[datetime]):
    """A moment with its offset, to the second, in UTC."""

    def describe(self) -> Described:
        return {
            "type": "string",
            "format": "date-time",
            "examples": ["2026-05-30T16:30:00-07:00"],
        }

    def read_text(self, text: str) -> datetime:
        if not _INSTANT.fullmatch(text):
            raise ValidationError(
                "Write date, time and offset, such as 2026-05-30T16:30:00-07:00."
            )
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValidationError("There is no such moment in the calendar.") from None
        _in_our_time(moment)
        return moment.astimezone(UTC).replace(microsecond=0)


def _in_our_time(day: date) -> date:
    if day.year not in _YEARS:
        raise ValidationError(f"The year {day.year} cannot be right.")
    return day


class BooleanField(ReadField[bool]):
    """Yes or no."""

    def describe(self) -> Described:
        return {"type": "boolean"}

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Send true or false.")
        return value
