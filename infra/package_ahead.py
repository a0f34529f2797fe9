"""Run by Lambda's Python inside a package: writes what `jada_flask.ahead` reads.

python package_ahead.py   # in the package's folder, which is on the path
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import walk_packages

import blueprints
import jada_flask
from jada_flask import ahead

# What serves on one machine: it would begin to, or is not in the package.
_NOT_THERE = ("jada_flask.wsgi", "jada_flask.serve")
# Of the libraries that are loaded later, the one that every page of a stage needs.
_LATER = ("botocore.session", "botocore.httpsession", "botocore.handlers")


def main() -> None:
    """Load all that is ours, and keep what was compiled on the way."""
    work = ahead.record()
    for name in (*_names(jada_flask.__path__), *_names(blueprints.__path__), *_LATER):
        import_module(name)
    ahead.write(work, ahead.FILE)


def _names(path: Iterable[str]) -> list[str]:
    prefix = "jada_flask." if path is jada_flask.__path__ else "blueprints."
    found = sorted(module.name for module in walk_packages(path, prefix))
    return [name for name in found if not name.startswith(_NOT_THERE)]


if __name__ == "__main__":
    main()
