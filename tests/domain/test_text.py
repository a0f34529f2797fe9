"""What people type is checked once, with a sentence for whoever typed it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.errors import InvalidError
from jada_flask.domain.text import clean_email, clean_name, clean_phone, clean_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana   Lima ", "Ana Lima"),
        ("Jose\u0301", "José"),
        ("Ana\u00a0Lima", "Ana Lima"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Crew 👩\u200d✈\ufe0f", "Crew 👩\u200d✈\ufe0f"),
        ("x" * 80, "x" * 80),
    ],
)
def test_a_name_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert clean_name(typed, "name") == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "give a name"),
        (" \t ", "give a name"),
        ("\u200d", "give a name"),
        ("--", "give a name"),
        ("Ana\nLima", r"U\+000A"),
        ("Ana\x00", r"U\+0000"),
        ("\u202eamiL anA", r"U\+202E"),
        ("Ana\u200bLima", r"U\+200B"),
        ("Ana\u2028Lima", r"U\+2028"),
        ("Ana\ud800", r"U\+D800"),
        ("x" * 81, "81 characters, at most 80"),
    ],
)
def test_a_name_that_would_mislead_is_refused(typed: str, why: str) -> None:
    with pytest.raises(InvalidError, match=why) as refusal:
        clean_name(typed, "guest.name")

    assert refusal.value.faults[0].field == "guest.name"


def test_prose_keeps_its_lines_and_nothing_unseen() -> None:
    typed = " Two lines\r\nof wishes,\tplease\u2028and a third\x85fourth\rlast \n"

    assert (
        clean_text(typed, "notes")
        == "Two lines\nof wishes, please\nand a third\nfourth\nlast"
    )


@pytest.mark.parametrize("typed", ["bell\x07", "turned \u202e", "half \ud83d"])
def test_prose_with_unseen_characters_is_refused(typed: str) -> None:
    with pytest.raises(InvalidError, match="cannot be seen"):
        clean_text(typed, "notes")


def test_prose_may_be_empty_unless_it_is_required() -> None:
    assert clean_text(" \n ", "notes") == ""

    with pytest.raises(InvalidError, match="reason: Please write something"):
        clean_text("\u200d", "reason", required=True)


def test_prose_that_is_too_long_says_how_much() -> None:
    assert clean_text("x" * 2000, "notes") == "x" * 2000

    with pytest.raises(InvalidError, match="2001 characters, at most 2000"):
        clean_text("x" * 2001, "notes")


@given(st.text(max_size=100))
def test_prose_that_is_kept_is_kept_unchanged_the_next_time(typed: str) -> None:
    try:
        kept = clean_text(typed, "notes")
    except InvalidError:
        return

    assert clean_text(kept, "notes") == kept
    kept.encode()
    assert unicodedata.is_normalized("NFC", kept)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ana.Lima+sail@Example.COM ", "ana.lima+sail@example.com"),
        ("o'neil@sub.example.co.uk", "o'neil@sub.example.co.uk"),
        ("x@xn--mller-kva.de", "x@xn--mller-kva.de"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
        ("a@" + "b." * 124 + "comm", "a@" + "b." * 124 + "comm"),  # 254
    ],
)
def test_an_address_is_kept_in_lower_case(typed: str, kept: str) -> None:
    assert clean_email(typed, "email") == kept


@pytest.mark.parametrize(
    "typed",
    [
        "ana",
        "ana@",
        "@example.com",
        "ana@example",
        "ana@@example.com",
        "ana@example.com, bo@example.com",
        "ana@example.com\nbcc: bo@example.com",
        "Ana <ana@example.com>",
        '"ana lima"@example.com',
        "ana@-example.com",
        "ana@exam_ple.com",
        ".ana@example.com",
        "a..na@example.com",
        "ana@127.0.0.1",
        "ana@[127.0.0.1]",
        "aña@example.com",
        "ana@müller.de",
        "mar\u212a@example.com",
        "a" * 65 + "@example.com",
        "a@" + "b." * 124 + "comms",
    ],
)
def test_what_is_not_one_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidError, match="one plain e-mail address"):
        clean_email(typed, "email")


def test_a_missing_address_is_asked_for() -> None:
    with pytest.raises(InvalidError, match="email: Please give an e-mail address"):
        clean_email("  ", "email")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" +1 (619) 555-0100 ", "+1 (619) 555-0100"),
        ("619.555.0100  ext. 12", "619.555.0100 ext. 12"),
        ("619 555 0100 X7", "619 555 0100 X7"),
        ("+33\u00a01\u201123\u201145\u201167", "+33 1-23-45-67"),
        ("６１９５５５０１００", "6195550100"),
        ("55501", "55501"),
        ("+123 456 789 012 345", "+123 456 789 012 345"),
        ("619" + "-" * 27 + "555-01x123", "619" + "-" * 27 + "555-01x123"),
    ],
)
def test_a_number_is_kept_as_people_write_it(typed: str, kept: str) -> None:
    assert clean_phone(typed, "phone") == kept


@pytest.mark.parametrize(
    "typed",
    ["call me", "12", "5550", "+1 234 567 890 123 456", "(((((", "1234 ext 5678"],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(InvalidError, match="phone: Please give a telephone number"):
        clean_phone(typed, "phone")


def test_a_number_that_is_too_long_says_how_much() -> None:
    with pytest.raises(InvalidError, match="41 characters, at most 40"):
        clean_phone("619" + "-" * 28 + "555-01x123", "phone")
