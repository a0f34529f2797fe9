"""The bodies of payments and of the roster. They hold money: the office's alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jada_flask.domain.errors import Fault
from jada_flask.domain.payment import Payment, Purpose
from jada_flask.intake.fields import (
    BooleanField,
    ChoiceField,
    EmailField,
    IdField,
    ListField,
    NameField,
    PhoneField,
    TextField,
)
from jada_flask.intake.numbers import MoneyField
from jada_flask.intake.schema import Body

MOST_LINES = 15


class PaymentBody(Body):
    """POST /api/events/<event_id>/<patron_id>/payment: what a patron has paid."""

    amount = MoneyField(positive=True, required=True)
    method = IdField(
        lower=True,
        required=True,
        metadata={"description": "card, cash, check, ach, or another of the house's."},
    )
    purpose = ChoiceField(Purpose, load_default=Purpose.FARE)
    reference = TextField(
        longest=120,
        load_default="",
        metadata={"description": "The number of a check, which a check needs."},
    )
    note = TextField(longest=500, load_default="")
    second_entry_reason = TextField(
        longest=500,
        load_default="",
        metadata={
            "description": "Why the same patron pays the same once more within a "
            "minute; without it the first payment is answered again."
        },
    )


class BatchLineBody(PaymentBody):
    """One payment of a batch."""

    patron_id = IdField(required=True)


class BatchBody(Body):
    """POST /api/events/<event_id>/payments/batch: all of these or none."""

    payments = ListField(BatchLineBody, longest=MOST_LINES, required=True)

    def about_whole(self, data: Mapping[str, Any]) -> Iterator[Fault]:
        if data.get("payments") == []:
            yield Fault("payments", "Send at least one payment.")


class VoidBody(Body):
    """POST …/payment/<payment_id>/void: why it was a mistake."""

    reason = TextField(longest=500, required=True)

    def about_whole(self, data: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _about_reason(data)


class RefundBody(Body):
    """POST …/payment/<payment_id>/refund: how much is given back, and why."""

    amount = MoneyField(positive=True, required=True)
    reason = TextField(longest=500, required=True)
    second_entry_reason = TextField(longest=500, load_default="")

    def about_whole(self, data: Mapping[str, Any]) -> Iterator[Fault]:
        yield from _about_reason(data)


class PatronBody(Body):
    """POST /api/events/<event_id>/patrons: somebody for the roster."""

    name = NameField(required=True)
    email = EmailField(required=True)
    phone = PhoneField(load_default="")
    amount_due = MoneyField(
        allow_none=True,
        load_default=None,
        metadata={"description": "The fare; null where nothing was agreed."},
    )
    minor = BooleanField(load_default=False)


class PatronPatch(Body):
    """PATCH /api/events/<event_id>/patrons/<patron_id>: at least one of these."""

    name = NameField()
    email = EmailField()
    phone = PhoneField()
    amount_due = MoneyField(allow_none=True)
    minor = BooleanField()

    def about_whole(self, data: Mapping[str, Any]) -> Iterator[Fault]:
        if not data:
            yield Fault("body", f"Send at least one of: {', '.join(self.fields)}.")


def payment_of(data: Mapping[str, Any]) -> Payment:
    """The payment that a loaded body asks for."""
    return Payment(
        data["amount"],
        data["method"],
        data["purpose"],
        reference=data["reference"],
        note=data["note"],
        second_entry_reason=data["second_entry_reason"],
    )


def _about_reason(data: Mapping[str, Any]) -> Iterator[Fault]:
    reason = data.get("reason")
    if isinstance(reason, str) and not reason.strip():
        yield Fault("reason", "Please say why.")
