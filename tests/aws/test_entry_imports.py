"""What the function loads at its start: somebody waits for each module."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from secrets import token_hex

import pytest

from benchmarks.cold_start import made_secrets, settings

ROOT = Path(__file__).parents[2]
CODE = """
import json, os, sys
from jada_flask.aws_entry import Door
Door(os.environ)
print(json.dumps(list(sys.modules)))
"""
# Whoever needs one of these loads it: a client of AWS, Google, a calendar, a command.
HEAVY = (
    "apispec",
    "astral",
    "boto3",
    "botocore",
    "cryptography",
    "fontTools",
    "fpdf",
    "google",
    "googleapiclient",
    "httplib2",
    "icalendar",
    "jada_flask.cli.doctor",
    "segno",
    "sqlite3",
    "urllib3",
)


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    """The modules of a function that is ready, in the order they were asked for."""
    env = settings("http://127.0.0.1:9") | made_secrets(token_hex(32))
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=ROOT,
        env=env | {"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def test_a_start_loads_nothing_that_only_some_requests_need(loaded: list[str]) -> None:
    assert [name for name in HEAVY if name in loaded] == []


def test_what_was_compiled_ahead_is_there_before_what_needs_it(
    loaded: list[str],
) -> None:
    place = loaded.index("jada_flask.ahead")

    for name in ("flask", "jinja2", "werkzeug", "jada_flask.app", "jada_flask.ports"):
        assert place < loaded.index(name), name
