"""The bell between processes: it wakes who listens, and hinders nobody."""

from __future__ import annotations

import os
from pathlib import Path

from jada_flask.adapters.local.bell import outbox_bell

_MORE_THAN_A_PIPE_HOLDS = 200_000


def test_a_ring_reaches_another_opening_and_counts_once(tmp_path: Path) -> None:
    rings, listens = outbox_bell(tmp_path), outbox_bell(tmp_path)
    assert not listens.wait(0)

    rings.ring()
    rings.ring()

    assert listens.wait(1)
    assert not listens.wait(0)


def test_what_rings_while_nobody_listens_is_forgotten(tmp_path: Path) -> None:
    rings = outbox_bell(tmp_path)

    rings.ring()

    assert not outbox_bell(tmp_path).wait(0)


def test_it_rings_again_for_the_next_who_listens(tmp_path: Path) -> None:
    rings, first = outbox_bell(tmp_path), outbox_bell(tmp_path)
    assert not first.wait(0)
    rings.ring()
    os.close(first._in)

    rings.ring()  # finds nobody
    second = outbox_bell(tmp_path)
    assert not second.wait(0)
    rings.ring()

    assert second.wait(1)


def test_without_its_pipe_nobody_hears_it(tmp_path: Path) -> None:
    bell = outbox_bell(tmp_path)
    (tmp_path / "outbox.bell").unlink()

    bell.ring()

    assert not bell.wait(0)
    assert not outbox_bell(tmp_path / "no such folder").wait(0)


def test_whoever_rings_never_waits(tmp_path: Path) -> None:
    rings, listens = outbox_bell(tmp_path), outbox_bell(tmp_path)
    assert not listens.wait(0)

    for _ in range(_MORE_THAN_A_PIPE_HOLDS):
        rings.ring()

    assert listens.wait(1)
