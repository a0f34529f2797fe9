"""What commands share: who acts, how an error is said, how a secret is read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import JadaError

SHELL = Actor("shell")


@contextmanager
def in_words() -> Iterator[None]:
    """Let what is refused end in its sentence and exit code 1."""
    try:
        yield
    except JadaError as error:
        raise click.ClickException(str(error)) from None


def secret_from_user() -> str:
    """A secret from the terminal, unseen and twice, or the first line of stdin."""
    if sys.stdin.isatty():
        asked: str = click.prompt("Secret", hide_input=True, confirmation_prompt=True)
        return asked
    return sys.stdin.readline().rstrip("\r\n")
