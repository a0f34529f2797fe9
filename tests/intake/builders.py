"""Bodies as the contract shows them; a test names only what differs."""

from __future__ import annotations

import json
from typing import Any

from jada_flask.domain.booking import Terms
from jada_flask.house import default_operations
from jada_flask.intake.body import BOOKING
from jada_flask.intake.schema import load
from jada_flask.intake.strict_json import loads
from jada_flask.intake.terms import booking_terms

OPERATIONS = default_operations()


def booking(**changes: Any) -> dict[str, Any]:
    """The contract's sample booking; a change to `...` takes the field out."""
    body = {
        "source": "boatsetter",
        "source_ref": "BS-1048213",
        "status": "approved",
        "charter_type": "time_charter",
        "boat": "jada",
        "dock": "sheraton",
        "charter_date": "2026-05-30",
        "start_time": "16:30",
        "duration_hours": 3,
        "guest": {
            "name": "Avery Example",
            "email": "avery@example.com",
            "phone": "+1 619 555 0142",
        },
        "party_size": 4,
        "gross_revenue": "840.75",
        "list_price": "950.00",
        "platform_fee": "109.25",
        "captain_id": "CAP_001",
        "crew": [
            {"crew_id": "CREW_001", "role": "deckhand"},
            {"crew_id": "CREW_002", "role": "deckhand"},
        ],
        "special_requests": "We bring a cake.",
    } | changes
    return {name: value for name, value in body.items() if value is not ...}


def terms(**changes: Any) -> Terms:
    """What the sample booking, so changed, comes to when it is sent as JSON."""
    sent = loads(json.dumps(booking(**changes)).encode())
    return booking_terms(load(BOOKING, sent), OPERATIONS)
