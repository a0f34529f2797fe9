"""Months, as a wall calendar has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from jada_flask.domain.errors import Fault, InvalidError

_MONTH = re.compile(r"(2[01][0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One month of one year."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str, field: str = "month") -> Month:
        """Read ``2026-05``."""
        found = _MONTH.fullmatch(text)
        if not found:
            raise InvalidError(Fault(field, "A month like 2026-05."))
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Month:
        if self.number == 12:
            return Month(self.year + 1, 1)
        return Month(self.year, self.number + 1)

    @property
    def previous(self) -> Month:
        return Month.of(self.first - timedelta(days=1))

    @property
    def column(self) -> int:
        """In which column the first stands, of weeks that begin on Sunday: 1 to 7."""
        return self.first.isoweekday() % 7 + 1

    @property
    def name(self) -> str:
        """``May``."""
        return f"{self.first:%B}"

    def days(self) -> Iterator[date]:
        day = self.first
        while day < self.next.first:
            yield day
            day += timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def months_of(year: int) -> list[Month]:
    return [Month(year, number) for number in range(1, 13)]
