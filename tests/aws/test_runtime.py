"""Our side of Lambda's Runtime API, tried with handlers of a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.aws.stand_in.runtime import Runtime, RuntimeStartError

Started = Callable[..., Runtime]


@pytest.fixture
def started(tmp_path: Path, lambda_python: Path) -> Iterator[Started]:
    """Starts a function from the source of its only module."""
    running: list[Runtime] = []

    def start(source: str, timeout: float = 29, **env: str) -> Runtime:
        (tmp_path / "entry.py").write_text(source, "utf-8")
        running.append(
            Runtime(tmp_path, "entry.handler", env, lambda_python, timeout=timeout)
        )
        return running[-1]

    yield start
    for each in running:
        each.stop()


def test_a_value_comes_back_and_the_process_stays(started: Started) -> None:
    function = started(
        "seen = []\ndef handler(event, context):\n"
        "    seen.append(event['n'])\n    return {'seen': seen}\n"
    )

    function.invoke({"n": 1})
    answer = function.invoke({"n": 2})

    assert (answer.payload, answer.error) == ({"seen": [1, 2]}, None)
    assert answer.milliseconds > 0


def test_an_exception_comes_back_by_its_name(started: Started) -> None:
    function = started(
        "def handler(event, context):\n    raise PermissionError('not you')\n"
    )

    error = function.invoke({}).error

    assert error is not None
    assert (error["errorType"], error["errorMessage"]) == ("PermissionError", "not you")


def test_it_finds_what_lambda_gives_it(started: Started, tmp_path: Path) -> None:
    function = started(
        "import os\ndef handler(event, context):\n"
        "    return [os.environ['AWS_LAMBDA_FUNCTION_NAME'], context.function_name,"
        " os.getcwd(), 0 < context.get_remaining_time_in_millis() <= 29_000]\n",
        AWS_LAMBDA_FUNCTION_NAME="jada-dev",
    )

    found = function.invoke({}).payload

    assert found == ["jada-dev", "jada-dev", str(tmp_path), True]
    assert not (tmp_path / "__pycache__").exists()


def test_what_cannot_start_says_why(started: Started) -> None:
    with pytest.raises(RuntimeStartError, match="no such setting"):
        started("raise ValueError('no such setting')\n")


def test_what_takes_too_long_is_ended(started: Started) -> None:
    function = started(
        "import time\ndef handler(event, context):\n    time.sleep(60)\n", timeout=0.2
    )

    assert function.invoke({}).error == {"errorType": "Sandbox.Timedout"}


def test_what_ends_itself_is_told_apart(started: Started) -> None:
    function = started("import os\ndef handler(event, context):\n    os._exit(3)\n")

    assert function.invoke({}).error == {"errorType": "Runtime.ExitError"}


def test_its_cost_and_its_log_can_be_read(started: Started) -> None:
    function = started(
        "print('loaded')\ndef handler(event, context):\n    sum(range(2_000_000))\n"
    )
    before = function.cpu_seconds

    function.invoke({})

    assert function.cpu_seconds > before > 0
    assert function.init_milliseconds > 0
    assert 5_000 < function.peak_rss_kib < 200_000
    assert "loaded" in function.printed
