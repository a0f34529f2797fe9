from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.machine import NetworkError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent


def test_an_address_outside_is_refused() -> None:
    with socket.socket() as outside, pytest.raises(NetworkError, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))


def test_a_name_outside_is_not_looked_up() -> None:
    with pytest.raises(NetworkError, match=r"example\.com"):
        socket.getaddrinfo("example.com", 80)


def test_loopback_is_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


@pytest.mark.browser
def test_the_browser_draws_a_page(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<title>JADA</title><h1>Ahoy</h1>")

    assert (page.title(), page.inner_text("h1")) == ("JADA", "Ahoy")
    page.close()


@pytest.mark.parametrize(
    ("ci", "outcome"), [("false", "Skipped, for this machine lacks"), ("true", "error")]
)
def test_a_missing_browser_is_named_and_in_ci_an_error(ci: str, outcome: str) -> None:
    command = "-m pytest -p no:cacheprovider tests/test_machine.py -k draws_a_page"

    run = subprocess.run(
        [sys.executable, *command.split()],
        cwd=ROOT,
        env={"CI": ci, "PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome in run.stdout
    assert (run.returncode == 0) is (ci == "false")
