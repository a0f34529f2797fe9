"""The bodies of bookings and of the calendar. They hold money: the office's alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from jada_flask.domain.booking import CharterType, Status
from jada_flask.domain.errors import Fault
from jada_flask.intake.fields import (
    ChoiceField,
    DateField,
    EmailField,
    IdField,
    InstantField,
    ListField,
    LocalTimeField,
    NameField,
    NestedField,
    PhoneField,
    TextField,
)
from jada_flask.intake.numbers import (
    LARGEST_CREW,
    HoursField,
    MoneyField,
    PercentField,
    WholeField,
)
from jada_flask.intake.schema import Body

LARGEST_PARTY = 500


class GuestBody(Body):
    """Who chartered."""

    name = NameField(required=True)
    email = EmailField(required=True)
    phone = PhoneField(load_default="")


class CrewPlaceBody(Body):
    """One place aboard, and who is asked to take it."""

    crew_id = IdField(required=True)
    role = IdField(required=True)


class MarginBody(Body):
    """POST /api/margin: a booking as far as it is known."""

    source = IdField(lower=True)
    source_ref = IdField()
    status = ChoiceField(Status, load_default=Status.APPROVED)
    charter_type = ChoiceField(CharterType, load_default=CharterType.TIME_CHARTER)
    boat = IdField()
    dock = IdField()
    charter_date = DateField()
    start_time = LocalTimeField(
        metadata={"description": "By the clock at the dock; or send `start` instead."}
    )
    start = InstantField(
        metadata={
            "description": "In place of charter_date and start_time, for a time that "
            "the clock at the dock skips or shows twice."
        }
    )
    duration_hours = HoursField(required=True)
    guest = NestedField(GuestBody)
    party_size = WholeField(at_least=1, at_most=LARGEST_PARTY)
    gross_revenue = MoneyField(positive=True, required=True)
    list_price = MoneyField(allow_none=True, load_default=None)
    platform_fee = MoneyField(allow_none=True, load_default=None)
    captain_id = IdField(
        allow_none=True,
        metadata={"description": "Left out: the boat's standard captain; null: none."},
    )
    crew = ListField(
        CrewPlaceBody,
        longest=LARGEST_CREW,
        metadata={"description": "Left out: the boat's standard crew; []: none."},
    )
    special_requests = TextField(load_default="")


class BookingBody(MarginBody):
    """POST /api/bookings: a booking as its source sends it."""

    source = IdField(lower=True, required=True)
    source_ref = IdField(required=True)
    boat = IdField(required=True)
    dock = IdField(required=True)
    guest = NestedField(GuestBody, required=True)
    party_size = WholeField(at_least=1, at_most=LARGEST_PARTY, required=True)

    def about_whole(self, data: Mapping[str, Any]) -> Iterator[Fault]:
        for field in ("charter_date", "start_time"):
            if field not in data and "start" not in data:
                yield Fault(field, "This is required.")


class EntryType(StrEnum):
    """What the calendar holds."""

    BOOKING = "booking"


class CalendarBody(Body):
    """POST /api/calendar: an entry as the office's scripts send it."""

    event_type = ChoiceField(EntryType, required=True)
    source = IdField(lower=True, required=True)
    charter_date = DateField(required=True)
    duration_hours = HoursField(required=True)
    gross_revenue = MoneyField(positive=True, required=True)
    crew_cost = MoneyField(required=True)
    captain_cost = MoneyField(required=True)
    port_fee_percent = PercentField(required=True)
    net_revenue = MoneyField(signed=True, required=True)


class CancelBody(Body):
    """POST /api/bookings/<booking_id>/cancel: perhaps with a reason."""

    reason = TextField(longest=500, load_default="")


BOOKING = BookingBody()
MARGIN = MarginBody()
CALENDAR = CalendarBody()
CANCEL = CancelBody()
