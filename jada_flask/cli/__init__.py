"""Commands for whoever looks after the installation."""

from __future__ import annotations

from flask import Flask

from jada_flask.cli import (
    book,
    doctor,
    installation,
    ledger,
    outbox,
    people,
    poll,
    reconcile,
    secrets,
    staff,
)


def install(app: Flask) -> None:
    """Give the application its commands."""
    app.cli.add_command(book.book)
    app.cli.add_command(poll.poll)
    app.cli.add_command(outbox.drain)
    app.cli.add_command(secrets.hash_secret)
    app.cli.add_command(people.crew)
    app.cli.add_command(staff.staff)
    app.cli.add_command(ledger.ledger)
    app.cli.add_command(reconcile.reconcile)
    app.cli.add_command(doctor.doctor)
    app.cli.add_command(installation.export)
    app.cli.add_command(installation.import_)
