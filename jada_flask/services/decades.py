"""Lists by date: one query, or two where a decade turns.

The date index is kept apart by decades. One of its partitions answers for thousands of
pages a second; years would not answer for more, since everybody looks at the present
one, and a list that reaches into the next would take a query more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.ports import Item
from jada_flask.records.kinds import Kind, decade
from jada_flask.unit_of_work import Found, UnitOfWork

T = TypeVar("T")
Place = tuple[int, Item | None]  # the first year of the decade, and where in it


def by_decade(
    work: UnitOfWork,
    kind: Kind[T],
    prefix: str,
    lo: str,
    hi: str,
    *,
    limit: int,
    after: Place | None = None,
    descending: bool = False,
    keep: Callable[[Item], bool] = lambda item: True,
) -> tuple[list[Found[T]], Place | None]:
    """Up to `limit` records from `lo` to `hi`, and where the rest begins.

    Both are texts that begin with a year; what `keep` passes over counts towards the
    limit. Raises `InvalidError` for a place that is not within.
    """
    first, last = _first_year(lo), _first_year(hi)
    decades = range(last, first - 1, -10) if descending else range(first, last + 1, 10)
    found: list[Found[T]] = []
    if after is not None:
        _check_within(after, lo, hi, decades)
        decades = range(after[0], decades.stop, decades.step)
    for year in decades:
        page = work.query(
            kind,
            prefix + decade(year),
            index="by_date",
            lo=lo,
            hi=hi,
            limit=limit - len(found),
            after=after[1] if after and after[0] == year else None,
            descending=descending,
            keep=keep,
        )
        found += page.found
        if page.after is not None:
            return found, (year, page.after)
        if len(found) == limit:
            following = year + decades.step
            return found, (following, None) if following in decades else None
    return found, None


def _first_year(text: str) -> int:
    return int(text[:4]) // 10 * 10


def _check_within(after: Place, lo: str, hi: str, decades: range) -> None:
    year, place = after
    if year not in decades or (place and not lo <= place["start_id"] <= hi):
        raise InvalidError(
            Fault("cursor", "This cursor is of other days; begin without one.")
        )
