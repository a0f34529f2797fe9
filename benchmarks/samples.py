"""Bookings as a marketplace sends them, as many as wanted: one charter a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

_FIRST = date(2027, 1, 1)


def body(number: int) -> dict[str, Any]:
    """The body of one booking; another number is another booking on another day."""
    return {
        "source": "boatsetter",
        "source_ref": f"BS-{number}",
        "boat": "jada",
        "dock": "sheraton",
        "charter_date": str(_FIRST + timedelta(days=number)),
        "start_time": "14:30",
        "duration_hours": 3,
        "guest": {
            "name": "Dana Whitfield",
            "email": f"dana.whitfield.{number}@example.com",
            "phone": "+1 619 555 0142",
        },
        "party_size": 4,
        "gross_revenue": 840.75,
        "list_price": "950.00",
        "platform_fee": "109.25",
        "special_requests": "A birthday on board: could we hang a small banner?",
    }
