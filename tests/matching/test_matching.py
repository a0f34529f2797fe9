from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.matching import (
    WINDOW,
    Confidence,
    Expectation,
    Match,
    match,
)
from jada_flask.domain.money import Money
from jada_flask.domain.receipt import Receipt, ReceiptKind
from tests.matching.builders import (
    PAID,
    TRIP,
    balance,
    dollars,
    paid_out,
    payout,
    receipt,
)

ANOTHER = balance(label="Blair on Sat 30 May 2026", patron_id="PT_2", email="b@x.org")


def _adds_up(found: Match) -> bool:
    return found.expected - found.fee - found.received == found.difference


def test_metadata_decides_whatever_else_looks_alike() -> None:
    said = {"event_id": "EV_1", "patron_id": "PT_2"}

    found = match(receipt(metadata=said), [balance(), ANOTHER])

    assert found.confidence is Confidence.EXACT
    assert found.expectation == ANOTHER
    assert found.explained


@pytest.mark.parametrize(
    "said",
    [{"booking_id": "BK_1"}, {"source_ref": "bs-1048213"}],
)
def test_a_booking_is_named_by_either_of_its_names(said: dict[str, str]) -> None:
    owed = balance(references=("BS-1048213",))
    other = balance(event_id="EV_2", booking_id="BK_2")

    found = match(receipt(metadata=said), [other, owed])

    assert (found.confidence, found.expectation) == (Confidence.EXACT, owed)


def test_a_booking_with_several_patrons_narrows_and_does_not_decide() -> None:
    found = match(receipt(metadata={"booking_id": "BK_1"}), [balance(), ANOTHER])

    assert (found.confidence, found.expectation) == (Confidence.PROPOSED, balance())


@pytest.mark.parametrize("said", [{"event_id": "EV_1"}, {"patron_id": "PT_host"}])
def test_half_a_name_decides_nothing(said: dict[str, str]) -> None:
    found = match(receipt(metadata=said), [balance()])

    assert found.confidence is Confidence.PROPOSED


@pytest.mark.parametrize(
    "said",
    [
        {"event_id": "EV_1", "patron_id": "PT_9"},
        {"event_id": "EV_9", "patron_id": "PT_host"},
        {"booking_id": "BK_9"},
        {"booking_id": "BK_1", "event_id": "EV_9"},
        {"source_ref": "BS-9"},
    ],
)
def test_metadata_that_fits_nothing_is_never_exact(said: dict[str, str]) -> None:
    found = match(receipt(metadata=said), [balance(), ANOTHER])

    assert found.confidence is Confidence.PROPOSED
    assert "nothing here expects" in found.reasons[0]


def test_amount_and_address_make_a_proposal() -> None:
    other = balance("501.00", event_id="EV_2")

    found = match(receipt(email="AVERY@example.com"), [other, ANOTHER, balance()])

    assert (found.confidence, found.expectation) == (Confidence.PROPOSED, balance())
    assert "amount and e-mail address" in found.reasons[0]
    assert not found.explained


def test_amount_and_date_make_a_proposal_where_the_address_is_another() -> None:
    found = match(receipt(email="other@example.com"), [balance()])

    assert found.confidence is Confidence.PROPOSED
    assert "amount and date" in found.reasons[0]


@pytest.mark.parametrize(
    ("away", "confidence"),
    [
        (WINDOW, Confidence.PROPOSED),
        (-WINDOW, Confidence.PROPOSED),
        (WINDOW + timedelta(seconds=1), Confidence.NONE),
        (-WINDOW - timedelta(seconds=1), Confidence.NONE),
    ],
)
def test_a_date_is_near_for_two_weeks(away: timedelta, confidence: Confidence) -> None:
    found = match(receipt(email=""), [balance(at=PAID + away)])

    assert found.confidence is confidence


def test_two_that_look_alike_are_both_named_and_neither_is_chosen() -> None:
    later = balance(label="Avery on Sun 31 May", event_id="EV_2", booking_id="BK_2")

    found = match(receipt(), [later, balance()])

    assert (found.confidence, found.expectation) == (Confidence.NONE, None)
    assert set(found.candidates) == {later, balance()}
    assert "Avery on Sun 31 May" in found.reasons[0]
    assert balance().label in found.reasons[0]


def test_a_known_address_with_another_amount_is_named_and_not_chosen() -> None:
    found = match(receipt("200.00"), [balance(), ANOTHER])

    assert (found.confidence, found.expectation) == (Confidence.NONE, None)
    assert found.candidates == (balance(),)
    assert found.difference == dollars("-200.00")


