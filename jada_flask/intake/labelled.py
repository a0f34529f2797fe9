"""What stands behind the labels of a mail: ``Owner payout: $840.75`` and its kin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_LABELLED = re.compile(r"([^:\t]{1,60})[:\t]\s*(.*)")
_ASIDE = re.compile(r"\([^()]*\)$")
_TRIM = " *•#-–\t"
_EMPHASIS = " *\t"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a marketplace.

    `labels` gives the field that a label holds; one that means something just below a
    heading is written ``heading/label``. `prose` are the fields of several lines.
    """

    labels: Mapping[str, str]
    headings: Mapping[str, str]
    prose: frozenset[str] = frozenset()

    def field_of(self, heading: str, label: str) -> str:
        return self.labels.get(f"{heading}/{label}") or self.labels.get(label, "")


def find_labelled(lines: Iterable[str], words: Vocabulary) -> dict[str, list[str]]:
    """Every value that the mail gives for each field, also where it gives several."""
    reader = _Reader(words)
    for line in lines:
        reader.read(line)
    return reader.found


@dataclass(slots=True)
class _Reader:
    """Goes through the lines, and knows below which heading and label it is."""

    words: Vocabulary
    found: dict[str, list[str]] = field(default_factory=dict)
    heading: str = ""
    waiting: str = ""  # a field whose label stood alone: its value is on the next line
    prose: str = ""  # a field of several lines that goes on until an empty one

    def read(self, line: str) -> None:
        if not line:
            self.prose = ""
            return
        match = _LABELLED.fullmatch(line)
        label = _plain(match[1] if match else line[:61])
        name = self.words.field_of(self.heading, label)
        if name:
            self._begin(name, match[2].strip(_EMPHASIS) if match else "")
        elif label in self.words.headings:
            self.heading = self.words.headings[label]
            self.waiting = self.prose = ""
        else:
            self._go_on(line)

    def _begin(self, name: str, value: str) -> None:
        self.waiting = self.prose = ""
        if value:
            self._add(name, value)
        else:
            self.waiting = name

    def _go_on(self, line: str) -> None:
        if self.waiting:
            self._add(self.waiting, line.strip(_EMPHASIS))
            self.waiting = ""
        elif self.prose:
            self.found[self.prose][-1] += "\n" + line

    def _add(self, name: str, value: str) -> None:
        self.found.setdefault(name, []).append(value)
        if name in self.words.prose:
            self.prose = name


def _plain(label: str) -> str:
    return _ASIDE.sub("", label.strip(_TRIM).casefold().replace("’", "'")).strip(_TRIM)
