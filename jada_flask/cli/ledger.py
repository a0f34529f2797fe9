"""Checking the payment log, from the shell."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from jada_flask.services.ledger import verify
from jada_flask.web.context import parts


@click.group()
def ledger() -> None:
    """The payment log."""


@ledger.command("verify")
@with_appcontext
def verify_command() -> None:
    """Check that no entry was changed, taken out, moved or cut off.

    Exits with 1 and names the first broken entry of each event where it does not hold.
    """
    kept = parts()
    checked = verify(kept.ports.store, at=kept.ports.clock.now())
    for broken in checked.breaks:
        click.echo(f"Broken: {broken}")
    click.echo(f"{checked.events} events, {checked.entries} entries.")
    if checked.breaks:
        raise SystemExit(1)
    click.echo("Every chain holds.")