def test_many_candidates_are_named_and_the_rest_counted() -> None:
    many = [balance(event_id=f"EV_{n}") for n in range(9)]

    found = match(receipt(), many)

    assert found.reasons[0].count("Avery") == 5
    assert "4 more" in found.reasons[0]


def test_money_that_nobody_expects_is_the_whole_difference() -> None:
    found = match(receipt(), [])

    assert (found.confidence, found.flagged) == (Confidence.NONE, True)
    assert found.difference == dollars("-500.00")


def test_a_balance_of_nothing_is_no_candidate() -> None:
    nothing = receipt("0.00", "0.00")

    assert match(nothing, [balance("0.00")]).confidence is Confidence.NONE


def test_other_money_than_dollars_is_never_matched() -> None:
    said = {"event_id": "EV_1", "patron_id": "PT_host"}

    found = match(receipt(currency="EUR", metadata=said), [balance()])

    assert (found.confidence, found.expectation) == (Confidence.NONE, None)
    assert "EUR" in found.reasons[0]


SAID = {"event_id": "EV_1", "patron_id": "PT_host"}


@pytest.mark.parametrize(
    ("gross", "due", "difference", "words"),
    [
        ("500.00", "500.00", "0.00", ""),
        ("200.00", "500.00", "300.00", "$300.00 less came"),
        ("500.01", "500.00", "-0.01", "$0.01 more came"),
        ("500.00", None, "0.00", "No amount was agreed"),
        ("500.00", "0.00", "-500.00", "$500.00 more came"),
    ],
)
def test_each_cent_of_a_charge_is_accounted_for(
    gross: str, due: str | None, difference: str, words: str
) -> None:
    found = match(receipt(gross, metadata=SAID), [balance(due)])

    assert found.difference == dollars(difference)
    assert found.flagged is (found.difference != Money())
    assert words in " ".join(found.reasons)


def test_a_fee_that_is_not_known_yet_is_said_to_be_so() -> None:
    found = match(receipt(fee=None, metadata=SAID), [balance()])

    assert (found.received, found.fee) == (dollars("500.00"), Money())
    assert "not known yet" in " ".join(found.reasons)


@pytest.mark.parametrize(
    ("net", "fee", "agreed", "difference", "words"),
    [
        ("840.75", "109.25", "109.25", "0.00", ""),
        ("830.75", "119.25", "109.25", "10.00", "$10.00 more"),
        ("850.75", "99.25", "109.25", "-10.00", "$10.00 less"),
        ("840.75", "109.25", None, "0.00", ""),
        ("840.74", "109.25", None, "0.01", "$0.01 less came"),
    ],
)
def test_each_cent_of_a_payout_is_accounted_for(
    net: str, fee: str, agreed: str | None, difference: str, words: str
) -> None:
    found = match(paid_out(net, fee), [payout(fee=agreed)])

    assert found.confidence is Confidence.EXACT
    assert found.difference == dollars(difference)
    assert words in " ".join(found.reasons)


def test_a_payout_without_its_booking_is_proposed_by_amount_and_date() -> None:
    found = match(paid_out(metadata={"source_ref": "BS-9"}), [payout()])

    assert (found.confidence, found.expectation) == (Confidence.PROPOSED, payout())


def test_a_line_that_does_not_add_up_by_itself_is_flagged() -> None:
    found = match(paid_out(gross=dollars("960.00")), [payout()])

    assert (found.difference, found.gap) == (Money(), dollars("10.00"))
    assert found.flagged
    assert not found.explained
    assert "does not add up" in " ".join(found.reasons)


@pytest.mark.parametrize(
    ("left", "difference", "words"),
    [
        ("500.00", "0.00", ""),
        ("50.00", "0.00", ""),
        ("30.00", "20.00", "$20.00 more than is left"),
    ],
)
def test_a_refund_is_held_against_what_is_left_of_its_charge(
    left: str, difference: str, words: str
) -> None:
    back = receipt("-50.00", "0", kind=ReceiptKind.REFUND, references=("ch_1",))

    found = match(back, [balance(left, references=("ch_1",))])

    assert found.confidence is Confidence.EXACT
    assert found.difference == dollars(difference)
    assert words in " ".join(found.reasons)


