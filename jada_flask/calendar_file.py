"""Calendar files for the crew's phones."""

from __future__ import annotations

from datetime import UTC, datetime

from jada_flask.domain.crew import CrewAssignment
from jada_flask.domain.event import Event


def charter_file(event: Event, place: CrewAssignment, *, url: str) -> bytes:
    """One charter as an iCalendar file, from call time to release.

    Holds no guest contacts.
    """
    # Half a megabyte of Python that only this and the feed need.
    from icalendar import Calendar
    from icalendar import Event as Entry

    entry = Entry()
    entry.add("uid", f"{event.event_id}-{place.crew_id}@jada")
    entry.add("sequence", event.revision)
    entry.add("dtstamp", place.answered_at or _stable(event))
    entry.add("dtstart", place.call_time.astimezone(UTC))
    entry.add("dtend", place.release_time.astimezone(UTC))
    entry.add("summary", f"{event.boat_name or event.name} ({place.role})")
    entry.add("location", event.location)
    entry.add("url", url)
    departure = event.local_start
    entry.add(
        "description",
        f"Departure {departure:%H:%M}, {event.duration_minutes} minutes, "
        f"{event.party_size} guests.",
    )
    entry.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//JADA//crew//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def _stable(event: Event) -> datetime:
    """A stamp that is the same each time the same mail is made."""
    return event.start.replace(microsecond=0)
