"""Fetching booking mails, from the shell."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from jada_flask import intake_poll
from jada_flask.arrivals import Arrival
from jada_flask.cli.told import BAD, told
from jada_flask.domain.errors import JadaError
from jada_flask.intake_poll import INTAKE
from jada_flask.ports import InboxMail
from jada_flask.services.worker import drain_of
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import parts


@click.command()
@with_appcontext
def poll() -> None:
    """Take the booking mails that are new in the inbox, once; say what became of each.

    Exits with 1 when one was put in quarantine, or the inbox does not answer.
    """
    kept = parts()
    inbox = kept.ports.inbox
    if inbox is None:
        raise click.ClickException("No inbox is set up; see JADA_INTAKE_LABEL.")
    arrivals: list[tuple[InboxMail, Arrival]] = []
    trouble = ""
    try:
        intake_poll.poll(
            lambda: UnitOfWork(kept.office),
            inbox,
            INTAKE,
            kept.ports.clock.now(),
            tell=lambda mail, arrival: arrivals.append((mail, arrival)),
        )
    except JadaError as error:
        trouble = str(error)
    drain_of(kept.office, kept.ports).run()
    for mail, arrival in arrivals:
        click.echo(f"{mail.name}: {told(kept, arrival)}")
    if trouble:
        raise click.ClickException(trouble)
    if not arrivals:
        click.echo("Nothing is new.")
    if any(arrival.verdict in BAD for _, arrival in arrivals):
        raise SystemExit(1)
