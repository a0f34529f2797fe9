"""What the package works out ahead: taken where it fits, and nowhere else."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RECORD = """
import re, sys
from pathlib import Path
from jada_flask import ahead
work = ahead.record()
import jada_flask.domain.money
re.compile(r"(?P<word>[a-z]+)", re.IGNORECASE)
re.compile(rb"(?P<word>[a-z]+)")
ahead.write(work, Path(sys.argv[1]))
"""
# How often a regular expression or the text of a method is compiled after all.
USE = """
import builtins, dataclasses, json, re, sys
from pathlib import Path
from jada_flask import ahead
compiled = 0
parse = re._compiler._parser.parse
def counting(*arguments):
    global compiled
    compiled += 1
    return parse(*arguments)
re._compiler._parser.parse = counting
taken = ahead.install(Path(sys.argv[1]))
from jada_flask.domain.money import Money
words = re.compile(r"(?P<word>[a-z]+)", re.IGNORECASE)
raw = re.compile(rb"(?P<word>[a-z]+)")
known = compiled
other = re.compile(r"(?P<word>[a-z]+)", re.DOTALL)
print(json.dumps({
    "taken": taken,
    "compiled": known,
    "and then": compiled,
    "words": [words.fullmatch("Ab")["word"], words.pattern, int(words.flags)],
    "raw": raw.fullmatch(b"ab")["word"].decode(),
    "other": other.fullmatch("AB"),
    "money": [repr(Money(5)), Money(5) == Money(5), Money(4) < Money(5)],
    "method": Money.__init__.__code__.co_filename,
}))
"""


def run(program: str, path: Path) -> str:
    command = [sys.executable, "-c", program, str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def used(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(USE, path))
    return found


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ahead") / "ahead.bin"
    run(RECORD, path)
    return path


def test_what_was_compiled_before_is_not_compiled_again(kept: Path) -> None:
    found = used(kept)

    assert (found["taken"], found["compiled"], found["and then"]) == (True, 0, 1)
    assert found["method"] == "<ahead>"


def test_what_comes_of_it_is_the_same(kept: Path, tmp_path: Path) -> None:
    ahead, ever = used(kept), used(tmp_path / "missing")

    same = ("words", "raw", "other", "money")
    assert [ahead[name] for name in same] == [ever[name] for name in same]
    assert (ever["taken"], ever["method"]) == (False, "<string>")
    assert ever["compiled"] > 0


def test_it_is_left_alone_by_another_python(kept: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(_of_another_python(kept.read_bytes()))

    assert used(other)["taken"] is False


def test_it_is_the_same_bytes_each_time(kept: Path, tmp_path: Path) -> None:
    again = tmp_path / "ahead.bin"
    run(RECORD, again)

    assert again.read_bytes() == kept.read_bytes()


def _of_another_python(kept: bytes) -> bytes:
    magic = importlib.util.MAGIC_NUMBER
    assert magic in kept
    return kept.replace(magic, b"\0\0\r\n", 1)
