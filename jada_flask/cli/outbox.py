"""Sending what is due, from the shell."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from jada_flask.domain.outbox import State
from jada_flask.services.worker import drain_of
from jada_flask.web.context import parts


@click.command()
@with_appcontext
def drain() -> None:
    """Send the messages that are due, once; print how many ended in which state.

    Exits with 1 when a message was given up, so that a schedule can complain.
    """
    kept = parts()
    tally = drain_of(kept.office, kept.ports).run()
    for state in (State.DONE, State.SKIPPED, State.FAILED, State.DEAD):
        click.echo(f"{state:8} {tally[state]:4}")
    if tally[State.DEAD]:
        raise SystemExit(1)
