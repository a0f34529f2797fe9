"""The guests: the page of their charter, which in production the edge serves."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("guests", __name__)
published = Blueprint("guest_pages", __name__)

from blueprints.guests import views  # noqa: E402, F401
