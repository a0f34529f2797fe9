"""The forms of payments: what came in, what was a mistake, what is given back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import (
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
)

from blueprints.dispatch.forms import (
    AmountField,
    Body,
    BodyForm,
    option,
    options,
    plain_amount,
)
from blueprints.dispatch.roster_lines import Line, way
from jada_flask.domain.payment import Payment, Purpose
from jada_flask.intake.payment_body import (
    BatchBody,
    PaymentBody,
    RefundBody,
    VoidBody,
    payment_of,
)
from jada_flask.intake.schema import load
from jada_flask.services.payment_pen import Logged
from jada_flask.services.payments import Line as Paid

_PAYMENT, _BATCH, _VOID, _REFUND = PaymentBody(), BatchBody(), VoidBody(), RefundBody()
_PURPOSES = options(
    (Purpose.FARE, "Fare"),
    (Purpose.TIP, "Tip"),
    (Purpose.ADDON, "Extra"),
    (Purpose.DAMAGE, "Damage"),
)


class PaymentForm(BodyForm):
    """One payment of one patron."""

    patron = SelectField("Who paid", id="payment-patron")
    amount = AmountField("Amount", id="payment-amount")
    method = SelectField("How", id="payment-method")
    purpose = SelectField("What for", id="payment-purpose", choices=_PURPOSES)
    reference = StringField("Reference", id="payment-reference")
    note = StringField("Note", id="payment-note")
    second_entry_reason = StringField("Why it is a second payment", id="payment-second")

    def offer(self, lines: Iterable[Line], methods: Iterable[str]) -> PaymentForm:
        """Let one choose from the roster and from the ways to pay."""
        self.patron.choices = [
            option(one.patron.patron_id, one.called, find=one.searched) for one in lines
        ]
        self.method.choices = _ways(methods)
        return self

    def payment(self) -> Payment | None:
        """The payment; None where a control says what is wrong."""
        return self.read(lambda: payment_of(load(_PAYMENT, self.body())))

    def body(self) -> Body:
        body: Body = {
            name: text for name, text in self.typed().items() if name != "patron"
        }
        if "amount" in body:
            body["amount"] = plain_amount(body["amount"])
        return body


class BatchLineForm(Form):
    """One row of a batch: nobody who paid nothing is in it."""

    patron_id = HiddenField()
    amount = AmountField("Amount")
    method = SelectField("How")
    reference = StringField("Reference")


class BatchForm(BodyForm):
    """What several patrons paid, all for the same."""

    purpose = SelectField("What for", id="batch-purpose", choices=_PURPOSES)
    second_entry_reason = StringField(
        "Why these are second payments", id="batch-second"
    )
    lines = FieldList(FormField(BatchLineForm))

    @classmethod
    def of(cls, roster: Iterable[Line], methods: Iterable[str]) -> BatchForm:
        """A row for everybody on the roster."""
        rows = [{"patron_id": line.patron.patron_id} for line in roster]
        return cls(data={"lines": rows}).offer(methods)

    def offer(self, methods: Iterable[str]) -> BatchForm:
        ways = _ways(methods)
        for line in self.lines:
            line.form.method.choices = ways
        return self

    def payments(self) -> list[Paid] | None:
        """The payments of the rows that were filled in."""

        def loaded() -> list[Paid]:
            body = load(_BATCH, {"payments": [self._body(one) for one in self._paid()]})
            return [Paid(one["patron_id"], payment_of(one)) for one in body["payments"]]

        return self.read(loaded)

    def repeated(self, logged: Sequence[Logged]) -> BatchForm:
        """The form with only the rows that repeated an entry; the others are done."""
        for line, one in zip(self._paid(), logged, strict=True):
            if not one.duplicate:
                line.amount.data = ""
        return self

    def control(self, name: str) -> Field | None:
        path = name.split(".")
        if len(path) == 3:
            row: Form = self._paid()[int(path[1])]
            return row._fields.get(path[2])
        return super().control(name)

    def _paid(self) -> list[Any]:
        return [
            line.form for line in self.lines if (line.form.amount.data or "").strip()
        ]

    def _body(self, line: Any) -> Body:
        typed = {
            "patron_id": line.patron_id.data,
            "amount": plain_amount(line.amount.data.strip()),
            "method": line.method.data,
            "reference": line.reference.data,
            "purpose": self.purpose.data,
            "second_entry_reason": self.second_entry_reason.data,
        }
        return {name: text for name, text in typed.items() if text}


class VoidForm(BodyForm):
    """Why an entry was a mistake."""

    reason = StringField("Why was it a mistake?", id="void-reason")

    def why(self) -> str | None:
        return self.read(lambda: str(load(_VOID, self.typed())["reason"]))


class RefundForm(BodyForm):
    """How much is given back, and why."""

    amount = AmountField("Amount", id="refund-amount")
    reason = StringField("Why is it given back?", id="refund-reason")

    def refund(self) -> Body | None:
        return self.read(lambda: load(_REFUND, self._body()))

    def _body(self) -> Body:
        typed = self.typed()
        return typed | {
            name: plain_amount(text) for name, text in typed.items() if name == "amount"
        }


def _ways(methods: Iterable[str]) -> list[Any]:
    return options(*((method, way(method)) for method in methods))
