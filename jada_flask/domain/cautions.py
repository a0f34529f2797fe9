"""What a person should look at in a booking before it goes wrong. Staff only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from jada_flask.domain.booking import Caution, CharterType, Status, Terms, local_start
from jada_flask.domain.errors import InvalidError
from jada_flask.domain.house import Operations
from jada_flask.domain.price_cautions import price_cautions
from jada_flask.domain.rates import House

_PASSENGERS = {CharterType.TIME_CHARTER: 6, CharterType.BAREBOAT: 12}
_SHORT = timedelta(hours=12)
_EVENING = timedelta(hours=4)  # what begins so close to sunset is an evening's charter
_NEARLY = timedelta(hours=1)
_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Engagement:
    """Another charter that takes up a boat or a person.

    `who` is ``BOAT#jada``, busy from departure to return, or ``CREW#CREW_001``, busy
    from call to release.
    """

    who: str
    label: str
    start: datetime
    end: datetime
    event_id: str


def cautions_for(
    terms: Terms,
    house: House,
    *,
    sunset: datetime | None,
    others: Iterable[Engagement],
    at: datetime,
) -> tuple[Caution, ...]:
    """Everything about these terms that a person should look at, the gravest first.

    `sunset` is of the charter's day at its dock; `others` are engagements of the same
    boat and people, this charter's own left out. A cancelled booking worries nobody.
    """
    if terms.status is Status.CANCELLED:
        return ()
    return (
        *_party(terms, house.operations),
        *_clashes(terms, house.operations, others),
        *_notice(terms, at),
        *_light(terms, sunset),
        *price_cautions(terms, house),
    )


def _party(terms: Terms, operations: Operations) -> Iterator[Caution]:
    """How many may come, and whom the owner may pay, by the type of charter."""
    boat = operations.boat(terms.boat)
    most = _PASSENGERS.get(terms.charter_type, boat.certified_passengers)
    kind = terms.charter_type.replace("_", " ")
    if most is None:
        yield Caution(
            "no_certificate",
            f"The house data has no certificate of inspection for {boat.name}, so she "
            "cannot sail as an inspected vessel. Enter how many passengers it allows, "
            "or change the charter type.",
        )
    elif terms.party_size > most:
        yield Caution(
            "too_many_passengers",
            f"{terms.party_size} passengers are booked; as {kind} at most {most} may "
            "come. Reduce the party, or change the charter type.",
        )
    if terms.charter_type is CharterType.BAREBOAT and terms.places:
        yield Caution(
            "bareboat_with_crew",
            "On a bareboat charter the charterer chooses and pays captain and crew, "
            "and the owner stays ashore. Take our people off, or make it a time "
            "charter.",
        )


def _clashes(
    terms: Terms, operations: Operations, others: Iterable[Engagement]
) -> Iterator[Caution]:
    """The boat or a person with too little time between this charter and another."""
    call = terms.start - timedelta(minutes=operations.setup_minutes)
    release = terms.end + timedelta(minutes=operations.cleanup_minutes)
    busy = {f"CREW#{place.crew_id}": (call, release) for place in terms.places}
    busy[f"BOAT#{terms.boat}"] = (terms.start, terms.end)
    buffer = timedelta(minutes=operations.buffer_minutes)
    for other in others:
        if other.who not in busy:
            continue
        start, end = busy[other.who]
        if start < other.end + buffer and other.start < end + buffer:
            yield _clash(terms, operations, other)


def _clash(terms: Terms, operations: Operations, other: Engagement) -> Caution:
    zone = ZoneInfo(terms.time_zone)
    when = (
        f"from {_clock(other.start, zone)} to {_clock(other.end, zone)} on "
        f"{_day(other.start.astimezone(zone))}"
    )
    pause = f"{operations.buffer_minutes} minutes are to lie between"
    kind, _, name = other.who.partition("#")
    if kind == "BOAT":
        return Caution(
            "boat_double_booked",
            f"{operations.boat(terms.boat).name} is also out {when} ({other.label}); "
            f"{pause}. Move one of the two charters.",
        )
    return Caution(
        "crew_double_booked",
        f"{_name(operations, name)} is also needed {when}, set-up and clean-up "
        f"included; {pause}. Ask somebody else for one of the two charters.",
    )


def _notice(terms: Terms, at: datetime) -> Iterator[Caution]:
    """A start that has passed, or comes sooner than people read their mail."""
    local = local_start(terms)
    start = f"It starts at {local:%H:%M} on {_day(local)} {local.year}"
    if terms.start < at:
        yield Caution("in_the_past", f"{start}, which has passed. Check the date.")
    elif terms.start - at < _SHORT and terms.places:
        yield Caution(
            "short_notice",
            f"{start}, in less than twelve hours. Call the crew; a mail may come too "
            "late.",
        )


def _light(terms: Terms, sunset: datetime | None) -> Iterator[Caution]:
    """A charter that is meant for the sunset, by words or its hour, and misses it."""
    if sunset is None or terms.start <= sunset <= terms.end:
        return
    missed = sunset - terms.end
    evening = sunset - terms.start <= _EVENING and _NONE < missed < _NEARLY
    if not evening and "sunset" not in terms.special_requests.casefold():
        return
    zone = ZoneInfo(terms.time_zone)
    if missed > _NONE:
        fact = f"It ends at {_clock(terms.end, zone)}, {_span(missed)} before"
    else:
        after = _span(terms.start - sunset)
        fact = f"It starts at {_clock(terms.start, zone)}, {after} after"
    start = _quarter_after(sunset - (terms.end - terms.start), zone)
    end = start + (terms.end - terms.start)
    yield Caution(
        "sunset_missed",
        f"{fact} sunset ({_clock(sunset, zone)}). A start at {_clock(start, zone)} "
        f"would end at {_clock(end, zone)}, just after it: offer that to the guest.",
    )


def _quarter_after(moment: datetime, zone: ZoneInfo) -> datetime:
    """The next quarter of an hour on the dock's clock, five minutes on or more."""
    local = (moment + timedelta(minutes=5)).astimezone(zone)
    past = timedelta(minutes=local.minute % 15, seconds=local.second)
    return moment + timedelta(minutes=5) + -past % timedelta(minutes=15)


def _name(operations: Operations, crew_id: str) -> str:
    try:
        return operations.person(crew_id).name
    except InvalidError:  # who has left the house may still be in old terms
        return crew_id


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"


def _day(local: datetime) -> str:
    return f"{local:%A} {local.day} {local:%B}"


def _span(length: timedelta) -> str:
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    shown = f"{minutes} minute" if minutes == 1 else f"{minutes} minutes"
    return f"{hours} h {minutes} min" if hours else shown
