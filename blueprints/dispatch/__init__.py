"""The office: bookings, calendar, the day's charters, the outbox."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("dispatch", __name__)

from blueprints.dispatch import about, api, api_events, signin, views  # noqa: E402, F401
