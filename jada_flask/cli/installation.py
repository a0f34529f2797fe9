"""All data of an installation as one file, and back."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from jada_flask.cli.shell import in_words
from jada_flask.transfer import export_lines, import_lines
from jada_flask.web.context import parts


@click.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8"), default="-")
@with_appcontext
def export(file: Any) -> None:
    """Write all data of the store to FILE as JSON lines, the same on every engine."""
    for line in export_lines(parts().ports.store):
        file.write(line)


@click.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@with_appcontext
def import_(file: Any) -> None:
    """Write what FILE holds and the store lacks; nothing is ever overwritten."""
    with in_words():
        counts = import_lines(parts().ports.store, file)
    for table, count in counts.items():
        click.echo(f"{table:10} {count:7}")
