"""Lists by date: one query a year, because the date index is kept apart by years."""

from __future__ import annotations

from typing import TypeVar

from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.ports import Item
from jada_flask.records.kinds import Kind
from jada_flask.unit_of_work import Found, UnitOfWork

T = TypeVar("T")
Place = tuple[int, Item | None]  # the year, and where in it


def by_year(
    work: UnitOfWork,
    kind: Kind[T],
    prefix: str,
    lo: str,
    hi: str,
    *,
    limit: int,
    after: Place | None = None,
    descending: bool = False,
) -> tuple[list[Found[T]], Place | None]:
    """Up to `limit` records from `lo` to `hi`, and where the rest begins.

    Both are texts that begin with a year. An empty year costs one query, so a span
    should not hold many. Raises `InvalidError` for a place that is not within.
    """
    first, last = int(lo[:4]), int(hi[:4])
    years = range(last, first - 1, -1) if descending else range(first, last + 1)
    found: list[Found[T]] = []
    if after is not None:
        _check_within(after, lo, hi)
        years = range(after[0], years.stop, years.step)
    for year in years:
        page = work.query(
            kind,
            f"{prefix}{year:04}",
            index="by_date",
            lo=lo,
            hi=hi,
            limit=limit - len(found),
            after=after[1] if after and after[0] == year else None,
            descending=descending,
        )
        found += page.found
        if page.after is not None:
            return found, (year, page.after)
        if len(found) == limit:
            following = year + years.step
            return found, (following, None) if following in years else None
    return found, None


def _check_within(after: Place, lo: str, hi: str) -> None:
    year, place = after
    start = place["start_id"] if place else f"{year:04}"
    if not lo[: len(start)] <= start <= hi:
        raise InvalidError(
            Fault("cursor", "This cursor is of other days; begin without one.")
        )
