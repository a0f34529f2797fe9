"""What guests see: the page of their charter."""

from __future__ import annotations

from urllib.parse import urlencode

from jada_flask.domain.event import Event
from jada_flask.domain.house import Operations
from jada_flask.rendering import render
from jada_flask.sun import sunset


def guest_page(event: Event, operations: Operations) -> str:
    """The whole page as one HTML document.

    It asks nobody for anything when it is shown.
    """
    boat, dock = operations.boat(event.boat), operations.dock(event.dock)
    place = urlencode({"api": 1, "query": f"{dock.latitude},{dock.longitude}"})
    return render(
        "guests/page.html",
        event=event,
        boat=boat,
        dock=dock,
        operator=operations,
        sunset=sunset(
            dock.latitude, dock.longitude, dock.zone, event.local_start.date()
        ),
        map_url=f"https://www.google.com/maps/search/?{place}",
    )
