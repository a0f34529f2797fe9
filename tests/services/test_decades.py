"""Lists by date where a decade turns: as if it were one list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from jada_flask.domain.errors import InvalidError
from jada_flask.records.operations import EVENT
from jada_flask.services.decades import by_decade
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from tests.payments.desk import SAIL

DAYS = ["2028-05-01", "2029-12-31", "2030-01-01", "2030-01-02", "2041-07-04"]


@pytest.fixture
def work(parts: Parts) -> UnitOfWork:
    """A store with one event on each of the days."""
    work = UnitOfWork(parts.office)
    for day in DAYS:
        start = datetime.fromisoformat(day).replace(tzinfo=UTC)
        work.save(EVENT, replace(SAIL, event_id=f"EV_{day}", start=start))
    work.store.write(*work.writes)
    return UnitOfWork(parts.office)


def days(work: UnitOfWork, lo: str, hi: str, limit: int, **how: Any) -> list[list[str]]:
    """The list page by page."""
    pages, after = [], None
    while True:
        found, after = by_decade(
            work, EVENT, "", lo, hi, limit=limit, after=after, **how
        )
        pages.append([one.value.event_id.removeprefix("EV_") for one in found])
        if after is None:
            return pages


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 9])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_go_on_over_the_turn(
    work: UnitOfWork, limit: int, descending: bool
) -> None:
    pages = days(work, "2028", "2041~", limit, descending=descending)

    listed = [day for page in pages for day in page]
    assert listed == DAYS[:: -1 if descending else 1]
    assert all(len(page) == limit for page in pages[:-1])


def test_only_what_lies_within_is_listed(work: UnitOfWork) -> None:
    assert days(work, "2029-12-31", "2030-01-01~", 9) == [DAYS[1:3]]


@pytest.mark.parametrize(
    ("lo", "hi"), [("2028", "2029~"), ("2030-01-02", "2041~"), ("2050", "2051")]
)
def test_a_place_of_other_days_is_refused(work: UnitOfWork, lo: str, hi: str) -> None:
    _, after = by_decade(work, EVENT, "", "2028", "2041~", limit=3)
    assert after is not None

    with pytest.raises(InvalidError, match="other days"):
        by_decade(work, EVENT, "", lo, hi, limit=3, after=after)
