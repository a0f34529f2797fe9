"""Whole things as the outside sends them; a test names only what it is about."""

from __future__ import annotations

from typing import Any

NOBODY_KNOWS = "aaaaaaaaaaaaaaaaaaaaaaaaaa"  # a slug as good as any


def booking(**changes: Any) -> dict[str, Any]:
    """The contract's sample booking; a change to `...` takes the field out."""
    body: dict[str, Any] = {
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
        "gross_revenue": 840.75,
        "list_price": 950.00,
        "platform_fee": 109.25,
        "captain_id": "CAP_001",
        "crew": [
            {"crew_id": "CREW_001", "role": "deckhand"},
            {"crew_id": "CREW_002", "role": "deckhand"},
        ],
        "special_requests": "We bring a cake.",
    }
    body |= changes
    return {name: value for name, value in body.items() if value is not ...}


def deckhands(*crew_ids: str) -> list[dict[str, str]]:
    return [{"crew_id": crew_id, "role": "deckhand"} for crew_id in crew_ids]


def calendar_entry(**changes: Any) -> dict[str, Any]:
    """The contract's sample as a script of the office enters it."""
    body: dict[str, Any] = {
        "event_type": "booking",
        "source": "boatsetter",
        "charter_date": "2026-05-30",
        "duration_hours": 3,
        "gross_revenue": 840.75,
        "crew_cost": 250.00,
        "captain_cost": 150.00,
        "port_fee_percent": 18,
        "net_revenue": 289.41,
    }
    body |= changes
    return {name: value for name, value in body.items() if value is not ...}


def crew_event(**changes: Any) -> dict[str, Any]:
    """A delivery trip, as another service enters it."""
    body: dict[str, Any] = {
        "event_name": "Delivery to Ensenada",
        "event_date": "2026-06-02T08:00:00-07:00",
        "duration_minutes": 480,
        "crew_assignments": [
            {"crew_id": "CREW_001", "role": "deckhand", "duration_hours": 9}
        ],
        "captain_id": "CAP_001",
        "location": "Sheraton dock",
        "notes": "Bring passports.",
    }
    body |= changes
    return {name: value for name, value in body.items() if value is not ...}
