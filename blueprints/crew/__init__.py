"""The crew: their page, their answer, and the service that enters crew events.

No money.
"""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("crew", __name__)

from blueprints.crew import api, views  # noqa: E402, F401
