"""Records of the table Finance.

Out of reach for everything that crew and guests call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jada_flask.domain.booking import Booking
from jada_flask.domain.calendar import CalendarEntry
from jada_flask.domain.quarantine import Original, Quarantined
from jada_flask.domain.rates import Rates
from jada_flask.ports import Item
from jada_flask.records.kinds import Kind, decade
from jada_flask.records.operations import HEAD, stamp
from jada_flask.tables import FINANCE


def _booking_facets(booking: Booking) -> Item:
    start = booking.terms.start
    return {
        "year": f"BOOKING#{decade(start.year)}",
        "start_id": f"{stamp(start)}#{booking.booking_id}",
    }


BOOKING = Kind(
    Booking,
    FINANCE,
    key=lambda booking_id: (f"BOOKING#{booking_id}", HEAD),
    ids=lambda booking: (booking.booking_id,),
    facets=_booking_facets,
)


def _calendar_facets(entry: CalendarEntry) -> Item:
    day = entry.charter_date
    return {
        "year": f"CALENDAR#{decade(day.year)}",
        "start_id": f"{day}#{entry.entry_id}",
    }


CALENDAR = Kind(
    CalendarEntry,
    FINANCE,
    key=lambda entry_id: (f"CALENDAR#{entry_id}", HEAD),
    ids=lambda entry: (entry.entry_id,),
    facets=_calendar_facets,
)

RATES = Kind(Rates, FINANCE, key=lambda: ("HOUSE", "rates"), ids=lambda rates: ())


def _quarantine_facets(kept: Quarantined) -> Item:
    """Listed while nobody is done with it."""
    if kept.settled_at:
        return {}
    return {
        "year": OPEN_ARRIVALS,
        "start_id": f"{stamp(kept.arrived_at)}#{kept.arrival_id}",
    }


# A mail in quarantine may say what a guest paid.
OPEN_ARRIVALS = "QUARANTINE#open"
QUARANTINE = Kind(
    Quarantined,
    FINANCE,
    key=lambda arrival_id: (f"QUARANTINE#{arrival_id}", HEAD),
    ids=lambda kept: (kept.arrival_id,),
    facets=_quarantine_facets,
)
ORIGINAL = Kind(
    Original,
    FINANCE,
    key=lambda arrival_id: (f"QUARANTINE#{arrival_id}", "original"),
    ids=lambda original: (original.arrival_id,),
    facets=lambda original: (
        {"expires": int(original.until.timestamp())} if original.until else {}
    ),
)


@dataclass(frozen=True, slots=True)
class Held:
    """That arrivals wait in quarantine; other pages look for them only then."""

    at: datetime


HELD = Kind(Held, FINANCE, key=lambda: ("QUARANTINE", HEAD), ids=lambda held: ())
