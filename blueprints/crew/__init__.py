"""The crew: their page, their answer, and the service that enters crew events.

No money.
"""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("crew", __name__)
services = Blueprint("crew_services", __name__)  # with the office's key, or its staff

from blueprints.crew import api, views  # noqa: E402, F401
