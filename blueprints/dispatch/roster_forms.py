"""The form of somebody on a roster."""

from __future__ import annotations

from wtforms import BooleanField, StringField
from wtforms.widgets import EmailInput, TelInput

from blueprints.dispatch.forms import AmountField, Body, BodyForm, plain_amount
from jada_flask.intake.payment_body import PatronBody
from jada_flask.intake.schema import load

_PATRON = PatronBody()


class PatronForm(BodyForm):
    """Who is aboard as a guest, and what is due."""

    name = StringField("Name", id="patron-name")
    email = StringField("E-mail", id="patron-email", widget=EmailInput())
    phone = StringField("Telephone", id="patron-phone", widget=TelInput())
    amount_due = AmountField("Fare due", id="patron-due")
    minor = BooleanField("Under 18", id="patron-minor")

    def patron(self) -> Body | None:
        """What the roster is to say; None where a control says what is wrong."""
        return self.read(lambda: load(_PATRON, self._body()))

    def _body(self) -> Body:
        body: Body = {**self.typed(), "minor": self.minor.data}
        if "amount_due" in body:
            body["amount_due"] = plain_amount(body["amount_due"])
        return body
