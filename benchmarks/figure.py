"""One figure: a ratio, the bar it must clear, and what was done to get it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """A ratio of two sides that were measured in turns; the median of its rounds."""

    name: str
    rounds: Sequence[float]
    bar: float
    at_least: bool = False  # else at most
    facts: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        return median(self.rounds)

    @property
    def passed(self) -> bool:
        if self.at_least:
            return self.ratio >= self.bar
        return self.ratio <= self.bar

    def __str__(self) -> str:
        verdict = "pass" if self.passed else "FAIL"
        bound = "at least" if self.at_least else "at most"
        spread = f"{min(self.rounds):.2f} to {max(self.rounds):.2f}"
        first = f"{verdict}  {self.ratio:.2f} ({bound} {self.bar:.2f})  {self.name}"
        rounds = f"{len(self.rounds)} rounds: {spread}"
        return "\n      ".join((first, rounds, *self.facts))
