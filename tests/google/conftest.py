"""Google, as the tests of the bridge need it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.google.script_host import ScriptHost


@pytest.fixture(scope="module")
def script_host() -> Iterator[ScriptHost]:
    """A running host; ask for `bridge` to have our script on it."""
    with ScriptHost() as host:
        yield host


@pytest.fixture
def bridge(script_host: ScriptHost) -> ScriptHost:
    """Our script, deployed and set up, before the first booking."""
    return script_host.deploy()
