"""Looking whether everything is well."""

from __future__ import annotations

import os

import click
from flask.cli import with_appcontext

from jada_flask.web.checkup import checkup
from jada_flask.web.context import parts


@click.command()
@with_appcontext
def doctor() -> None:
    """Check every setting and outside connection of this stage, one line each.

    Secrets are never shown. Exits with 1 when something is not well.
    """
    kept = parts()
    click.echo(f"stage {kept.config.stage}, {kept.config.base_url}")
    findings = list(checkup(kept, (name for name in os.environ if os.environ[name])))
    for finding in findings:
        click.echo(
            f"{'ok  ' if finding.well else 'FAIL'} {finding.name}: {finding.words}"
        )
    if not all(finding.well for finding in findings):
        raise SystemExit(1)
