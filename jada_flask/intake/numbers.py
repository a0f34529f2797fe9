"""The fields of numbers: money, hours, percents and counts. Nothing is ever a float."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from jada_flask.domain.money import Money
from jada_flask.intake.fields import Described, ReadField
from jada_flask.intake.strict_json import Scientific

HIGHEST = Money(10_000_000)  # 100,000.00: more is a slip of the finger
LONGEST_HOURS = 336  # two weeks
# One write has 100 operations at most, and each of those who go and of those who come
# takes two.
LARGEST_CREW = 20

_PLACES = re.compile(r"-?[0-9]+\.[0-9]{3,}")
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")
_SLACK = Decimal("0.000001")  # minutes; 0.1 + 0.2 hours is off by less in floats


class MoneyField(ReadField[Money]):
    """Dollars: a number or a decimal string with at most two places."""

    def __init__(
        self,
        *,
        positive: bool = False,
        signed: bool = False,
        at_most: Money = HIGHEST,
        **options: Any,
    ) -> None:
        self.positive, self.signed, self.at_most = positive, signed, at_most
        super().__init__(**options)

    def describe(self) -> Described:
        highest = self.at_most.cents / 100  # for people to read; nothing is computed
        low: Described = {"minimum": -highest if self.signed else 0}
        if self.positive:
            low = {"exclusiveMinimum": 0}
        number = {"type": "number", **low, "maximum": highest, "multipleOf": 0.01}
        sign = "-?" if self.signed else ""
        text = {"type": "string", "pattern": rf"^{sign}[0-9]{{1,6}}(\.[0-9]{{1,2}})?$"}
        return {"anyOf": [number, text], "examples": ["840.75"]}

    def read(self, value: Any) -> Money:
        _check_number(value, "840.75", text=True)
        money = _money(value)
        if money.cents < 0 and not self.signed:
            raise ValidationError("This cannot be negative.")
        if self.positive and not money:
            raise ValidationError("This must be more than zero.")
        if abs(money.cents) > self.at_most.cents:
            raise ValidationError(f"At most {self.at_most.plain} is taken here.")
        return money


class PercentField(ReadField[Decimal]):
    """A percent up to 100: a number or a decimal string, at most three places."""

    def describe(self) -> Described:
        return {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 100, "multipleOf": 0.001},
                {"type": "string", "pattern": f"^{_PERCENT.pattern}$"},
            ],
            "examples": [18],
        }

    def read(self, value: Any) -> Decimal:
        _check_number(value, "18", text=True)
        text = _written(value, 3)
        if not _PERCENT.fullmatch(text) or Decimal(text) > 100:
            raise ValidationError(
                "Send a percent from 0 to 100 with at most three places, such as 18."
            )
        return Decimal(text)


class HoursField(ReadField[int]):
    """Decimal hours, read as whole minutes."""

    def describe(self) -> Described:
        return {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": LONGEST_HOURS,
            "multipleOf": 0.05,
            "description": "Hours that come to whole minutes, such as 3, 3.5 or 2.25.",
        }

    def read(self, value: Any) -> int:
        _check_number(value, "3 or 3.5")
        if not 0 < value <= LONGEST_HOURS:
            raise ValidationError(
                f"Send more than 0 and at most {LONGEST_HOURS} hours, such as 3 or 3.5."
            )
        exact = Decimal(value) * 60
        minutes = round(exact)
        if not minutes or abs(exact - minutes) > _SLACK:
            raise ValidationError(
                "These hours do not come to whole minutes; send 3, 3.5 or 2.25, "
                "say, or another multiple of 0.05."
            )
        return minutes


class WholeField(ReadField[int]):
    """A count."""

    def __init__(self, *, at_least: int, at_most: int, **options: Any) -> None:
        self.at_least, self.at_most = at_least, at_most
        super().__init__(**options)

    def describe(self) -> Described:
        return {"type": "integer", "minimum": self.at_least, "maximum": self.at_most}

    def read(self, value: Any) -> int:
        _check_number(value, str(self.at_least))
        if not self.at_least <= value <= self.at_most or value != int(value):
            raise ValidationError(
                f"Send a whole number from {self.at_least} to {self.at_most}."
            )
        return int(value)


def _check_number(value: Any, example: str, *, text: bool = False) -> None:
    """Refuse what is no plain finite number (or text, where that is allowed)."""
    if text and isinstance(value, str):
        return
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValidationError(f"Send a number, such as {example}.")
    if isinstance(value, int):
        value = _small(value)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValidationError(f"Send a finite number, such as {example}.")
    if isinstance(value, Scientific) or exponent > 0:
        raise ValidationError(f"Write it without an exponent, such as {example}.")


def _small(value: int) -> Decimal:
    # Writing out an int of many digits takes quadratic time.
    if abs(value) >= 10**18:
        raise ValidationError("This number is far too large.")
    return Decimal(value)


def _money(value: str | int | Decimal) -> Money:
    text = _written(value, 2)
    if _PLACES.fullmatch(text):
        raise ValidationError("At most two decimal places; round it to the cent.")
    try:
        return Money.parse(text)
    except ValueError:
        raise ValidationError(
            "Write dollars and cents in plain digits, such as 1250.50, without "
            "currency sign, commas or spaces."
        ) from None


def _written(value: str | int | Decimal, places: int) -> str:
    """The number in digits; of too many places just one is shown."""
    if not isinstance(value, Decimal):
        return str(value)
    if int(value.as_tuple().exponent) < -places:
        return "0." + "0" * (places + 1)
    return format(value, "f")
