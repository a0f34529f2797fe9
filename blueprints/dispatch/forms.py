"""What the forms of the office share, and the one with which one signs in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from wtforms import Field, Form, PasswordField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length

from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.domain.money import Money

T = TypeVar("T")
Body = dict[str, Any]

_OFFSET = " Give `start`"  # how a program helps itself on the day the clock changes


class SignInForm(Form):
    """Name and password; password managers and pasting are welcome."""

    user = StringField("Name", [InputRequired(), Length(max=80)])
    password = PasswordField("Password", [InputRequired(), Length(max=1024)])


class AmountField(StringField):
    """Dollars, as people type them; the text stays as it was typed."""

    def pre_validate(self, form: BaseForm) -> None:
        if not (self.data or "").strip():
            return
        try:
            Money.type_in(self.data or "")
        except ValueError:
            raise ValidationError(
                "Write dollars and cents, such as 1,250.50."
            ) from None


class BodyForm(Form):
    """A form that is read as a body of the API, and says what the API would say."""

    def typed(self) -> dict[str, str]:
        """What was typed or chosen, without the controls that were left empty."""
        return {
            name: text.strip()
            for name, text in self.data.items()
            if isinstance(text, str) and text.strip()
        }

    def read(
        self, read: Callable[[], T], about: Collection[str] | None = None
    ) -> T | None:
        """Check the shape of all and the sense of all, so that all is said at once.

        With `about` only what is wrong there counts. None where anything is.
        """
        self.validate()
        for field in self:
            if about and field.name not in about:
                field.errors = []
        try:
            value = read()
        except InvalidError as error:
            self.blame(*error.faults)
            return None
        return None if any(field.errors for field in self) else value

    def blame(self, *faults: Fault) -> None:
        """Show each fault at its control, the first one only; else above them all."""
        for fault in faults:
            control = self.control(fault.field)
            words = fault.message
            if _OFFSET in words:
                words = words.partition(_OFFSET)[0] + " Choose another time."
            if control is None:
                self.form_errors.append(words)
            elif not control.errors:
                control.errors = [words]

    def control(self, name: str) -> Field | None:
        """Where a field of the body is typed."""
        return self._fields.get(name)


def options(*labelled: tuple[str, str]) -> list[Any]:
    """The choices of a control: what is sent, and what people read."""
    return [SelectChoice(value, text) for value, text in labelled]


def option(value: str, text: str, **attributes: str) -> Any:
    """One choice, with what a script needs to know of it."""
    named = {f"data-{name}": attribute for name, attribute in attributes.items()}
    return SelectChoice(value, text, named)


def plain_amount(text: str) -> str:
    """An amount as people type it, in the API's digits; what is none stays as it is."""
    try:
        return Money.type_in(text).plain
    except ValueError:
        return text


def typed_amount(money: Money | None) -> str:
    """An amount as people type it."""
    return f"{money.dollars:,.2f}" if money is not None else ""
