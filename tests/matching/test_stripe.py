from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.errors import InvalidError, JadaError, UnreadableError
from jada_flask.domain.money import Money
from jada_flask.domain.receipt import Receipt, ReceiptKind
from jada_flask.intake.stripe import read
from jada_flask.intake.stripe_signature import TOLERANCE, is_signed
from tests.matching.builders import dollars
from tests.matching.stripe_events import (
    CREATED,
    OLDER,
    SECRET,
    balance_transaction,
    charge,
    event,
    header,
    intent,
    refunded,
    signature,
    written,
)

NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
BODY = written(event(charge()))


def _signed(given: str, *secrets: str, at: datetime = NOW, body: bytes = BODY) -> bool:
    return is_signed(body, given, secrets or (SECRET,), at=at)


def test_what_stripe_signed_is_taken() -> None:
    assert _signed(header(BODY, NOW))


def test_a_vector_worked_out_elsewhere() -> None:
    """With `printf '1780000000.{"id":1}' | openssl dgst -sha256 -hmac whsec_x`."""
    known = "a8148bd3f81788c87da3d964062df4893bf78b8c464e27555036508f2e979da1"
    at = datetime.fromtimestamp(1_780_000_000, UTC)

    assert is_signed(b'{"id":1}', f"t=1780000000,v1={known}", ["whsec_x"], at=at)


@pytest.mark.parametrize(
    ("seconds", "taken"),
    [
        (0, True),
        (TOLERANCE, True),
        (TOLERANCE + 1, False),
        (-TOLERANCE, True),
        (-TOLERANCE - 1, False),
        (86_400, False),
    ],
)
def test_a_signature_is_good_for_five_minutes_both_ways(
    seconds: int, taken: bool
) -> None:
    signed = header(BODY, NOW)

    assert _signed(signed, at=NOW + timedelta(seconds=seconds)) is taken


def test_a_part_of_a_second_too_late_is_too_late() -> None:
    late = NOW + timedelta(seconds=TOLERANCE, milliseconds=1)

    assert not _signed(header(BODY, NOW), at=late)


@pytest.mark.parametrize("secret", [SECRET, OLDER])
def test_two_secrets_count_while_they_are_exchanged(secret: str) -> None:
    assert _signed(header(BODY, NOW, secret), SECRET, OLDER)


def test_one_right_signature_among_several_is_enough() -> None:
    stamp = f"t={int(NOW.timestamp())}"
    ours, theirs = signature(BODY, NOW), signature(BODY, NOW, OLDER)

    assert _signed(f"{stamp},v1={theirs},v1={ours}")
    assert _signed(f"{stamp}, v1={ours}, v1={theirs}")


