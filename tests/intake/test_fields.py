from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from jada_flask.domain.booking import Status
from jada_flask.intake.fields import (
    ChoiceField,
    DateField,
    EmailField,
    IdField,
    InstantField,
    LocalTimeField,
    NameField,
    PhoneField,
    ReadField,
    StringField,
    TextField,
)


def _refusal(field: ReadField[Any], value: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        field.deserialize(value)
    (message,) = refused.value.messages
    return str(message)


@pytest.mark.parametrize(
    "field",
    [
        NameField(),
        TextField(),
        EmailField(),
        PhoneField(),
        IdField(),
        ChoiceField(Status),
        DateField(),
        LocalTimeField(),
        InstantField(),
    ],
    ids=lambda field: type(field).__name__,
)
@pytest.mark.parametrize("value", [7, True, 1.5, [], {}, b"text"])
def test_what_is_no_text_is_refused(field: StringField[Any], value: Any) -> None:
    assert "double quotes" in _refusal(field, value)


@given(st.text())
def test_no_text_breaks_a_field(text: str) -> None:
    for field in (
        DateField(),
        LocalTimeField(),
        InstantField(),
        IdField(),
        EmailField(),
    ):
        with suppress(ValidationError):
            field.deserialize(text)


def test_a_name_comes_back_in_one_form() -> None:
    assert NameField().deserialize("  Zoe\u0308   Example ") == "Zoë Example"


@pytest.mark.parametrize(
    "name", ["", "x" * 81, "A\u202eB", "A\x00", "A\nBcc: b@example.com"]
)
def test_a_name_that_is_none_is_refused(name: str) -> None:
    _refusal(NameField(), name)


def test_a_text_has_its_own_limit() -> None:
    assert TextField(longest=3).deserialize("abc") == "abc"
    assert "at most 3" in _refusal(TextField(longest=3), "abcd")


def test_an_email_is_put_into_lower_case() -> None:
    assert EmailField().deserialize("Avery@Example.com") == "avery@example.com"


def test_a_telephone_number_may_be_left_empty() -> None:
    assert PhoneField().deserialize("") == ""
    assert "telephone number" in _refusal(PhoneField(), "call me")


@pytest.mark.parametrize("name", ["CAP_001", "BS-1048213", "a.b", "7"])
def test_an_id_is_kept_as_it_is(name: str) -> None:
    assert IdField().deserialize(name) == name


def test_an_id_may_be_put_into_lower_case() -> None:
    assert IdField(lower=True).deserialize("Boatsetter") == "boatsetter"


@pytest.mark.parametrize(
    "name", ["", "x" * 65, "a b", "a/b", "..", "-a", "é", "１", "a\n"]
)
def test_an_id_that_would_be_unsafe_in_an_address_is_refused(name: str) -> None:
    assert "64 letters" in _refusal(IdField(), name)


def test_one_of_a_few_words_is_that_value() -> None:
    assert ChoiceField(Status).deserialize("pending") is Status.PENDING
    assert _refusal(ChoiceField(Status), "Approved") == (
        "This is one of: inquiry, pending, approved, cancelled."
    )


def test_a_date_is_a_day() -> None:
    assert DateField().deserialize("2026-05-30") == date(2026, 5, 30)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-02-29", "no such day"),
        ("2026-5-30", "year, month and day"),
        ("20260530", "year, month and day"),
        ("2026-W22-6", "year, month and day"),
        ("05/30/2026", "year, month and day"),
        ("٢٠٢٦-05-30", "year, month and day"),
        ("0001-01-01", "cannot be right"),
        ("9999-12-31", "cannot be right"),
    ],
)
def test_what_is_no_day_is_refused(text: str, why: str) -> None:
    assert why in _refusal(DateField(), text)


def test_a_time_is_the_docks() -> None:
    assert LocalTimeField().deserialize("16:30") == time(16, 30)


@pytest.mark.parametrize(
    "text", ["24:00", "4:30", "4:30 PM", "16:30:00", "16.30", "1630"]
)
def test_another_way_to_write_the_time_is_refused(text: str) -> None:
    assert "24 hours" in _refusal(LocalTimeField(), text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-30T16:30-07:00",
        "2026-05-30T16:30:00-07:00",
        "2026-05-30T23:30:00.000Z",
        "2026-05-30T23:30:00.999999Z",
    ],
)
def test_a_moment_is_in_utc_and_to_the_second(text: str) -> None:
    assert InstantField().deserialize(text) == datetime(2026, 5, 30, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-05-30T16:30:00", "offset"),
        ("2026-05-30", "offset"),
        ("2026-05-30 16:30:00-07:00", "offset"),
        ("2026-02-30T16:30:00Z", "no such moment"),
        ("2026-05-30T16:61:00Z", "no such moment"),
        ("2026-05-30T16:30:00+99:00", "no such moment"),
        ("0001-01-01T00:00:00+14:00", "cannot be right"),
    ],
)
def test_what_is_no_moment_is_refused(text: str, why: str) -> None:
    assert why in _refusal(InstantField(), text)
