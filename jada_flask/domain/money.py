"""Money: US dollars in whole cents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_PLAIN = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of US dollars, counted in cents so that sums are exact."""

    cents: int = 0

    @classmethod
    def parse(cls, value: str | int | Decimal) -> Money:
        """Read ``840.75``, ``"840.75"`` or ``840``; at most two places.

        Refuses with `ValueError` whatever a machine might mean otherwise: floats,
        exponents, separators, three places, digits that are not ASCII, NaN.
        """
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise ValueError("not an amount of money")
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        if not _PLAIN.fullmatch(text):
            raise ValueError("not an amount of money")
        return cls(int(Decimal(text) * 100))

    @classmethod
    def type_in(cls, text: str) -> Money:
        """Read an amount as people type it: ``1250``, ``$1,250.50``."""
        plain = text.strip().removeprefix("$").strip()
        if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,2})?", plain, re.ASCII):
            plain = plain.replace(",", "")
        return cls.parse(plain)

    @classmethod
    def round(cls, dollars: Decimal) -> Money:
        """The nearest whole cent; a half goes away from zero, as invoices do."""
        return cls(int((dollars * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    @property
    def dollars(self) -> Decimal:
        return Decimal(self.cents) / 100

    def percent(self, percent: Decimal) -> Money:
        """So many percent of it, rounded half up to the cent."""
        return Money.round(self.dollars * percent / 100)

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - other.cents)

    def __neg__(self) -> Money:
        return Money(-self.cents)

    def __bool__(self) -> bool:
        return self.cents != 0

    @property
    def plain(self) -> str:
        """As the API writes it: ``289.41``."""
        sign = "-" if self.cents < 0 else ""
        dollars, cents = divmod(abs(self.cents), 100)
        return f"{sign}{dollars}.{cents:02}"

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        dollars, cents = divmod(abs(self.cents), 100)
        return f"{sign}${dollars:,}.{cents:02}"
