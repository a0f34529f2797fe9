from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jada_flask.adapters.local.sqlite import SqliteStore
from tests.matching.till import Till
from tests.payments.desk import Desk


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path / "jada.sqlite3")
    yield made
    made.close()


@pytest.fixture
def till(store: SqliteStore) -> Till:
    desk = Desk(store).open()
    return Till(desk, desk.board("Ana", "500.00"))
