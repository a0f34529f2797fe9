"""The form of a booking by hand: what is typed, and the API's body that it means."""

from __future__ import annotations

import re
from base64 import b32encode
from decimal import Decimal
from secrets import token_bytes

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Optional, Regexp
from wtforms.widgets import DateInput, EmailInput, TelInput, TimeInput

from blueprints.dispatch.crew_rows import PlaceForm, aboard, places
from blueprints.dispatch.forms import AmountField, Body, BodyForm, options, plain_amount
from jada_flask.domain.booking import CharterType, Status, Terms
from jada_flask.domain.house import Operations
from jada_flask.intake.body import BOOKING, MARGIN
from jada_flask.intake.schema import load
from jada_flask.intake.terms import WhatIf, booking_terms, what_if

DIRECT = "direct"
_DRAWN = re.compile(r"D-[A-Z2-7]{8}")
_AMOUNTS = ("gross_revenue", "list_price", "platform_fee")
_NUMBERS = ("duration_hours", "party_size")
_GUEST = "guest_"
# What a margin is reckoned from: what is wrong elsewhere can wait.
_RECKONED = frozenset(
    {"source", "charter_type", "boat", "dock", "charter_date", "duration_hours"}
    | {"gross_revenue", "captain_id", "crew"}
)


class BookingForm(BodyForm):
    """Every field of a booking, in the words of the office."""

    source = SelectField("Sold by")
    source_ref = StringField("Reference")
    status = SelectField(
        "Status",
        choices=options(
            (Status.APPROVED, "Approved"),
            (Status.PENDING, "Pending"),
            (Status.INQUIRY, "Inquiry"),
        ),
    )
    charter_type = SelectField(
        "Kind of charter",
        choices=options(
            (CharterType.TIME_CHARTER, "Time charter"),
            (CharterType.BAREBOAT, "Bareboat"),
            (CharterType.INSPECTED, "Inspected vessel"),
        ),
    )
    boat = SelectField("Boat")
    dock = SelectField("Dock")
    charter_date = StringField("Date", widget=DateInput())
    start_time = StringField("Departure", widget=TimeInput())
    duration_hours = StringField(
        "Hours",
        [
            Optional(),
            Regexp(r"[0-9]{1,3}(\.[0-9]{1,2})?$", message="Digits, like 3 or 3.5."),
        ],
    )
    guest_name = StringField("Name")
    guest_email = StringField("E-mail", widget=EmailInput())
    guest_phone = StringField("Telephone", widget=TelInput())
    party_size = StringField(
        "Guests",
        [Optional(), Regexp(r"[0-9]{1,3}$", message="A whole number, like 4.")],
    )
    gross_revenue = AmountField("Gross")
    list_price = AmountField("Renter’s price")
    platform_fee = AmountField("Platform fee")
    captain_id = SelectField("Captain")
    crew = FieldList(FormField(PlaceForm), max_entries=50)
    special_requests = TextAreaField("Requests")
    amend = BooleanField("Change the booking that is here already")

    def validate_source_ref(self, field: Field) -> None:
        """Keep a number that we drew for ourselves off a marketplace's booking."""
        if self.source.data != DIRECT and _DRAWN.fullmatch(field.data or ""):
            raise ValidationError("Write the number that the marketplace gave it.")

    def terms(self, operations: Operations) -> Terms | None:
        """What is booked; None where a control says what is wrong."""
        return self.read(lambda: booking_terms(load(BOOKING, self.body()), operations))

    def what_if(self, operations: Operations) -> WhatIf | None:
        """What the margin is reckoned from; None where that is wrong or missing."""
        body = {name: sent for name, sent in self.body().items() if name in _RECKONED}
        return self.read(
            lambda: what_if(load(MARGIN, body), operations), about=_RECKONED
        )

    def body(self) -> Body:
        """The body that the API would be sent; what is empty is left out."""
        typed = self.typed()
        body: Body = {
            name: text for name, text in typed.items() if not name.startswith(_GUEST)
        }
        body |= {name: plain_amount(typed[name]) for name in _AMOUNTS if name in typed}
        body |= {name: _number(typed[name]) for name in _NUMBERS if name in typed}
        body["guest"] = {
            name.removeprefix(_GUEST): text
            for name, text in typed.items()
            if name.startswith(_GUEST)
        }
        body["captain_id"] = typed.get("captain_id")
        body["crew"] = places(self.crew)
        return body

    def control(self, name: str) -> Field | None:
        path = name.split(".")
        if path[0] == "crew" and len(path) == 3:
            row: Form = aboard(self.crew)[int(path[1])]
            return row._fields.get(path[2])
        flat = "start_time" if name == "start" else "_".join(path)
        return None if flat == "crew" else super().control(flat)


def draw_reference() -> str:
    """A reference of our own for what nobody else has numbered."""
    return f"D-{b32encode(token_bytes(5)).decode()}"


def _number(text: str) -> Decimal | str:
    """A number in digits; what is none stays as it is, and its control says so."""
    plain = re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text, re.ASCII)
    return Decimal(text) if plain else text
