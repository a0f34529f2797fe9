"""What every test has: no network, no settings from outside, a browser if it asks."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

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
