"""The people who can be asked to crew."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from jada_flask.cli.shell import SHELL, in_words
from jada_flask.services import people
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import parts


@click.group()
def crew() -> None:
    """The people who can be asked."""


@crew.command("add")
@click.argument("crew_id")
@click.argument("name")
@click.argument("email")
@click.option(
    "--role", "roles", multiple=True, default=("deckhand",), show_default=True
)
@click.option("--phone", default="")
@with_appcontext
def add(
    crew_id: str, name: str, email: str, roles: tuple[str, ...], phone: str
) -> None:
    """Add somebody, or change who is there: CREW_ID NAME EMAIL."""
    kept = parts()
    with in_words():
        person = people.add(
            UnitOfWork(kept.office),
            crew_id,
            name,
            email,
            roles=roles,
            phone=phone,
            by=SHELL,
            at=kept.ports.clock.now(),
        )
    click.echo(
        f"{person.crew_id}  {person.name} <{person.email}>  {', '.join(person.roles)}"
    )


@crew.command("list")
@with_appcontext
def list_() -> None:
    """Everybody who can be asked."""
    work = UnitOfWork(parts().office)
    unreachable = people.unreachable(work)
    for person in people.everybody(work):
        roles = ", ".join(person.roles)
        click.echo(f"{person.crew_id:12} {person.name:24} {person.email:32} {roles}")
        told = unreachable.get(person.email)
        if told:
            click.echo(f"{'':12} {told.in_words} on {told.at:%Y-%m-%d}: {told.reason}.")
