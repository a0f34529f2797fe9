"""From a checked body to terms: ids looked up, times placed, crew named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jada_flask.domain.booking import CharterType, Guest, Terms
from jada_flask.domain.clock import start_of
from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.domain.house import CrewRole, Dock, Operations
from jada_flask.domain.margin import Margin, margin_of
from jada_flask.domain.money import Money
from jada_flask.domain.places import check_places, places_of, raise_together
from jada_flask.domain.rates import Rates


def booking_terms(data: Mapping[str, Any], operations: Operations) -> Terms:
    """The terms that a loaded `BookingBody` states.

    Refuses unknown boats, docks and crew, a person who stands aboard twice, and times
    that the clock at the dock does not show exactly once.
    """
    captain_id, crew = _aboard(data, data["boat"], operations)
    raise_together(
        lambda: operations.boat(data["boat"]),
        lambda: _start(data, operations.dock(data["dock"])),
        lambda: check_places(crew, captain_id, operations),
    )
    dock = operations.dock(data["dock"])
    return Terms(
        source=data["source"],
        source_ref=data["source_ref"],
        boat=data["boat"],
        dock=dock.dock_id,
        start=_start(data, dock),
        duration_minutes=data["duration_hours"],
        guest=Guest(**data["guest"]),
        party_size=data["party_size"],
        gross=data["gross_revenue"],
        time_zone=dock.time_zone,
        status=data["status"],
        charter_type=data["charter_type"],
        list_price=data["list_price"],
        platform_fee=data["platform_fee"],
        captain_id=captain_id,
        crew=crew,
        special_requests=data["special_requests"],
    )


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a margin is reckoned from, of a booking that is not kept."""

    gross: Money
    duration_minutes: int
    onsite_minutes: int
    crew: tuple[CrewRole, ...]
    captain_id: str | None
    dock: str
    day: date | None = None
    source: str = ""

    def margin(self, rates: Rates, today: date) -> Margin:
        """Its margin, with the dock's fee of its day, else of `today`."""
        day = self.day or today
        return margin_of(
            self.gross,
            duration_minutes=self.duration_minutes,
            onsite_minutes=self.onsite_minutes,
            crew=self.crew,
            captain_id=rates.captain_we_pay(self.source, day, self.captain_id),
            rates=rates,
            port_percent=rates.port_percent(self.dock, day),
        )


def what_if(data: Mapping[str, Any], operations: Operations) -> WhatIf:
    """The what-if that a loaded `MarginBody` states.

    Where it names no boat or no dock, the first one of the house is meant.
    """
    boat_id = data.get("boat", operations.boats[0].boat_id)
    dock_id = data.get("dock", operations.docks[0].dock_id)
    captain_id, crew = _aboard(data, boat_id, operations)
    raise_together(
        lambda: operations.boat(boat_id),
        lambda: _day(data, operations.dock(dock_id)),
        lambda: check_places(crew, captain_id, operations),
    )
    minutes: int = data["duration_hours"]
    return WhatIf(
        gross=data["gross_revenue"],
        duration_minutes=minutes,
        onsite_minutes=minutes + operations.setup_minutes + operations.cleanup_minutes,
        crew=crew,
        captain_id=captain_id,
        dock=dock_id,
        day=_day(data, operations.dock(dock_id)),
        source=data.get("source", ""),
    )


def calendar_margin(data: Mapping[str, Any]) -> Margin:
    """The margin that a loaded `CalendarBody` states, if its net follows."""
    margin = Margin(
        gross=data["gross_revenue"],
        crew_cost=data["crew_cost"],
        captain_cost=data["captain_cost"],
        port_fee=data["gross_revenue"].percent(data["port_fee_percent"]),
        port_fee_percent=data["port_fee_percent"],
    )
    if margin.net != data["net_revenue"]:
        words = (
            f"{margin.gross.plain} less {margin.crew_cost.plain} for crew, "
            f"{margin.captain_cost.plain} for the captain and {margin.port_fee.plain} "
            f"port fee leaves {margin.net.plain}, not {data['net_revenue'].plain}."
        )
        raise InvalidError(Fault("net_revenue", words))
    return margin


def _aboard(
    data: Mapping[str, Any], boat_id: str, operations: Operations
) -> tuple[str | None, tuple[CrewRole, ...]]:
    """Captain and crew: as named, else the boat's usual ones.

    A bareboat charterer chooses crew; so nobody of ours is meant unless named.
    """
    boat = next((boat for boat in operations.boats if boat.boat_id == boat_id), None)
    usual = None if data["charter_type"] is CharterType.BAREBOAT else boat
    captain_id: str | None = (usual and usual.standard_captain) or None
    if "captain_id" in data:
        captain_id = data["captain_id"]
    if "crew" in data:
        return captain_id, places_of(data["crew"])
    crew = usual.standard_crew if usual else ()
    return captain_id, tuple(place for place in crew if place.crew_id != captain_id)


def _start(data: Mapping[str, Any], dock: Dock) -> datetime:
    """The moment it starts: by `start`, if the rest agrees, or by the dock's clock."""
    start: datetime | None = data.get("start")
    if start is None:
        return start_of(data["charter_date"], data["start_time"], dock.zone)
    local = start.astimezone(dock.zone)
    shown = {"charter_date": local.date(), "start_time": local.time()}
    faults = [
        Fault(
            name, f"`start` means {value} at the dock; leave this out or let it agree."
        )
        for name, value in shown.items()
        if name in data and data[name] != value
    ]
    if faults:
        raise InvalidError(*faults)
    return start


def _day(data: Mapping[str, Any], dock: Dock) -> date | None:
    """The day of a charter, as far as it is known."""
    if "start" in data:
        return _start(data, dock).astimezone(dock.zone).date()
    day: date | None = data.get("charter_date")
    return day
