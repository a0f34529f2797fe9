"""What Python works out anew at each start, worked out when the package is made.

Bytecode is kept beside its source, but neither the methods that dataclasses write for
themselves nor what regular expressions become: both are compiled whenever a module is
loaded, and were nearly half of a cold start. The package brings them along, and whoever
imports this module takes them from there. What is not in it, or was made for another
Python, is compiled as ever.
"""

from __future__ import annotations

import builtins
import dataclasses
import gc
import importlib.util
import marshal
import re
from array import array
from pathlib import Path
from types import CodeType
from typing import Any, Final, NamedTuple

_compiler: Any = getattr(re, "_compiler")  # noqa: B009 (no name that types know)
_sre: Any = _compiler._sre

FILE: Final = Path(__file__).with_name("ahead.bin")
_WORD: Final = "I"  # an instruction of a regular expression
_NO_REFERENCES: Final = 2  # marshal's version whose bytes depend on the values alone
Expression = tuple[str | bytes, int]
Compiled = tuple[int, bytes, int, dict[str, int], tuple[str | None, ...]]


class Work(NamedTuple):
    """Sources of dataclasses and what they compile to; the same of expressions."""

    methods: dict[str, CodeType]
    expressions: dict[Expression, Compiled]


def install(path: Path = FILE) -> bool:
    """Take from a file what it holds; whether there was one, made for this Python."""
    try:
        kind, methods, expressions = marshal.loads(path.read_bytes())  # noqa: S302  # nosec B302
    except FileNotFoundError:
        return False
    if kind != _kind():
        return False
    _take(Work(methods, expressions))
    gc.disable()  # while things are loaded: nothing of them is rubbish
    return True


def loaded() -> None:
    """From now on look for rubbish, but never again among what was loaded."""
    gc.freeze()
    gc.enable()


def record() -> Work:
    """Gather from now on what is compiled, for `write`."""
    work = Work({}, {})
    compiled = _compiler.compile

    def expression(source: Any, flags: int = 0) -> re.Pattern[Any]:
        if isinstance(source, str | bytes):
            work.expressions[source, int(flags)] = _parts_of(source, flags)
        made: re.Pattern[Any] = compiled(source, flags)
        return made

    def methods(text: str, *names: Any) -> None:
        work.methods[text] = compile(text, "<ahead>", "exec")
        builtins.exec(work.methods[text], *names)  # noqa: S102

    _put(methods, expression)
    return work


def write(work: Work, path: Path) -> None:
    """Keep it, as the same bytes each time."""
    sorted_methods = dict(sorted(work.methods.items()))
    by_source = sorted(work.expressions.items(), key=repr)
    kept = marshal.dumps((_kind(), sorted_methods, dict(by_source)), _NO_REFERENCES)
    # Read back, nothing in it is shared with this process, and the shorter form too
    # depends on the values alone.
    path.write_bytes(marshal.dumps(marshal.loads(kept)))  # noqa: S302  # nosec B302


def _take(work: Work) -> None:
    compiled = _compiler.compile

    def expression(source: Any, flags: int = 0) -> re.Pattern[Any]:
        known = work.expressions.get((source, int(flags)))
        made: re.Pattern[Any]
        if known is None:
            made = compiled(source, flags)
        else:
            all_flags, code, *rest = known
            words = array(_WORD, code).tolist()
            made = _sre.compile(source, all_flags, words, *rest)
        return made

    def methods(text: str, *names: Any) -> None:
        builtins.exec(work.methods.get(text, text), *names)  # noqa: S102

    _put(methods, expression)


def _put(methods: Any, expression: Any) -> None:
    """Where both modules look: the first finds ours before the builtin of its name."""
    vars(dataclasses)["exec"] = methods
    _compiler.compile = expression


def _parts_of(source: str | bytes, flags: int) -> Compiled:
    """What the last step of `re` is called with."""
    parsed = _compiler._parser.parse(source, flags)
    state = parsed.state
    names: list[str | None] = [None] * state.groups
    for name, number in state.groupdict.items():
        names[number] = name
    code = array(_WORD, map(int, _compiler._code(parsed, flags))).tobytes()
    all_flags = int(flags) | int(state.flags)
    return all_flags, code, state.groups - 1, dict(state.groupdict), tuple(names)


def _kind() -> tuple[bytes, int, int]:
    """What has to be the same where it is used: both machines, and their word."""
    return importlib.util.MAGIC_NUMBER, _sre.MAGIC, _sre.CODESIZE


# On being imported: whatever is loaded after this module is spared the work.
install()
