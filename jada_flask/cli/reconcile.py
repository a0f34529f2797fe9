"""Money from outside, from the shell: a payout file, line by line."""

from __future__ import annotations

from typing import BinaryIO

import click
from flask.cli import with_appcontext

from jada_flask.cli.shell import SHELL, in_words
from jada_flask.domain.errors import InvalidError
from jada_flask.domain.reconciliation import Taken
from jada_flask.intake.receipt_files import SOURCES, read
from jada_flask.intake.sheet import LARGEST, Told
from jada_flask.services import reconciling
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import parts


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--source", type=click.Choice(list(SOURCES)), required=True)
@with_appcontext
def reconcile(file: BinaryIO, source: str) -> None:
    """Take the receipts of a payout FILE (`-` for stdin) and print what each came to.

    The same file again counts nothing twice. Exits with 1 when a line is not explained.
    """
    kept = parts()
    raw = file.read(LARGEST + 1)
    with in_words():
        told = _read(raw, source)
        report = reconciling.take_file(
            UnitOfWork(kept.office),
            source,
            raw,
            told.receipts,
            name=getattr(file, "name", "").rpartition("/")[2][-100:],
            passed_over=told.passed_over,
            by=SHELL,
            at=kept.ports.clock.now(),
        )
    for line in report.lines:
        click.echo(_line(line))
    for words in told.passed_over:
        click.echo(f"passed over  {words}")
    if not all(line.explained for line in report.lines):
        raise SystemExit(1)


def _read(raw: bytes, source: str) -> Told:
    """The file; with each wrong line on a line of its own where it is refused."""
    try:
        return read(source, raw)
    except InvalidError as error:
        told = [f"{fault.field}: {fault.message}" for fault in error.faults]
        raise click.ClickException("\n".join(told)) from None


def _line(taken: Taken) -> str:
    match, receipt = taken.match, taken.receipt
    word = "explained" if taken.explained else "UNEXPLAINED"
    sums = (
        f"expected {match.expected.plain}  fee {match.fee.plain}  "
        f"received {match.received.plain}  difference {match.difference.plain}"
    )
    words = " ".join((*taken.words, taken.reason)).strip()
    return f"{word:11}  {taken.state:9}  {receipt.source_id}  {sums}  {_seen(words)}"


def _seen(words: str) -> str:
    """What a stranger wrote does not steer a terminal."""
    return "".join(char if char.isprintable() else "�" for char in words)
