"""The application under the two roles: each function with its own, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jada_flask.adapters.aws.dynamo import DynamoStore
from jada_flask.app import create_app
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests.builders import booking
from tests.callers import Caller, link_for
from tests.conftest import DrainAll, Keys
from tests.fakes import SetClock


def under(parts: Parts, client: Any) -> Parts:
    """The same installation with whatever a client may reach."""
    store = DynamoStore(lambda: client, "jada-dev")
    return replace(
        parts,
        ports=replace(parts.ports, store=store, public_store=store),
        office=replace(parts.office, store=store),
        public=replace(parts.public, store=store),
    )


@pytest.fixture
def local(keys: Keys, clock: SetClock, tmp_path: Path) -> Iterator[Parts]:
    made = build(keys.config(tmp_path / "var"), clock=clock)
    yield made
    made.ports.store.close()
    made.ports.public_store.close()


def test_a_booking_a_payment_and_an_answer_need_no_more(
    local: Parts,
    office: Any,
    outside: Any,
    keys: Keys,
    drain: DrainAll,
) -> None:
    dispatch, public = under(local, office), under(local, outside)
    app = create_app(dispatch)
    scripts, staff = Caller(app, X_Dashboard_Token=keys.dashboard), Caller(app)
    assert staff.sign_in(keys.password).status_code == 200

    taken = scripts.post("/api/bookings", booking())
    drain(dispatch)
    event_id = taken.json["event_id"]
    event = staff.get(f"/api/events/{event_id}").json
    patron = event["roster"][0]["patron_id"]
    payment = {"amount": "100.00", "method": "card"}
    logged = staff.post(f"/api/events/{event_id}/{patron}/payment", payment)
    crew = Caller(create_app(public))
    page = crew.open_link(link_for(local, "nia.okafor"))
    answered = crew.answer(page, "accept")
    drain(dispatch)

    assert (taken.status_code, logged.status_code) == (201, 200), logged.text
    assert (page.status_code, answered.status_code) == (200, 303)
    assert staff.get(f"/api/events/{event_id}/payments").json["items"]
    crew_now = staff.get(f"/api/events/{event_id}").json["crew"]
    assert {one["name"]: one["answer"] for one in crew_now}["Nia Okafor"] == "accepted"
