"""Bookings from files: JSON, or a mail of a marketplace."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from jada_flask.arrivals import Desk
from jada_flask.cli.shell import SHELL
from jada_flask.cli.told import BAD, as_json, told
from jada_flask.services.worker import drain_of
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import parts


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.File("rb"))
@click.option("--json", "for_machines", is_flag=True, help="One JSON object each.")
@with_appcontext
def book(files: tuple[Any, ...], for_machines: bool) -> None:
    """Take bookings from FILES: JSON, JSON lines or a marketplace mail; `-` is stdin.

    Prints what became of each. Exits with 1 if any was refused or quarantined.
    """
    kept = parts()
    desk = Desk(lambda: UnitOfWork(kept.office), SHELL, kept.ports.clock.now())
    named = [(getattr(file, "name", "<stdin>"), file) for file in files]
    arrivals = [
        (name, arrival)
        for name, file in named
        for arrival in desk.receive(name, file.read())
    ]
    drain_of(kept.office, kept.ports).run()
    for name, arrival in arrivals:
        click.echo(
            as_json(kept, name, arrival) if for_machines else told(kept, arrival)
        )
    if any(arrival.verdict in BAD for _, arrival in arrivals):
        raise SystemExit(1)
