"""Hashes for the settings."""

from __future__ import annotations

import click

from jada_flask.cli.shell import in_words, secret_from_user
from jada_flask.hashes import GOOD_PASSWORD, hash_password, hash_token


@click.command("hash-secret")
@click.option("--token", is_flag=True, help="A generated token of 128 bits or more.")
def hash_secret(token: bool) -> None:
    """Read a secret from the terminal or stdin and print its hash for a setting.

    A password gives a slow hash for ADMIN_PASS_HASH; with --token a random token gives
    a fast one for SERVICE_KEY_HASH and DASHBOARD_TOKEN_HASH.
    """
    secret = secret_from_user()
    with in_words():
        hashed = hash_token(secret) if token else hash_password(secret)
    if not token and len(secret) < GOOD_PASSWORD:
        click.echo(f"{GOOD_PASSWORD} characters or more would be better.", err=True)
    click.echo(hashed)
