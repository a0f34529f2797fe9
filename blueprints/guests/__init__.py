"""The guests: the page of their charter."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("guests", __name__)

from blueprints.guests import views  # noqa: E402, F401
