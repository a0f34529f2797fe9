"""JADA runs the charters of a small operator.

One booking does all of the office's work.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from jada_flask.domain.errors import ConfigError

__version__ = "0.1.0"


def create_app() -> Any:
    """What `flask --app jada_flask` finds; nothing is loaded before it is called."""
    # By name: whoever imports a module of the domain imports this file too, and the
    # layers should not see the whole application behind it.
    try:
        return import_module("jada_flask.app").create_app()
    except ConfigError as error:
        raise SystemExit(f"JADA does not start. {error}") from None
