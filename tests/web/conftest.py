"""One application with one booking in it, for tests that leave it as it is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from jada_flask.app import create_app
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests.builders import booking
from tests.callers import Caller, link_for
from tests.conftest import Keys, drain_of
from tests.fakes import SetClock


@dataclass(frozen=True, slots=True)
class House:
    """An application that runs, with the sample booking done."""

    app: Flask
    parts: Parts
    keys: Keys
    clock: SetClock
    booking: dict[str, Any]

    @property
    def event_id(self) -> str:
        return str(self.booking["event_id"])

    @property
    def slug(self) -> str:
        return str(self.booking["guest_page_url"]).rpartition("/")[2]

    @property
    def nobody(self) -> Caller:
        return Caller(self.app)

    @property
    def scripts(self) -> Caller:
        return Caller(self.app, X_Dashboard_Token=self.keys.dashboard)

    @property
    def service(self) -> Caller:
        return Caller(self.app, x_service_key=self.keys.service)

    @property
    def office(self) -> Caller:
        self.clock.forward(minutes=5)  # there may be ten in five minutes
        caller = Caller(self.app)
        assert caller.sign_in(self.keys.password).status_code == 200
        return caller

    @property
    def crew(self) -> Caller:
        """A member who has opened the link."""
        caller = Caller(self.app)
        assert caller.open_link(link_for(self.parts, "nia.okafor")).status_code == 200
        return caller


@pytest.fixture(scope="module")
def house(keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Shared by a module, whose tests must not change it."""
    clock = SetClock()
    parts = build(keys.config(tmp_path_factory.mktemp("var")), clock=clock)
    app = create_app(parts)
    scripts = Caller(app, X_Dashboard_Token=keys.dashboard)
    taken = scripts.post("/api/bookings", booking()).json
    with ThreadPoolExecutor(4) as pool:
        drain_of(parts, pool).run()
    yield House(app, parts, keys, clock, taken)
    parts.ports.store.close()
    parts.ports.public_store.close()
