"""The plot of a year: gross and net by month, as places on a drawing.

Across, places are shares of the width, so that the drawing fits a phone and a desk with
letters of the same size; down, they are pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jada_flask.domain.money import Money
from jada_flask.services.reports import YearView

HEIGHT = 264
_TOP, _BOTTOM = 22, 28  # room for the highest label, and for the months
_STEPS = (1, 2, 2.5, 5)  # what a person likes to count in
_LINES = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, from its upper edge down."""

    x: str
    width: str
    y: float
    height: float
    below: bool  # of less than nothing


@dataclass(frozen=True, slots=True)
class Column:
    """One month of the plot."""

    label: str
    words: str
    middle: str
    gross: Bar
    net: Bar


@dataclass(frozen=True, slots=True)
class Line:
    """One height that the eye can hold on to."""

    y: float
    label: str
    zero: bool


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything there is to draw."""

    height: int
    lines: list[Line]
    columns: list[Column]


@dataclass(frozen=True, slots=True)
class _Scale:
    """From dollars to pixels."""

    step: int  # cents
    low: int
    high: int

    def y(self, cents: int) -> float:
        share = (self.high - cents) / (self.high - self.low)
        return round(_TOP + share * (HEIGHT - _TOP - _BOTTOM), 1)

    def bar(self, x: float, width: float, cents: int) -> Bar:
        top, foot = self.y(max(cents, 0)), self.y(min(cents, 0))
        return Bar(_share(x), _share(width), top, round(foot - top, 1), cents < 0)

    def lines(self) -> Iterator[Line]:
        for cents in range(self.low, self.high + 1, self.step):
            yield Line(self.y(cents), _short(cents), zero=not cents)


def drawn(view: YearView) -> Plot | None:
    """The plot of a year; None where nothing was earned or lost."""
    months = [(month, one.earnings) for month, one in view.months]
    amounts = [cents for _, e in months for cents in (e.gross.cents, e.net.cents)]
    if not any(amounts):
        return None
    scale = _scale(min(0, *amounts), max(0, *amounts))
    wide = 100 / len(months)
    columns = [
        Column(
            label=month.name[:3],
            words=f"{month.name}: gross {earned.gross}, net {earned.net}",
            middle=_share((place + 0.5) * wide),
            gross=scale.bar((place + 0.16) * wide, 0.68 * wide, earned.gross.cents),
            net=scale.bar((place + 0.3) * wide, 0.4 * wide, earned.net.cents),
        )
        for place, (month, earned) in enumerate(months)
    ]
    return Plot(HEIGHT, list(scale.lines()), columns)


def _scale(low: int, high: int) -> _Scale:
    """Few lines at round amounts, which hold all of it between them."""
    span = high - low
    unit = 100
    while True:
        for size in _STEPS:
            step = int(unit * size)
            if step * _LINES >= span:
                return _Scale(step, low // step * step, -(-high // step) * step)
        unit *= 10


def _short(cents: int) -> str:
    """``$2.5k``, ``−$500``: what an axis has room for."""
    dollars = Money(abs(cents)).dollars
    text = f"{dollars.normalize():f}"
    if dollars >= 1000:
        text = f"{(dollars / 1000).normalize():f}k"
    return f"\N{MINUS SIGN}${text}" if cents < 0 else f"${text}"


def _share(percent: float) -> str:
    return f"{percent:.2f}%"
