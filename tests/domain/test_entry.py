"""What an entry of the payment log is hashed by, which may never change."""

from __future__ import annotations

import json
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.money import Money
from jada_flask.domain.payment import GENESIS, Entry, EntryKind, Purpose

_WORDS = st.text(max_size=20)
ENTRIES = st.builds(
    Entry,
    payment_id=_WORDS,
    event_id=_WORDS,
    patron_id=_WORDS,
    patron_name=_WORDS,
    patron_email=_WORDS,
    amount=st.builds(Money, st.integers(-(10**9), 10**9)),
    method=_WORDS,
    purpose=st.sampled_from(Purpose),
    timestamp=st.integers(0, 10**15),
    logged_by=_WORDS,
    position=st.integers(1, 10**6),
    prev_hash=st.just(GENESIS),
    prev_timestamp=st.integers(0, 10**15),
    kind=st.sampled_from(EntryKind),
    reference=_WORDS,
    note=_WORDS,
    second_entry_reason=_WORDS,
    reverses=_WORDS,
    reason=_WORDS,
)


@given(ENTRIES)
def test_it_is_json_by_name_without_what_is_empty(entry: Entry) -> None:
    told = asdict(entry) | {"amount": entry.amount.cents}
    kept = {n: v for n, v in told.items() if v != "" and n != "hash"}

    said = json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()
    assert entry.canonical() == said


def test_the_hash_of_an_entry_is_the_one_of_the_first_day() -> None:
    entry = Entry(
        "PM_1_0", "EV_1", "PT_1", "Ana Ruíz", "ana@example.com", Money(2500), "cash",
        Purpose.FARE, 1_780_000_000_000, "staff:ana", 1, GENESIS, 0,
    )  # fmt: skip

    told = "5d85173ae07624c3bb9cbe712844a1bfb713e18a8e8b8b5dcec28187f83a3f56"
    assert entry.digest() == told