@pytest.mark.parametrize("bit", range(0, 8 * len(BODY), 97))
def test_a_body_that_was_touched_is_refused(bit: int) -> None:
    touched = bytearray(BODY)
    touched[bit // 8] ^= 1 << bit % 8

    assert not _signed(header(BODY, NOW), body=bytes(touched))


@pytest.mark.parametrize(
    "given",
    [
        "",
        "t=,v1=",
        "v1=" + signature(BODY, NOW),
        f"t={int(NOW.timestamp())}",
        f"t={int(NOW.timestamp())},v1=",
        f"t={int(NOW.timestamp())},v0={signature(BODY, NOW)}",
        f"t={int(NOW.timestamp())},v1={signature(BODY, NOW)[:-1]}",
        f"t={int(NOW.timestamp())},v1={signature(BODY, NOW).upper()}",
        f"t={int(NOW.timestamp())},v1={signature(BODY, NOW, OLDER)}",
        f"t={int(NOW.timestamp()) + 1},v1={signature(BODY, NOW)}",
        f"t=1,t={int(NOW.timestamp())},v1={signature(BODY, NOW)}",
        f"t={int(NOW.timestamp())},t=1,v1={signature(BODY, NOW)}",
        f"t=-{int(NOW.timestamp())},v1={signature(BODY, NOW)}",
        f"t={'9' * 400},v1={signature(BODY, NOW)}",
        f"t=١٢٣,v1={signature(BODY, NOW)}",
        f"t={int(NOW.timestamp())},v1=ÿ{signature(BODY, NOW)[1:]}",
        f"t={int(NOW.timestamp())},v1=\udcff",
        header(BODY, NOW) + ",v1=0" * 1000,
        "nonsense",
    ],
)
def test_any_other_header_is_refused_and_breaks_nothing(given: str) -> None:
    assert not _signed(given)


def test_without_a_secret_nothing_is_signed() -> None:
    """An empty secret is one that everybody knows."""
    assert not is_signed(BODY, header(BODY, NOW, ""), (), at=NOW)


def _receipt(told: dict[str, Any]) -> Receipt:
    found = read(written(told)).receipt
    assert found is not None
    return found


def test_a_charge_is_a_receipt() -> None:
    found = _receipt(event(charge(metadata={"event_id": "EV_1", "n": 7, "x": " "})))

    assert (found.source, found.source_id) == ("stripe", "ch_1")
    assert (found.kind, found.gross) == (ReceiptKind.CHARGE, dollars("500.00"))
    assert (found.fee, found.net) == (None, dollars("500.00"))
    assert (found.email, found.name) == ("avery@example.com", "Avery Example")
    assert found.at == datetime.fromtimestamp(CREATED, UTC)
    assert found.metadata == {"event_id": "EV_1"}


def test_the_fee_is_known_where_the_balance_comes_along() -> None:
    told = event(charge(balance_transaction=balance_transaction()))

    assert _receipt(told).fee == dollars("14.80")
    assert _receipt(told).net == dollars("485.20")


def test_the_fee_of_another_currency_is_not_taken_for_ours() -> None:
    other = balance_transaction(currency="eur")

    assert _receipt(event(charge(balance_transaction=other))).fee is None


@pytest.mark.parametrize(
    "thing",
    [
        intent(),
        intent(latest_charge=charge(metadata={})),
        intent(latest_charge=None, charges={"data": [charge()]}),
    ],
)
def test_an_intent_is_the_receipt_of_its_charge(thing: dict[str, Any]) -> None:
    thing["metadata"] = {"booking_id": "BK_1"}

    found = _receipt(event(thing, "payment_intent.succeeded"))

    assert found.source_id == "ch_1"
    assert (found.gross, found.email) == (dollars("500.00"), "avery@example.com")
    assert found.references == ("pi_1",)
    assert found.metadata == {"booking_id": "BK_1"}


def test_an_intent_brings_the_fee_of_its_charge() -> None:
    whole = charge(balance_transaction=balance_transaction())

    found = _receipt(event(intent(latest_charge=whole), "payment_intent.succeeded"))

    assert found.fee == dollars("14.80")


@pytest.mark.parametrize(
    "told",
    [
        event(charge(captured=False)),
        event(intent(latest_charge=None), "payment_intent.succeeded"),
        event(charge(), "charge.failed"),
        event({"id": "cus_1"}, "customer.created"),
        event({}, "something.of_next_year"),
    ],
)
def test_what_moves_no_money_of_ours_tells_nothing(told: dict[str, Any]) -> None:
    assert read(written(told)).receipt is None


def test_a_part_that_is_captured_is_what_was_paid() -> None:
    assert _receipt(event(charge(amount_captured=200))).gross == dollars("2.00")


def test_each_refund_of_a_charge_is_one_of_its_own() -> None:
    first, second = _receipt(refunded(2_000)), _receipt(refunded(5_000, 2_000))

    assert (first.kind, first.references) == (ReceiptKind.REFUND, ("ch_1",))
    assert (first.gross, second.gross) == (dollars("-20.00"), dollars("-30.00"))
    assert first.source_id != second.source_id
    assert first.gap == second.gap == Money()


def test_a_refund_without_what_was_before_is_all_of_it() -> None:
    assert _receipt(refunded(5_000, None)).gross == dollars("-50.00")


@pytest.mark.parametrize(
    ("currency", "units", "gross"),
    [("jpy", 500, "500.00"), ("eur", 500, "5.00"), ("kwd", 5_000, "5.00")],
)
def test_the_smallest_unit_is_not_everywhere_a_hundredth(
    currency: str, units: int, gross: str
) -> None:
    found = _receipt(event(charge(currency=currency, amount_captured=units)))

    assert (found.currency, found.gross) == (currency.upper(), dollars(gross))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": "ch_1#x"}, "id"),
        ({"amount_captured": "500"}, "amount_captured"),
        ({"amount_captured": 500.5}, "amount_captured"),
        ({"amount_captured": True}, "amount_captured"),
        ({"amount_captured": -1}, "amount_captured"),
        ({"amount_captured": 10**30}, "amount_captured"),
        ({"created": "now"}, "created"),
        ({"created": 10**12}, "created"),
    ],
)
def test_a_charge_that_cannot_be_read_is_refused_by_field(
    change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        read(written(event(charge(**change))))

    assert caught.value.faults[0].field == field


@pytest.mark.parametrize("raw", [b"[]", b"7", b'{"object": "charge"}', b"{", b"\xff"])
def test_what_is_no_event_is_unreadable(raw: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(raw)


def test_who_pays_may_be_unknown() -> None:
    """Addresses and names that we would not take from anybody else are left out."""
    odd = {"name": "\u202e", "email": "=cmd|x"}

    found = _receipt(event(charge(billing_details=odd)))

    assert (found.email, found.name) == ("", "")


_THINGS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "data", "metadata", "amount", "email", "currency"]),
            inner,
        )
    ),
    max_leaves=8,
)


@given(
    st.sampled_from(
        ["charge.succeeded", "payment_intent.succeeded", "charge.refunded"]
    ),
    st.sampled_from([charge(), intent(), {}]),
    st.dictionaries(st.sampled_from([*charge(), *intent()]), _THINGS, max_size=4),
)
def test_whatever_an_event_holds_it_is_read_or_refused(
    type_: str, whole: dict[str, Any], changes: dict[str, Any]
) -> None:
    try:
        found = read(written(event(whole | changes, type_))).receipt
    except JadaError:
        return

    assert found is None or found.gap == Money()
