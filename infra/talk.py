"""How a deployment talks with whoever runs it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said, asked, shown once, and agreed to."""

    say: Say
    ask: Callable[[str], str]  # an answer that all may see; empty for none
    ask_hidden: Callable[[str], str]
    reveal: Say  # a secret that was made up: shown once, kept in no log
    agreed: Callable[[str], bool]  # to what the plan says, for this stage


def with_terminal(*, yes: bool = False) -> Talk:
    """Talk with a person; where there is none, stdin has the secrets, one a line."""

    def agreed(stage: str) -> bool:
        """`CONFIRM=<stage>` agrees in advance; `--yes` does so but for production."""
        if os.environ.get("CONFIRM") == stage or (yes and stage != "production"):
            return True
        if not sys.stdin.isatty():
            print(f"CONFIRM={stage} agrees to this plan.")
            return False
        return input(f"Type {stage} to go on: ").strip() == stage

    return Talk(_say, _ask, _ask_hidden, _reveal, agreed)


def _say(text: str) -> None:
    print(text, flush=True)


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        return ""  # the environment is where it would be
    print(question)
    return input("> ").strip()


def _ask_hidden(question: str) -> str:
    if sys.stdin.isatty():
        return getpass(f"{question}\n> ").strip()
    print(f"{question} a line of stdin", flush=True)
    return sys.stdin.readline().strip()


def _reveal(text: str) -> None:
    """To the terminal itself, past whatever keeps the output."""
    try:
        with Path("/dev/tty").open("w") as terminal:
            terminal.write(f"{text}\n")
    except OSError:
        print(text, file=sys.stderr, flush=True)
