"""What the tests of the deployment have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import machine
from tests.aws.stand_in.runtime import PYTHON


@pytest.fixture(scope="session")
def lambda_python() -> Path:
    """Lambda's Python with AWS's client, which not every machine can have."""
    if not PYTHON.exists():
        # Debian 12 has no 3.13, so CI may lack it too: named, and not an error.
        pytest.skip(f"{machine.LACKS}Python 3.13")
    return PYTHON


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the deployment: it takes longest, and one process has to keep it."""
    items.sort(key=lambda item: "test_deployment" not in item.nodeid)
