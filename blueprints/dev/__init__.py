"""For whoever develops or tries it out, on one machine only: the mails that left."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("dev", __name__)

from blueprints.dev import views  # noqa: E402, F401
