"""Commands for whoever looks after the installation."""

from __future__ import annotations

from click import Command, Context
from flask import Flask
from flask.cli import AppGroup


class Commands(AppGroup):
    """All of ours, loaded when the first is asked for: who serves never asks."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Their names, in order."""
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The one of this name, if there is one."""
        self._load()
        return super().get_command(ctx, cmd_name)

    def _load(self) -> None:
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

        for command in (
            book.book,
            poll.poll,
            outbox.drain,
            secrets.hash_secret,
            people.crew,
            staff.staff,
            ledger.ledger,
            reconcile.reconcile,
            doctor.doctor,
            installation.export,
            installation.import_,
        ):
            self.add_command(command)


def install(app: Flask) -> None:
    """Give the application its commands."""
    app.cli = Commands(app.name)
