"""A form with a file, read part by part in the order in which it was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Field,
    File,
    MultipartDecoder,
    NeedData,
)

_CHUNK = 64 * 1024
_LONGEST_FIELDS = 20 * 1024  # bytes of all fields together, as S3 has it
_FILE = "file"


class UnreadableFormError(ValueError):
    """No form with one file behind its fields."""


@dataclass(slots=True)
class Posted:
    """The fields by name, and the file; `too_long` where reading it was given up."""

    fields: dict[str, str] = field(default_factory=dict)
    file: bytes | None = None
    too_long: bool = False


def read_form(content_type: str, body: IO[bytes], *, longest_file: int) -> Posted:
    """Read a form as it was posted.

    Raises `UnreadableFormError` where it is none, a name comes twice, or anything
    follows the file.
    """
    mimetype, options = parse_options_header(content_type)
    boundary = options.get("boundary", "").encode("latin-1", "replace")
    if mimetype != "multipart/form-data" or not boundary:
        raise UnreadableFormError("not a form with a file")
    decoder = MultipartDecoder(boundary, max_form_memory_size=4 * _CHUNK)
    reading = _Reading(longest_file)
    try:
        while not reading.over:
            chunk = body.read(_CHUNK)
            decoder.receive_data(chunk or None)
            reading.take_all(decoder)
    except (ValueError, RequestEntityTooLarge) as error:
        raise UnreadableFormError(str(error)) from None
    return reading.posted()


class _Reading:
    """What was read of a form so far."""

    def __init__(self, longest_file: int) -> None:
        self._left = {True: longest_file, False: _LONGEST_FIELDS}
        self._parts: dict[str, bytearray] = {}
        self._name = ""
        self._too_long = False
        self._ended = False

    @property
    def over(self) -> bool:
        return self._ended or self._too_long

    def take_all(self, decoder: MultipartDecoder) -> None:
        """Take what is there, up to the end or to where more has to come."""
        while not self.over:
            event = decoder.next_event()
            if isinstance(event, NeedData):
                return
            if isinstance(event, Field | File):
                self._begin(event.name)
            elif isinstance(event, Data):
                self._go_on(event.data)
            self._ended = isinstance(event, Epilogue)

    def posted(self) -> Posted:
        file = self._parts.pop(_FILE, None)
        fields = {name: value.decode() for name, value in self._parts.items()}
        return Posted(fields, bytes(file) if file is not None else None, self._too_long)

    def _begin(self, name: str) -> None:
        if _FILE in self._parts:
            raise ValueError("something follows the file")
        if name in self._parts:
            raise ValueError("a name comes twice")
        self._name = name
        self._parts[name] = bytearray()

    def _go_on(self, data: bytes) -> None:
        is_file = self._name == _FILE
        self._left[is_file] -= len(data)
        if self._left[is_file] >= 0:
            self._parts[self._name] += data
        elif is_file:
            self._too_long = True
        else:
            raise ValueError("the fields are too long")
