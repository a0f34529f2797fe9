"""Publishing guest pages: what the edge in front of them is told, and when."""

from __future__ import annotations

from dataclasses import replace

from jada_flask.web.context import Parts
from tests.builders import booking
from tests.callers import Caller, published
from tests.conftest import DrainAll


class Noting:
    """`Edge` that remembers what it was asked to forget."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    def invalidate(self, paths: tuple[str, ...]) -> None:
        self.told.append(paths)


def behind(edge: Noting, parts: Parts) -> Parts:
    return replace(parts, ports=replace(parts.ports, edge=edge))


def test_of_a_new_page_the_edge_keeps_nothing_and_is_told_nothing(
    parts: Parts, scripts: Caller, drain: DrainAll
) -> None:
    edge = Noting()
    scripts.post("/api/bookings", booking())

    drain(behind(edge, parts))

    assert len(published(parts)) == 1
    assert edge.told == []


def test_of_a_changed_page_the_edge_forgets_what_it_may_have_under_either_name(
    parts: Parts, scripts: Caller, drain: DrainAll
) -> None:
    edge = Noting()
    taken = scripts.post("/api/bookings", booking()).json
    drain(behind(edge, parts))

    scripts.post("/api/bookings", booking(start_time="15:00"))
    drain(behind(edge, parts))

    slug = taken["guest_page_url"].rpartition("/")[2]
    assert edge.told == [(f"/g/{slug}", f"/g/{slug}/index.html")]


def test_a_change_that_is_taken_back_makes_yet_another_page(
    parts: Parts, scripts: Caller, drain: DrainAll
) -> None:
    """A bucket tells by the content alone whether another page came between."""
    seen = []
    for start in ("16:30", "15:00", "16:30"):
        scripts.post("/api/bookings", booking(start_time=start))
        drain()
        (page,) = published(parts)
        seen.append(page.read_bytes())

    assert len(set(seen)) == 3
