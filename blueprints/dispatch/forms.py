"""The forms of the office."""

from __future__ import annotations

from typing import Any

from wtforms import Form, PasswordField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length


class SignInForm(Form):
    """Name and password; password managers and pasting are welcome."""

    user = StringField("Name", [InputRequired(), Length(max=80)])
    password = PasswordField("Password", [InputRequired(), Length(max=1024)])


def options(*labelled: tuple[str, str]) -> list[Any]:
    """The choices of a control: what is sent, and what people read."""
    return [SelectChoice(value, text) for value, text in labelled]


def option(value: str, text: str, **attributes: str) -> Any:
    """One choice, with what a script needs to know of it."""
    named = {f"data-{name}": attribute for name, attribute in attributes.items()}
    return SelectChoice(value, text, named)