def test_a_refund_is_matched_by_its_charge_only() -> None:
    """Not even where address and amount are those of somebody who owes."""
    back = receipt("500.00", kind=ReceiptKind.REFUND, references=("ch_2",))

    found = match(back, [balance(references=("ch_1",))])

    assert (found.confidence, found.expectation) == (Confidence.NONE, None)


@pytest.mark.parametrize(
    "own",
    [
        receipt("0.00", "20.00", kind=ReceiptKind.FEE),
        receipt("-900.00", "0.00", kind=ReceiptKind.PAYOUT),
    ],
)
def test_what_the_source_does_by_itself_explains_itself(own: Receipt) -> None:
    found = match(own, [balance()])

    assert found.explained
    assert found.expectation is None


def test_a_payout_that_is_taken_back_is_not_our_own_transfer() -> None:
    found = match(paid_out("-840.75", "0.00", metadata={}), [])

    assert (found.confidence, found.difference) == (
        Confidence.NONE,
        dollars("840.75"),
    )


# Few values, so that things look alike often.
_CENTS = st.sampled_from([-500, 0, 100, 500, 900]).map(Money)
_MAIL = st.sampled_from(["", "a@x.org", "A@x.org", "b@x.org"])
_ID = st.sampled_from(["", "1", "2"])


@st.composite
def _receipts(draw: st.DrawFn) -> Receipt:
    said = {
        name: value
        for name in ("event_id", "patron_id", "booking_id", "source_ref")
        if (value := draw(_ID))
    }
    gross, fee = draw(_CENTS), draw(st.none() | _CENTS)
    return Receipt(
        source="stripe",
        source_id="ch_1",
        kind=draw(st.sampled_from(ReceiptKind)),
        gross=gross,
        fee=fee,
        net=draw(st.sampled_from([gross - (fee or Money()), Money(100)])),
        at=PAID,
        currency=draw(st.sampled_from(["USD", "USD", "USD", "EUR"])),
        email=draw(_MAIL),
        references=(draw(_ID),),
        metadata=draw(st.sampled_from([said, {}])),
    )


_EXPECTATIONS = st.builds(
    Expectation,
    label=_ID,
    amount=st.none() | _CENTS,
    at=st.sampled_from([TRIP, TRIP - timedelta(days=90)]),
    after_fee=st.booleans(),
    fee=st.none() | _CENTS,
    email=_MAIL,
    event_id=_ID,
    patron_id=_ID,
    booking_id=_ID,
    references=st.tuples(_ID),
)
_SOME = st.lists(_EXPECTATIONS, max_size=4, unique=True)


@given(_receipts(), _SOME)
def test_whatever_comes_the_sum_is_right_to_the_cent(
    one: Receipt, some: list[Expectation]
) -> None:
    found = match(one, some)

    assert _adds_up(found)
    assert found.received == one.net
    assert found.gap == one.gap
    assert found.reasons


@given(_receipts(), _SOME)
def test_whatever_comes_nothing_is_made_up(
    one: Receipt, some: list[Expectation]
) -> None:
    found = match(one, some)

    assert set(found.candidates) <= set(some)
    if found.confidence is Confidence.NONE:
        assert found.expectation is None
    if found.confidence is Confidence.PROPOSED:
        assert found.expectation in some


@given(_receipts(), _SOME, st.randoms())
def test_the_order_of_what_is_expected_means_nothing(
    one: Receipt, some: list[Expectation], luck: Any
) -> None:
    shuffled = list(some)
    luck.shuffle(shuffled)

    first, second = match(one, some), match(one, shuffled)

    assert (first.confidence, first.expectation) == (
        second.confidence,
        second.expectation,
    )


@given(_receipts(), _EXPECTATIONS, _SOME)
def test_a_twin_of_what_is_matched_leaves_nothing_matched(
    one: Receipt, twin: Expectation, others: list[Expectation]
) -> None:
    """Two that differ in nothing that a receipt could name."""
    own = one.kind is ReceiptKind.FEE or one.to_the_bank

    found = match(one, [twin, twin, *others])

    assert found.expectation != twin or own


@given(_receipts(), _SOME)
def test_exact_is_only_what_the_receipt_itself_names(
    one: Receipt, some: list[Expectation]
) -> None:
    found = match(one, some)

    if found.confidence is Confidence.EXACT and found.expectation:
        names = one.metadata if one.kind is not ReceiptKind.REFUND else {}
        assert all(found.expectation.is_called(*named) for named in names.items())
        assert names or set(one.references) & set(found.expectation.references)
