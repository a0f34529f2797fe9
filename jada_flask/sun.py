"""When the sun sets over a dock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=512)  # the warnings and the checklist of a charter both ask
def sunset(
    latitude: float, longitude: float, zone: ZoneInfo, day: date
) -> datetime | None:
    """When the sun is gone, in UTC; None where it does not set on that local day."""
    from astral import Observer, sun  # heavy, and most requests never ask for the sun

    try:
        moment = sun.sunset(Observer(latitude, longitude), day, tzinfo=zone)
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(microsecond=0)


@lru_cache(maxsize=512)
def dusk(
    latitude: float, longitude: float, zone: ZoneInfo, day: date
) -> datetime | None:
    """When civil twilight ends, in UTC; None where it never does."""
    from astral import Observer, sun

    try:
        moment = sun.dusk(Observer(latitude, longitude), day, tzinfo=zone)
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(microsecond=0)
