"""From what stands behind a mail's labels to terms, without a guess.

What is missing, said twice and differently, or does not fit the house is a `ValueError`
or `InvalidError` whose message is fit to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from jada_flask.domain.booking import CharterType, Status, Terms
from jada_flask.domain.clock import start_of
from jada_flask.domain.house import Boat, Dock, Operations
from jada_flask.domain.money import Money
from jada_flask.intake import us_style
from jada_flask.intake.body import BOOKING
from jada_flask.intake.schema import load
from jada_flask.intake.terms import booking_terms
from jada_flask.intake.us_style import Clock, Span

T = TypeVar("T")
Found = Mapping[str, list[str]]

_NAMES = {
    "boat": "the boat",
    "span": "the trip",
    "day": "the date",
    "start": "the start time",
    "end": "the end time",
    "length": "the duration",
    "guests": "the number of guests",
    "place": "the place",
    "name": "the guest's name",
    "email": "the guest's e-mail address",
    "phone": "the guest's telephone number",
    "price": "the rental price",
    "fee": "the service fee",
    "payout": "the owner's payout",
    "agreement": "the charter type",
}
_NEEDED = ("boat", "guests", "name", "email", "price", "fee", "payout")
_AGREEMENTS = {
    "time charter": CharterType.TIME_CHARTER,
    "captained charter": CharterType.TIME_CHARTER,
    "bareboat": CharterType.BAREBOAT,
    "bareboat charter": CharterType.BAREBOAT,
    "inspected vessel": CharterType.INSPECTED,
}


def terms_of(
    found: Found,
    *,
    source: str,
    source_ref: str,
    status: Status,
    operations: Operations,
) -> Terms:
    """The terms that the labelled values of a mail state, all of them at once."""
    _check_complete(found)
    places = {"place": found.get("place", [""])}
    dock = _one(places, "place", partial(_dock, operations))
    span = _span(found)
    price, fee, payout = _money(found)
    sent: dict[str, Any] = {
        "source": source,
        "source_ref": source_ref,
        "status": status,
        "charter_type": _maybe(
            found, "agreement", _agreement, CharterType.TIME_CHARTER
        ),
        "boat": _one(found, "boat", partial(_boat, operations)).boat_id,
        "dock": dock.dock_id,
        "charter_date": span.day.isoformat(),
        "start_time": f"{span.start.at:%H:%M}",
        "duration_hours": Decimal(_minutes(found, span, dock)) / 60,
        "guest": {
            "name": _one(found, "name", _person),
            "email": _one(found, "email", str.lower),
            "phone": _maybe(found, "phone", str, ""),
        },
        "party_size": _one(found, "guests", us_style.read_count),
        "gross_revenue": payout.plain,
        "list_price": price.plain,
        "platform_fee": fee.plain,
        "special_requests": found.get("requests", [""])[0],
    }
    return booking_terms(load(BOOKING, sent), operations)


def missing_in(found: Found) -> list[str]:
    """What a mail does not say of all that a booking needs, in words."""
    missing = [_NAMES[field] for field in _NEEDED if field not in found]
    whole = "day" in found and "start" in found and found.keys() & {"end", "length"}
    if "span" not in found and not whole:
        missing.insert(1, "when it starts and ends")
    return missing


def _check_complete(found: Found) -> None:
    missing = missing_in(found)
    if missing:
        raise ValueError(f"The mail does not say {', '.join(missing)}.")


def _one(found: Found, field: str, read: Callable[[str], T]) -> T:
    """What all the values of a field come to, which must be the same."""
    readings = [_reading(field, value, read) for value in found[field]]
    if any(reading != readings[0] for reading in readings):
        raise ValueError(f"The mail says {_NAMES[field]} twice, and differently.")
    return readings[0]


def _maybe(found: Found, field: str, read: Callable[[str], T], otherwise: T) -> T:
    return _one(found, field, read) if field in found else otherwise


def _reading(field: str, value: str, read: Callable[[str], T]) -> T:
    shown = value[:60]
    try:
        return read(value)
    except ValueError as error:
        raise ValueError(f"In the mail {_NAMES[field]} {shown!r} {error}.") from None


def _person(value: str) -> str:
    # A mail program would decode this, and find a header in it if a scoundrel wrote it.
    if "=?" in value:
        raise ValueError("is not written in letters")
    return value


def _boat(operations: Operations, value: str) -> Boat:
    words = value.casefold()
    named = [
        boat
        for boat in operations.boats
        if _stands_in(boat.name, words) or _stands_in(boat.boat_id, words)
    ]
    if len(named) != 1:
        raise ValueError("is not one boat of ours")
    return named[0]


def _dock(operations: Operations, value: str) -> Dock:
    """The one dock that is named, or whose name and address have all these words."""
    words = _words(value)
    named = [
        dock
        for dock in operations.docks
        if dock.dock_id.casefold() in words
        or words <= _words(f"{dock.name} {dock.address}")
    ]
    if len(named) != 1:
        raise ValueError("is not one dock of ours")
    return named[0]


def _stands_in(name: str, words: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", words))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _agreement(value: str) -> CharterType:
    try:
        return _AGREEMENTS[value.casefold()]
    except KeyError:
        raise ValueError("is no charter type that we know") from None


def _money(found: Found) -> tuple[Money, Money, Money]:
    """Price, fee and payout, if the one is what the others leave."""
    price = _one(found, "price", us_style.read_money)
    fee = _one(found, "fee", us_style.read_fee)
    payout = _one(found, "payout", us_style.read_money)
    if price - fee != payout:
        raise ValueError(
            f"The money in the mail does not add up: {price.plain} less {fee.plain} is "
            f"{(price - fee).plain}, not {payout.plain}."
        )
    return price, fee, payout


def _span(found: Found) -> Span:
    """The day and its times, from one line or from several; from both if they agree."""
    spans = [_one(found, "span", us_style.read_span)] if "span" in found else []
    if "day" in found and "start" in found:
        day = _one(found, "day", us_style.read_date)
        start = _one(found, "start", us_style.read_clock)
        spans.append(Span(day, start, _maybe(found, "end", us_style.read_clock, None)))
    if any(span != spans[0] for span in spans):
        raise ValueError(
            "The mail says when it starts and ends twice, and differently."
        )
    return spans[0]


def _minutes(found: Found, span: Span, dock: Dock) -> int:
    """How long it takes, across midnight and a change of the clock too."""
    start = _moment(span.day, span.start, dock)
    lengths = set()
    if span.end:
        over_midnight = timedelta(days=span.end.at <= span.start.at)
        elapsed = _moment(span.day + over_midnight, span.end, dock) - start
        lengths.add(int(elapsed.total_seconds()) // 60)
    if "length" in found:
        lengths.add(_one(found, "length", us_style.read_minutes))
    if len(lengths) != 1:
        raise ValueError("In the mail the duration does not fit start and end.")
    return lengths.pop()


def _moment(day: date, clock: Clock, dock: Dock) -> datetime:
    moment = start_of(day, clock.at, dock.zone)
    zone = moment.astimezone(dock.zone).tzname() or ""
    if clock.zone not in ("", zone, zone[:1] + zone[-1:]):
        raise ValueError(
            f"The mail's times are in {clock.zone}, but the dock has {zone}."
        )
    return moment
