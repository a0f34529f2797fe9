"""The people of the office."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from jada_flask.cli.shell import SHELL, in_words, secret_from_user
from jada_flask.domain.staff import Role
from jada_flask.services import office
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import parts

_ROLES = [role.value for role in Role]


@click.group()
def staff() -> None:
    """The people of the office."""


@staff.command("add")
@click.argument("user")
@click.argument("name")
@click.argument("email")
@click.option("--role", type=click.Choice(_ROLES), default="dispatcher")
@with_appcontext
def add(user: str, name: str, email: str, role: str) -> None:
    """Take somebody on: USER NAME EMAIL; asks for the password, or reads stdin."""
    kept = parts()
    with in_words():
        member = office.add(
            UnitOfWork(kept.office),
            user,
            name,
            email,
            role=role,
            password=secret_from_user(),
            by=SHELL,
            at=kept.ports.clock.now(),
        )
    click.echo(f"{member.user}  {member.name} <{member.email}>  {member.role}")


@staff.command("list")
@with_appcontext
def list_() -> None:
    """Everybody who ever worked here."""
    for one in office.everybody(UnitOfWork(parts().office)):
        state = "" if one.active else "left"
        click.echo(f"{one.user:16} {one.name:24} {one.role:11} {one.email} {state}")


@staff.command("sign-out")
@click.argument("user")
@click.option("--leave", is_flag=True, help="For good: they cannot sign in again.")
@with_appcontext
def sign_out(user: str, leave: bool) -> None:
    """End all sessions of somebody."""
    kept = parts()
    at = kept.ports.clock.now()
    with in_words():
        work = UnitOfWork(kept.office)
        member = office.end_sessions(work, user, leave=leave, by=SHELL, at=at)
    click.echo(f"{member.user} is signed out everywhere.")
