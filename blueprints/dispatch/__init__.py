"""The office: bookings, calendar, the day's charters, the outbox."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("dispatch", __name__)

from blueprints.dispatch import (  # noqa: E402
    about,  # noqa: F401
    api,  # noqa: F401
    api_events,  # noqa: F401
    booking_views,  # noqa: F401
    entry_views,  # noqa: F401
    event_views,  # noqa: F401
    mail_views,  # noqa: F401
    payment_views,  # noqa: F401
    quarantine_views,  # noqa: F401
    report_views,  # noqa: F401
    roster_views,  # noqa: F401
    signin,  # noqa: F401
    views,  # noqa: F401
)
