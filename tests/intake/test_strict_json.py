from __future__ import annotations

import json
import math
import time
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.errors import UnreadableError
from jada_flask.intake.strict_json import LONGEST, Scientific, loads

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def _refusal(raw: bytes) -> str:
    with pytest.raises(UnreadableError) as refused:
        loads(raw)
    return str(refused.value)


@given(_VALUES)
def test_what_python_writes_is_read_back(value: Any) -> None:
    assert loads(json.dumps(value).encode()) == value


@given(st.binary())
def test_no_bytes_get_past_the_refusal(raw: bytes) -> None:
    with suppress(UnreadableError):
        loads(raw)


@given(st.text(alphabet='{}[]",:0123456789eE.+-\\utrnNafIiy '))
def test_nothing_like_json_gets_past_the_refusal(text: str) -> None:
    with suppress(UnreadableError):
        loads(text.encode())


def test_a_fraction_is_a_decimal_to_the_last_place() -> None:
    assert loads(b"840.750") == Decimal("840.750")
    assert str(loads(b"840.750")) == "840.750"


def test_a_whole_number_is_an_int() -> None:
    assert type(loads(b"840")) is int


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_finite_is_left_to_the_field(word: str) -> None:
    value = loads(b'{"gross_revenue": %s}' % word.encode())["gross_revenue"]

    assert isinstance(value, Decimal)
    assert not value.is_finite()


@pytest.mark.parametrize("number", ["1e9", "8.4075E2", "1e-999999999"])
def test_an_exponent_is_told_apart(number: str) -> None:
    assert isinstance(loads(number.encode()), Scientific)


def test_an_exponent_beyond_every_number_is_no_number() -> None:
    assert loads(b"1e99999999999999999999").is_nan()


def test_an_endless_integer_takes_no_time() -> None:
    begun = time.perf_counter()

    value = loads(b"9" * 1_000_000)

    assert isinstance(value, Decimal)
    assert time.perf_counter() - begun < 1


def test_a_name_that_stands_twice_is_named() -> None:
    words = _refusal(b'{"guest": {"name": "A", "email": "b", "name": "C"}}')

    assert "'name'" in words
    assert "twice" in words


def test_the_same_name_in_two_objects_is_fine() -> None:
    assert loads(b'[{"a": 1}, {"a": 2}]') == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    "cut", ['{"a": 1', '{"a": "Ave', '{"a":', '{"a": 1,\n "b": [1, 2', '{"a": 1,']
)
def test_a_body_that_is_cut_off_is_called_so(cut: str) -> None:
    assert "cut off" in _refusal(cut.encode())


def test_the_place_of_a_mistake_is_told() -> None:
    assert _refusal(b'{"a": 1,\n "b" 2}') == (
        "This is not valid JSON: at line 2, column 6 there should be a colon after the "
        "name."
    )


def test_a_mistake_we_have_no_words_for_is_told_in_pythons() -> None:
    assert "invalid \\" in _refusal(rb'{"a": "\x"}')


@pytest.mark.parametrize("raw", [b"", b"  \n", b"\xef\xbb\xbf"])
def test_nothing_is_called_nothing(raw: bytes) -> None:
    assert _refusal(raw) == "There is nothing here; send JSON."


def test_the_mark_that_windows_editors_put_first_is_passed_over() -> None:
    assert loads(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_than_utf_8_is_refused(encoding: str) -> None:
    assert "UTF-8" in _refusal('{"a": "Zoë"}'.encode(encoding))


def test_half_a_character_is_refused() -> None:
    assert "half a character" in _refusal(rb'{"a": ["\ud83d"]}')


def test_a_whole_character_may_be_written_as_two_escapes() -> None:
    assert loads(rb'"\ud83d\ude00"') == "😀"


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_deep_nesting_is_refused_before_python_gives_up(opening: bytes) -> None:
    assert "levels deep" in _refusal(opening * 100_000)
    assert "levels deep" in _refusal(opening * 100_000 + b"]" * 100_000)


def test_many_brackets_side_by_side_or_in_a_text_are_not_deep() -> None:
    value = {"list": [[] for _ in range(100)], "text": "[" * 100 + '\\"{'}

    assert loads(json.dumps(value).encode()) == value


def test_no_text_makes_the_depth_check_slow() -> None:
    begun = time.perf_counter()

    _refusal(b'[{}{}"' + rb"\"" * 500_000 + b"[" * 40)

    assert time.perf_counter() - begun < 1


def test_more_than_four_megabytes_is_refused() -> None:
    assert "4 MB" in _refusal(b'"' + b"x" * LONGEST + b'"')


def test_a_float_never_comes_out() -> None:
    assert not isinstance(loads(b"0.1"), float)
    assert math.isclose(loads(b"0.1"), 0.1)
