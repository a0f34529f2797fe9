"""Processes that serve keep to processors of their own, where there are two of both."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.machine import LACKS

PROCESSORS = sorted(os.sched_getaffinity(0))[:2]
# Its processors, before the end of its input.
SERVES = """
import os, sys
from pathlib import Path
from jada_flask.adapters.local.processor import keep_to_one
os.sched_setaffinity(0, {int(number) for number in sys.argv[2].split(",")})
keep_to_one(Path(sys.argv[1]), int(sys.argv[3]))
print(*os.sched_getaffinity(0), flush=True)
sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(len(PROCESSORS) < 2, reason=f"{LACKS}two processors.")


@contextmanager
def serving(folder: Path, processes: int = 2) -> Iterator[list[int]]:
    """The processors of a process that serves, as long as it does."""
    having = ",".join(map(str, PROCESSORS))
    process = subprocess.Popen(
        [sys.executable, "-c", SERVES, str(folder), having, str(processes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield [int(number) for number in process.stdout.readline().split()]
    finally:
        process.communicate()


def test_two_that_serve_have_a_processor_each(tmp_path: Path) -> None:
    with serving(tmp_path) as one, serving(tmp_path) as other:
        assert sorted([one, other]) == [[number] for number in PROCESSORS]


def test_one_that_takes_the_place_of_another_has_its_processor(tmp_path: Path) -> None:
    with ExitStack() as stack:
        stays = stack.enter_context(serving(tmp_path))
        with serving(tmp_path) as goes:
            pass
        comes = stack.enter_context(serving(tmp_path))
        assert comes == goes != stays


def test_one_too_many_goes_where_it_likes(tmp_path: Path) -> None:
    with serving(tmp_path), serving(tmp_path), serving(tmp_path) as third:
        assert third == PROCESSORS


def test_with_processors_to_spare_the_system_chooses(tmp_path: Path) -> None:
    with serving(tmp_path, processes=1) as alone:
        assert alone == PROCESSORS


def test_houses_on_one_machine_do_not_ask_each_other(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with serving(tmp_path) as one, serving(tmp_path / "other") as other:
        assert one == other
