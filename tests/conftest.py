"""What every test has: no network, no settings from outside, a browser if it asks."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import hypothesis
import pytest
from flask import Flask
from werkzeug.security import generate_password_hash

from jada_flask.app import create_app
from jada_flask.config import Config
from jada_flask.domain.outbox import State
from jada_flask.hashes import hash_token
from jada_flask.services.deliveries import Courier
from jada_flask.services.drain import Drain
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests import machine
from tests.callers import Caller
from tests.contracts import ministack
from tests.fakes import SetClock

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DrainAll = Callable[..., Counter[State]]

machine.cut_the_network()
machine.forget_settings()

hypothesis.settings.register_profile(
    "ci", deadline=None, derandomize=True, database=None, print_blob=True
)
hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "dev")

_CHROMIUM_FLAGS = (
    "--no-sandbox",  # CI is root, and Chromium's sandbox refuses root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *localhost",
)


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets in plain, and the settings that hold their hashes."""

    password: str
    dashboard: str
    service: str
    settings: dict[str, str]

    def config(self, data_dir: Path, **settings: str) -> Config:
        return Config.from_env(
            self.settings | {"JADA_DATA_DIR": str(data_dir)} | settings
        )


@pytest.fixture(scope="session")
def keys() -> Keys:
    """Hashed once: a hash that is slow enough for a password takes a tenth of a second.

    This one is quicker, and of the same kind.
    """
    password = "a-quiet-night-at-anchor"
    dashboard, service = "d0123456789abcdef" * 2, "s0123456789abcdef" * 2
    return Keys(
        password,
        dashboard,
        service,
        {
            "SECRET_KEY": "of the tests, and long enough: 0123456789",
            "ADMIN_PASS_HASH": generate_password_hash(password, "scrypt:1024:8:1"),
            "DASHBOARD_TOKEN_HASH": hash_token(dashboard),
            "SERVICE_KEY_HASH": hash_token(service),
        },
    )


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def parts(keys: Keys, clock: SetClock, tmp_path: Path) -> Iterator[Parts]:
    """Every part of an installation of its own, in a folder of its own."""
    made = build(keys.config(tmp_path / "var"), clock=clock)
    yield made
    made.ports.store.close()
    made.ports.public_store.close()


@pytest.fixture
def app(parts: Parts) -> Flask:
    return create_app(parts)


@pytest.fixture
def client(app: Flask) -> Caller:
    """Somebody who shows nothing."""
    return Caller(app)


@pytest.fixture
def scripts(app: Flask, keys: Keys) -> Caller:
    """A script of the office."""
    return Caller(app, X_Dashboard_Token=keys.dashboard)


@pytest.fixture
def service(app: Flask, keys: Keys) -> Caller:
    """The service that enters crew events."""
    return Caller(app, x_service_key=keys.service)


@pytest.fixture
def office(app: Flask, keys: Keys) -> Caller:
    """Somebody of the staff who is signed in."""
    caller = Caller(app)
    assert caller.sign_in(keys.password).status_code == 200
    return caller


@pytest.fixture
def drain(parts: Parts) -> Iterator[DrainAll]:
    """Sends what is due, with these parts or with others; says how each ended."""
    with ThreadPoolExecutor(4) as pool:

        def run(other: Parts | None = None) -> Counter[State]:
            return drain_of(other or parts, pool).run()

        yield run


def drain_of(parts: Parts, pool: ThreadPoolExecutor) -> Drain:
    courier = Courier(parts.office, parts.ports)
    return Drain(parts.ports.store, courier.deliver, parts.ports.clock, pool, Random(1))


@pytest.fixture(scope="session")
def ministack_url() -> Iterator[str]:
    """The address of a running ministack."""
    with ministack.running() as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where this machine's Chromium is."""
    return machine.program("Chromium", "chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """A running Chromium; a test opens a context of its own in it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium, args=list(_CHROMIUM_FLAGS)
        )
        yield running
        running.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name in one line what was skipped because the machine lacks something."""
    reasons = [
        str(report.longrepr[2])
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple)
    ]
    lacking = {
        reason.split(machine.LACKS)[1] for reason in reasons if machine.LACKS in reason
    }
    if not shutil.which("npm"):
        lacking.add("Node.js")
    if lacking:
        terminalreporter.write_line(
            f"Skipped, for this machine lacks: {', '.join(sorted(lacking))}."
        )
