"""For whoever tries it out, on one machine only: the mails that left, the photos."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("dev", __name__)

from blueprints.dev import storage, views  # noqa: E402, F401
