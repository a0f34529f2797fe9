from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import NotFoundError
from jada_flask.domain.quarantine import Quarantined
from jada_flask.records.money import HELD
from jada_flask.services import quarantine
from jada_flask.tables import FINANCE
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts

ANA = Actor("staff", "ana")
NOON = datetime(2026, 5, 4, 19, tzinfo=UTC)


class Drawer:
    """The quarantine of one installation."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def begin(self) -> UnitOfWork:
        return UnitOfWork(self._parts.office)

    def keeps(self, content: bytes, *, minutes: int = 0, **words: str) -> Quarantined:
        at = NOON + timedelta(minutes=minutes)
        words = {"kind": "unknown", "reason": "Unclear."} | words
        return quarantine.keep(
            self.begin(), words.pop("name", "a.eml"), content, **words, by=ANA, at=at
        )

    def settles(self, kept: Quarantined, *, minutes: int = 0) -> Quarantined:
        at = NOON + timedelta(minutes=minutes)
        return quarantine.settle(self.begin(), kept.arrival_id, by=ANA, at=at)

    def says(self, kept: Quarantined) -> str:
        return quarantine.original(self.begin(), kept.arrival_id)

    @property
    def waiting(self) -> list[Quarantined]:
        return quarantine.waiting(self.begin()).values


@pytest.fixture
def drawer(parts: Parts) -> Drawer:
    return Drawer(parts)


def test_what_is_kept_waits_newest_first(drawer: Drawer) -> None:
    older, newer = drawer.keeps(b"one"), drawer.keeps(b"two", minutes=1)

    assert drawer.waiting == [newer, older]
    assert drawer.says(older) == "one"


def test_a_list_goes_on_where_it_ended(drawer: Drawer) -> None:
    kept = [drawer.keeps(b"%d" % number, minutes=number) for number in range(3)]

    first = quarantine.waiting(drawer.begin(), limit=2)
    rest = quarantine.waiting(drawer.begin(), limit=2, after=first.after)

    assert first.values + rest.values == kept[::-1]
    assert rest.after is None


def test_the_same_content_is_kept_once_even_when_it_was_settled(
    drawer: Drawer,
) -> None:
    kept = drawer.keeps(b"one")
    assert drawer.keeps(b"one", minutes=1) == kept

    settled = drawer.settles(kept)

    assert drawer.keeps(b"one", minutes=2) == settled
    assert drawer.waiting == []


def test_what_is_settled_is_forgotten_after_three_months(
    drawer: Drawer, parts: Parts
) -> None:
    kept = drawer.keeps(b"one")
    drawer.settles(kept, minutes=5)
    again = drawer.settles(kept, minutes=9)

    item = parts.ports.store.get(FINANCE, f"QUARANTINE#{kept.arrival_id}", "original")
    assert item
    until = datetime.fromtimestamp(item["expires"], UTC)
    assert until == NOON + timedelta(days=90, minutes=5)
    assert again.settled_at == NOON + timedelta(minutes=5)
    assert drawer.says(kept) == "one"


def test_what_was_never_kept_cannot_be_settled(drawer: Drawer) -> None:
    with pytest.raises(NotFoundError):
        quarantine.settle(drawer.begin(), "QT_none", by=ANA, at=NOON)
    assert quarantine.original(drawer.begin(), "QT_none") == ""


@pytest.mark.parametrize(
    "content",
    [b"\0" * 400_000, b"\xff" * 400_000, b'"\\\n' * 200_000, "€😀".encode() * 90_000],
    ids=["zeros", "no text", "all escaped", "many bytes each"],
)
def test_the_longest_content_still_fits(drawer: Drawer, content: bytes) -> None:
    kept = drawer.keeps(content, name="n" * 9999, reason="r" * 9999)

    assert content.decode("utf-8", "replace").startswith(drawer.says(kept))
    assert drawer.waiting == [kept]
    assert len(kept.name) == len(kept.reason) == 500


def test_control_characters_are_left_out(drawer: Drawer) -> None:
    kept = drawer.keeps(b"a\x00b\x1b[31m\r\n\tc")

    assert drawer.says(kept) == "ab[31m\n\tc"


def test_other_pages_look_only_while_something_waits(parts: Parts) -> None:
    drawer = Drawer(parts)
    kept = [drawer.keeps(b"one"), drawer.keeps(b"two")]

    noted = []
    for one in kept:
        noted.append(len(quarantine.held(drawer.begin(), limit=9).found))
        drawer.settles(one)

    assert noted == [2, 1]
    assert drawer.begin().get(HELD) is None
    assert quarantine.held(drawer.begin(), limit=9).found == []
