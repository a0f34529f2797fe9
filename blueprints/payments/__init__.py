"""The roster and the payments that patrons make, as staff keep them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("payments", __name__)

from blueprints.payments import api, api_reading, api_roster, webhook  # noqa: E402, F401
