"""A desk on a store of its own, and the same behind the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jada_flask.adapters.local.sqlite import SqliteStore
from tests.builders import booking
from tests.callers import Answer, Caller
from tests.payments.desk import Desk


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path / "jada.sqlite3")
    yield made
    made.close()


@pytest.fixture
def desk(store: SqliteStore) -> Desk:
    return Desk(store).open()


@pytest.fixture
def ana(desk: Desk) -> str:
    """A patron who owes a hundred dollars."""
    return desk.board("Ana", "100.00")


@dataclass(frozen=True, slots=True)
class Window:
    """The office's API, at one charter."""

    office: Caller
    event_id: str

    @property
    def url(self) -> str:
        return f"/api/events/{self.event_id}"

    def board(self, name: str = "Ana", **more: Any) -> str:
        body = {"name": name, "email": f"{name.lower()}@example.com"} | more
        added = self.office.post(f"{self.url}/patrons", body)
        assert added.status_code == 201, added.json
        return str(added.json["patron_id"])

    def pay(self, patron_id: str, **body: Any) -> Answer:
        headers = {}
        if key := body.pop("key", ""):
            headers["Idempotency-Key"] = key
        sent = {"amount": "60.00", "method": "cash"} | body
        sent = {name: value for name, value in sent.items() if value is not ...}
        url = f"{self.url}/{patron_id}/payment"
        return self.office.post(url, sent, headers=headers)

    def status(self, patron_id: str) -> Any:
        return self.office.get(f"{self.url}/{patron_id}/payment").json


@pytest.fixture
def window(office: Caller, scripts: Caller) -> Window:
    taken = scripts.post("/api/bookings", booking())
    return Window(office, taken.json["event_id"])
