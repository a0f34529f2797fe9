"""The roster and the payments that patrons make, as staff keep them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("payments", __name__)

from blueprints.payments import (  # noqa: E402
    api,  # noqa: F401
    api_reading,  # noqa: F401
    api_roster,  # noqa: F401
    money,  # noqa: F401
    reports,  # noqa: F401
    webhook,  # noqa: F401
)
