from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jada_flask.domain.errors import InvalidError, UnreadableError
from jada_flask.intake.mail import Action, Reading
from jada_flask.intake.source import Outcome, read_source
from tests.intake.builders import OPERATIONS, booking, terms

AT = datetime(2026, 5, 4, tzinfo=UTC)
MAIL = Path(__file__).with_name("mails") / "boatsetter-approved.eml"


def _outcomes(name: str, raw: bytes) -> list[Outcome]:
    return list(read_source(name, raw, OPERATIONS, at=AT))


def _json(*bodies: object, indent: int | None = None) -> bytes:
    return "\n".join(json.dumps(body, indent=indent) for body in bodies).encode()


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ["booking.json", "-", "x.txt"])
def test_an_object_is_one_booking(name: str, indent: int | None) -> None:
    assert _outcomes(name, _json(booking(), indent=indent)) == [terms()]


def test_an_object_with_the_mark_of_windows_is_one_booking() -> None:
    assert _outcomes("-", b"\xef\xbb\xbf" + _json(booking())) == [terms()]


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_is_many_and_a_wrong_one_stops_no_other(indent: int | None) -> None:
    bodies = [booking(), booking(party_size=0), 7, booking(source_ref="BS-2")]

    first, wrong, none, last = _outcomes("-", _json(bodies, indent=indent))

    assert first == terms()
    assert isinstance(wrong, InvalidError)
    assert isinstance(none, InvalidError)
    assert last == terms(source_ref="BS-2")


@pytest.mark.parametrize("name", ["bookings.jsonl", "bookings.NDJSON", "-"])
def test_lines_are_many_and_a_cut_one_is_named(name: str) -> None:
    raw = _json(booking()) + b"\n\r\n" + _json(booking(boat="x")) + b'\n{"a": '

    first, wrong, cut = _outcomes(name, raw)

    assert first == terms()
    assert isinstance(wrong, InvalidError)
    assert isinstance(cut, UnreadableError)
    assert str(cut).startswith("In line 4 of the file: This JSON is cut off")


def test_one_line_in_a_file_of_lines_is_one_booking() -> None:
    assert _outcomes("one.jsonl", _json(booking())) == [terms()]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("-", b""),
        ("-", b"[]"),
        ("x.jsonl", b" \n"),
        ("x.json", b"{"),
        ("x.json", b"nonsense"),
        ("x.json", b"nonsense\nand more"),
        ("x.eml", b"{}"),
        ("x.eml", b""),
    ],
)
def test_what_holds_no_booking_is_refused_once(name: str, raw: bytes) -> None:
    (outcome,) = _outcomes(name, raw)

    assert isinstance(outcome, UnreadableError)


@pytest.mark.parametrize("name", ["a.eml", "A.EML", "-", "mail.txt"])
def test_a_mail_is_one_reading(name: str) -> None:
    (outcome,) = _outcomes(name, MAIL.read_bytes())

    assert isinstance(outcome, Reading)
    assert outcome.action is Action.TAKE
    assert outcome.terms == terms()
