"""What the operator is told of a booking: the payload of the bridge's wire contract."""

from __future__ import annotations

from typing import Any

from jada_flask.domain.booking import Booking, local_start
from jada_flask.domain.margin import Margin


def margin_lines(margin: Margin) -> dict[str, str]:
    """A margin as every answer writes it: decimal strings beside their currency."""
    return {
        "gross": margin.gross.plain,
        "crew_cost": margin.crew_cost.plain,
        "captain_cost": margin.captain_cost.plain,
        "port_fee": margin.port_fee.plain,
        "net": margin.net.plain,
        "currency": "USD",
    }


def hours(minutes: int) -> int | float:
    """Hours as JSON shows them: 3, or 2.5."""
    return minutes // 60 if minutes % 60 == 0 else round(minutes / 60, 4)


def summary_of(
    booking: Booking, *, guest_page_url: str, dispatch_url: str
) -> dict[str, Any]:
    """One revision of a booking in the bridge's own words."""
    terms = booking.terms
    start = local_start(terms)
    return {
        "kind": "booking_summary",
        "booking_id": booking.booking_id,
        "revision": booking.revision,
        "event_id": booking.event_id,
        "source": terms.source,
        "source_ref": terms.source_ref,
        "status": terms.status.value,
        "boat": terms.boat,
        "dock": terms.dock,
        "charter_date": start.date().isoformat(),
        "start_time": f"{start:%H:%M}",
        "duration_hours": hours(terms.duration_minutes),
        "guest_name": terms.guest.name,
        "party_size": terms.party_size,
        "margin": margin_lines(booking.margin),
        "crew": [{"crew_id": p.crew_id, "role": p.role} for p in terms.places],
        "guest_page_url": guest_page_url,
        "dispatch_url": dispatch_url,
    }
