from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest

from jada_flask.domain.booking import Status
from jada_flask.domain.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    RuleError,
)
from jada_flask.domain.matching import Confidence
from jada_flask.domain.money import Money
from jada_flask.domain.receipt import ReceiptKind
from jada_flask.domain.reconciliation import TakenState, totals_of
from jada_flask.services import reconciling, roster
from jada_flask.services.expected import overdue
from tests.matching.builders import dollars, paid_out, receipt
from tests.matching.meanwhile import Meanwhile
from tests.matching.stripe_events import balance_transaction, charge, event, intent
from tests.matching.stripe_events import refunded as refund_event
from tests.matching.till import Till
from tests.payments.desk import ANA, SAIL, Desk

OPEN, WAITING = TakenState.OPEN, TakenState.WAITING
SETTLED, DISMISSED = TakenState.SETTLED, TakenState.DISMISSED


def test_a_charge_that_names_its_patron_is_logged(till: Till) -> None:
    (taken,) = till.take(till.charge())

    (entry,) = till.desk.entries()
    assert (taken.state, taken.payment_id) == (SETTLED, entry.payment_id)
    assert (entry.patron_id, entry.amount) == (till.ana, dollars("500.00"))
    assert (entry.method, entry.reference) == ("card", "ch_1")
    assert entry.logged_by == "stripe"
    assert taken.explained
    assert till.desk.account(till.ana).cleared
    assert till.mails() == {"payment_audit": 1, "payment_confirmation": 1}


def test_the_same_charge_again_is_one_payment(till: Till) -> None:
    for _ in range(3):
        till.take(till.charge())
        till.desk.later(120_000)

    assert till.log() == [("payment", "500.00")]
    assert till.known(till.stored()[0]).revision == 1


def test_two_charges_of_one_minute_are_two_payments(till: Till) -> None:
    till.take(till.charge("100.00"))
    till.take(till.charge("100.00", source_id="ch_2"))

    assert till.log() == [("payment", "100.00")] * 2
    assert [one.state for one in till.stored()] == [SETTLED, SETTLED]


def test_what_is_still_due_is_known_to_the_cent(till: Till) -> None:
    first, second = (
        till.take(till.charge("200.00", source_id=name))[0] for name in ("ch_1", "ch_2")
    )

    assert (first.match.expected, first.match.difference) == (
        dollars("500.00"),
        dollars("300.00"),
    )
    assert (second.match.expected, second.match.difference) == (
        dollars("300.00"),
        dollars("100.00"),
    )
    assert not first.explained


def test_a_tip_is_no_fare_and_owes_nothing(till: Till) -> None:
    said = till.charge().metadata | {"purpose": "tip"}

    (taken,) = till.take(till.charge("75.00", metadata=said))

    assert taken.explained
    assert till.desk.entries()[0].purpose == "tip"
    assert not till.desk.account(till.ana).cleared


def test_an_unknown_purpose_is_a_fare(till: Till) -> None:
    said = till.charge().metadata | {"purpose": "=1+1"}

    till.take(till.charge(metadata=said))

    assert till.desk.entries()[0].purpose == "fare"


def test_a_charge_of_a_booking_with_one_guest_is_his(till: Till) -> None:
    booking = till.book()

    (taken,) = till.take(receipt(metadata={"booking_id": booking.booking_id}))

    assert taken.state is SETTLED
    assert till.desk.entries()[0].patron_name == "Ana Lima"


def test_a_charge_by_the_marketplaces_reference_is_its_guests(till: Till) -> None:
    till.book()

    (taken,) = till.take(receipt(metadata={"source_ref": "BS-1048213"}))

    assert taken.state is SETTLED
    assert any("sold through Boatsetter" in words for words in taken.words)


def test_what_only_looks_so_is_proposed_and_not_logged(till: Till) -> None:
    (taken,) = till.take(till.charge(metadata={}))

    assert (taken.state, taken.match.confidence) == (OPEN, Confidence.PROPOSED)
    assert till.log() == []
    assert till.open() == [taken]


def test_a_proposal_that_is_accepted_is_logged_by_who_did(till: Till) -> None:
    (proposed,) = till.take(till.charge(metadata={}))

    taken = till.accept(proposed)

    (entry,) = till.desk.entries()
    assert (entry.logged_by, entry.reference) == ("ana", "ch_1")
    assert (taken.state, taken.decided_by) == (SETTLED, "staff:ana")
    assert taken.explained
    assert till.open() == []


def test_a_proposal_is_decided_once(till: Till) -> None:
    (proposed,) = till.take(till.charge(metadata={}))
    till.accept(proposed)

    with pytest.raises(ConflictError):
        till.accept(proposed)
    with pytest.raises(ConflictError):
        till.dismiss(proposed)
    assert len(till.desk.entries()) == 1


def test_a_dismissed_receipt_says_why_and_stays_dismissed(till: Till) -> None:
    (proposed,) = till.take(till.charge(metadata={}))

    taken = till.dismiss(proposed, "A test of the shop.")
    (again,) = till.take(till.charge(metadata={}))

    assert (taken.state, taken.reason) == (DISMISSED, "A test of the shop.")
    assert again.state is DISMISSED
    assert till.log() == []
    assert till.open() == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_is_given_or_nothing_is_dismissed(till: Till, reason: str) -> None:
    (proposed,) = till.take(till.charge(metadata={}))

    with pytest.raises(InvalidError):
        till.dismiss(proposed, reason)

    assert till.known(proposed).state is OPEN


def test_of_two_candidates_somebody_chooses(till: Till) -> None:
    ben = till.desk.board("Ben", "500.00", email="ana@example.com")
    (taken,) = till.take(till.charge(metadata={}))
    assert (taken.match.confidence, len(taken.match.candidates)) == (Confidence.NONE, 2)

    with pytest.raises(RuleError, match="Choose"):
        till.accept(taken)
    with pytest.raises(RuleError, match="not one of those"):
        till.accept(taken, "EV_9/PT_9")
    till.accept(taken, f"{SAIL.event_id}/{ben}")

    assert till.desk.entries()[0].patron_id == ben


def test_who_has_left_the_roster_gets_no_payment(till: Till) -> None:
    (taken,) = till.take(till.charge(metadata={}))
    work, at = till.desk.begin(), till.desk.clock.at
    roster.remove(work, SAIL.event_id, till.ana, by=ANA, at=at)

    with pytest.raises(NotFoundError):
        till.accept(taken)


def test_money_that_nobody_expects_is_open_and_can_only_be_dismissed(
    till: Till,
) -> None:
    (taken,) = till.take(receipt("12.34", email="x@example.com"))

    assert (taken.state, taken.match.candidates) == (OPEN, ())
    with pytest.raises(RuleError):
        till.accept(taken)


def test_other_money_than_dollars_is_never_booked(till: Till) -> None:
    (taken,) = till.take(till.charge(currency="EUR"))

    assert taken.state is OPEN
    with pytest.raises(RuleError, match="US dollars"):
        till.accept(taken)
    assert till.log() == []


def test_what_was_open_is_booked_once_it_is_known_where(till: Till) -> None:
    first = till.take(paid_out(), till.charge(metadata={}))
    booking = till.book(source_ref="BS-1048213", gross=dollars("840.75"))

    again, charged = till.take(paid_out(), till.charge())

    assert [one.state for one in first] == [OPEN, OPEN]
    assert (again.state, charged.state) == (SETTLED, SETTLED)
    assert till.paid_out(booking) is not None


def test_money_that_somebody_has_logged_already_is_not_logged_again(
    till: Till,
) -> None:
    till.desk.log(till.ana, "500.00", "card")
    till.desk.later(3_600_000)

    (taken,) = till.take(till.charge(at=till.desk.clock.at))

    assert taken.state is OPEN
    assert "ana has logged $500.00 by card" in taken.words[-1]
    assert len(till.log()) == 1


def test_an_entry_of_another_receipt_is_other_money(till: Till) -> None:
    till.take(till.charge("100.00"))
    till.desk.log(till.ana, "100.00", "card", reference="4242", second_entry_reason="x")

    (taken,) = till.take(till.charge("100.00", source_id="ch_2"))

    assert taken.state is OPEN
    till.desk.void(till.desk.entries()[1])
    (again,) = till.take(till.charge("100.00", source_id="ch_3"))
    assert again.state is SETTLED


def test_money_that_somebody_logs_at_this_very_moment_is_not_logged_again(
    till: Till,
) -> None:
    """After it was looked for in the log, and before it is written there."""
    real = till.desk.store
    desk = Desk(real)
    till.desk.store = Meanwhile(
        real,
        lambda call, what: (call, what) == ("write", "Payments"),
        lambda: desk.log(till.ana, "500.00", "card"),
    )

    (taken,) = till.take(till.charge())

    assert taken.state is OPEN
    assert till.log() == [("payment", "500.00")]


def test_what_was_in_doubt_is_logged_once_the_doubt_is_gone(till: Till) -> None:
    entry = till.desk.log(till.ana, "500.00", "card").entry
    first, again = till.take(till.charge(), till.charge())
    assert (first.state, again.revision) == (OPEN, first.revision)

    till.desk.void(entry)
    (taken,) = till.take(till.charge())

    assert taken.explained
    assert taken.words == taken.match.reasons
    assert till.open() == []


def test_it_is_logged_where_somebody_says_that_it_is_other_money(till: Till) -> None:
    till.desk.log(till.ana, "500.00", "card")
    (taken,) = till.take(till.charge(at=till.desk.clock.at))

    settled = till.accept(taken)

    assert settled.state is SETTLED
    assert till.log() == [("payment", "500.00")] * 2
    assert settled.match.difference == dollars("-500.00")


def test_an_entry_that_names_the_charge_is_the_charge(till: Till) -> None:
    till.desk.log(till.ana, "500.00", "card", reference="ch_1")

    (taken,) = till.take(till.charge())

    assert (taken.state, taken.payment_id) == (
        SETTLED,
        till.desk.entries()[0].payment_id,
    )
    assert len(till.log()) == 1


def test_an_entry_that_was_taken_back_stands_in_nobodys_way(till: Till) -> None:
    till.desk.void(till.desk.log(till.ana, "500.00", "card", reference="ch_1").entry)

    (taken,) = till.take(till.charge())

    assert taken.state is SETTLED
    assert till.desk.account(till.ana).cleared


@pytest.mark.parametrize("gross", ["0.00", "-5.00", "100000.01"])
def test_what_cannot_be_one_payment_is_left_open(till: Till, gross: str) -> None:
    (taken,) = till.take(till.charge(gross, fee="0.00"))

    assert taken.state is OPEN
    assert till.log() == []


def test_a_fee_that_becomes_known_completes_the_sum(till: Till) -> None:
    whole = charge(metadata=till.charge().metadata)
    first = till.tell(event(whole))
    later = intent(latest_charge=whole | {"balance_transaction": balance_transaction()})

    second = till.tell(event(later, "payment_intent.succeeded", event_id="evt_2"))

    assert (first.match.fee, first.receipt.fee) == (Money(), None)
    assert (second.match.fee, second.match.received) == (
        dollars("14.80"),
        dollars("485.20"),
    )
    assert second.explained
    assert second.told_by == ("evt_1", "evt_2")
    assert len(till.log()) == 1


def test_metadata_that_comes_later_decides(till: Till) -> None:
    first = till.tell(event(charge()))
    said = intent(metadata=till.charge().metadata)

    second = till.tell(event(said, "payment_intent.succeeded", event_id="evt_2"))

    assert (first.state, second.state) == (OPEN, SETTLED)


def test_an_event_that_is_repeated_writes_nothing(till: Till) -> None:
    till.tell(event(charge()))
    before = till.everything()

    till.tell(event(charge()))

    assert till.everything() == before


def test_a_charge_that_is_told_otherwise_keeps_its_amount_and_is_flagged(
    till: Till,
) -> None:
    till.take(till.charge())

    (again,) = till.take(till.charge("700.00"))

    assert again.receipt.gross == dollars("500.00")
    assert "told again with other amounts: $700.00" in again.words[-1]
    assert not again.explained
    assert till.log() == [("payment", "500.00")]
    assert till.open() == [again]


def test_what_contradicts_itself_is_not_booked_by_itself(till: Till) -> None:
    till.take(till.charge(metadata={}))

    (again,) = till.take(till.charge("700.00"))

    assert again.state is OPEN
    assert till.log() == []


def test_a_difference_is_explained_by_a_reason(till: Till) -> None:
    (short,) = till.take(till.charge("200.00"))
    assert till.open() == [short]

    explained = till.dismiss(short, "The rest is paid at the dock.")

    assert (explained.state, explained.explained) == (SETTLED, True)
    assert till.open() == []


def test_a_refund_is_booked_at_its_charge(till: Till) -> None:
    till.take(till.charge())

    (back,) = till.take(till.refund())

    assert (back.state, back.explained) == (SETTLED, True)
    assert till.log() == [("payment", "500.00"), ("refund", "-50.00")]
    assert till.desk.account(till.ana).fares == dollars("450.00")


def test_a_refund_that_comes_first_waits_for_its_charge(till: Till) -> None:
    (back,) = till.take(till.refund())
    assert back.state is WAITING
    assert till.open() == [back]

    till.take(till.charge())

    assert till.log() == [("payment", "500.00"), ("refund", "-50.00")]
    assert till.open() == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_any_order_of_a_charge_and_its_refunds_ends_the_same(
    till: Till, order: tuple[int, ...]
) -> None:
    whole = charge(metadata=till.charge().metadata)
    events = [event(whole), refund_event(2_000), refund_event(5_000, 2_000)]

    for each in order:
        till.tell(events[each])
        till.tell(events[each])

    assert sorted(till.log()) == [
        ("payment", "500.00"),
        ("refund", "-20.00"),
        ("refund", "-30.00"),
    ]
    assert till.open() == []


def test_a_refund_waits_for_a_charge_that_is_open_itself(till: Till) -> None:
    proposed, back = till.take(till.charge(metadata={}), till.refund())
    assert back.state is WAITING
    with pytest.raises(ConflictError, match="not in the log yet"):
        till.accept(back)

    till.accept(proposed)

    assert till.log() == [("payment", "500.00"), ("refund", "-50.00")]


def test_a_refund_that_was_logged_by_hand_is_not_logged_again(till: Till) -> None:
    till.take(till.charge())
    till.desk.refund(till.desk.entries()[0], "50.00")

    (back,) = till.take(till.refund())

    assert back.state is OPEN
    assert "given back in the log by hand" in back.words[-1]
    assert len(till.log()) == 2


def test_a_refund_by_hand_and_another_are_two_where_somebody_says_so(
    till: Till,
) -> None:
    till.take(till.charge())
    till.desk.refund(till.desk.entries()[0], "50.00")
    (back,) = till.take(till.refund())

    settled = till.accept(back)

    assert settled.state is SETTLED
    assert till.desk.account(till.ana).fares == dollars("400.00")


def test_a_refund_of_more_than_is_left_is_left_open(till: Till) -> None:
    till.take(till.charge())

    (back,) = till.take(till.refund("-501.00"))

    assert back.state is OPEN
    assert "$1.00 more than is left" in " ".join(back.words)
    with pytest.raises(InvalidError):
        till.accept(back)
    assert len(till.log()) == 1


def test_a_refund_of_a_payment_that_was_taken_back_is_left_open(till: Till) -> None:
    till.take(till.charge())
    till.desk.void(till.desk.entries()[0])

    (back,) = till.take(till.refund())

    assert back.state is OPEN
    assert "taken back in the log" in back.words[-1]


def test_a_refund_that_names_no_charge_waits_and_can_be_dismissed(till: Till) -> None:
    (back,) = till.take(till.refund(references=()))

    assert till.dismiss(back).state is DISMISSED


def test_a_payout_is_noted_on_its_booking(till: Till) -> None:
    booking = till.book(gross=dollars("840.75"), platform_fee=dollars("109.25"))

    (taken,) = till.take(paid_out())

    paid = till.paid_out(booking)
    assert paid is not None
    assert paid.received == dollars("840.75")
    assert (taken.state, taken.explained) == (SETTLED, True)
    assert (taken.match.expected, taken.match.fee) == (
        dollars("950.00"),
        dollars("109.25"),
    )
    assert till.log() == []


def test_the_same_payout_again_counts_once(till: Till) -> None:
    booking = till.book(gross=dollars("840.75"))

    till.take(paid_out())
    till.take(paid_out())

    paid = till.paid_out(booking)
    assert paid is not None
    assert paid.received == dollars("840.75")


def test_a_payout_in_parts_is_held_against_what_is_left(till: Till) -> None:
    till.book(gross=dollars("840.75"))

    first, second, third = till.take(
        paid_out("800.00"),
        paid_out("40.75", "0.00", source_id="BS-1048213@2026-06-09"),
        paid_out("12.00", "0.00", source_id="BS-1048213@2026-06-10"),
    )

    assert first.match.difference == dollars("40.75")
    assert (second.match.difference, second.explained) == (Money(), True)
    assert third.match.difference == dollars("-12.00")
    assert "$840.75 was paid out for it before." in third.words


def test_a_payout_for_a_cancelled_booking_is_flagged_until_it_is_taken_back(
    till: Till,
) -> None:
    booking = till.book(gross=dollars("840.75"))
    till.cancel(booking)

    paid, back = till.take(
        paid_out(),
        paid_out("-840.75", "-109.25", source_id="BS-1048213@2026-06-09"),
    )

    assert paid.match.difference == dollars("-840.75")
    assert "This booking is cancelled." in paid.words
    assert back.match.difference == Money()


@pytest.mark.parametrize(
    ("days", "part", "left"),
    [
        (7, None, "840.75"),
        (7, "800.00", "40.75"),
        (7, "840.75", None),
        (6, None, None),
        (91, None, None),
    ],
)
def test_a_payout_that_has_not_come_is_missed_after_a_week(
    till: Till, days: int, part: str | None, left: str | None
) -> None:
    booking = till.book(gross=dollars("840.75"))
    if part:
        till.take(paid_out(part))

    missed = overdue(till.desk.begin(), booking.terms.start + timedelta(days=days))

    assert [one.amount for one in missed] == ([dollars(left)] if left else [])


@pytest.mark.parametrize("source", ["direct", "nobody"])
def test_only_a_marketplace_owes_a_payout(till: Till, source: str) -> None:
    booking = till.book(source=source)

    assert overdue(till.desk.begin(), booking.terms.end + timedelta(days=30)) == []


@pytest.mark.parametrize("status", [Status.INQUIRY, Status.PENDING, Status.CANCELLED])
def test_what_was_not_approved_is_owed_nothing(till: Till, status: Status) -> None:
    booking = till.book(status=status)

    assert overdue(till.desk.begin(), booking.terms.end + timedelta(days=30)) == []


def test_a_payout_for_an_inquiry_says_so(till: Till) -> None:
    till.book(status=Status.INQUIRY, gross=dollars("840.75"))

    (taken,) = till.take(paid_out())

    assert "This booking is inquiry." in taken.words


def test_a_payout_with_another_trip_date_says_so(till: Till) -> None:
    till.book(gross=dollars("840.75"))
    said = {"source_ref": "BS-1048213", "trip_date": "2026-05-29"}

    (taken,) = till.take(paid_out(metadata=said))

    assert any("said to be on 2026-05-29" in words for words in taken.words)


def test_a_payout_with_a_mistyped_booking_is_proposed_and_accepted(
    till: Till,
) -> None:
    booking = till.book(gross=dollars("840.75"))
    wrong = paid_out(references=("BS-1048231",), metadata={"source_ref": "BS-1048231"})

    (taken,) = till.take(wrong)
    settled = till.accept(taken)

    assert (taken.state, settled.state) == (OPEN, SETTLED)
    assert till.paid_out(booking) is not None


def test_what_the_source_keeps_and_sends_to_the_bank_needs_nobody(till: Till) -> None:
    fee = receipt("0.00", "20.00", kind=ReceiptKind.FEE, source_id="F1")
    bank = receipt("-900.00", "0.00", kind=ReceiptKind.PAYOUT, source_id="B1")

    assert all(taken.explained for taken in till.take(fee, bank))
    assert till.open() == []


def test_the_sums_of_many_add_up(till: Till) -> None:
    till.book(gross=dollars("840.75"), platform_fee=dollars("109.25"))

    sums = totals_of(till.take(paid_out("830.75"), receipt("12.34", "0.34")))

    assert sums.expected - sums.fee - sums.received == sums.difference
    assert (sums.lines, sums.unexplained) == (2, 2)


def test_money_through_paypal_is_logged_as_such(till: Till) -> None:
    till.take(till.charge(source="paypal", source_id="7AB"))

    assert till.desk.entries()[0].method == "paypal"


def _at_once(act: Callable[[int], object], threads: int = 16) -> list[Any]:
    barrier = Barrier(threads)

    def one(number: int) -> object:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def test_the_same_charge_sixteen_times_at_once_is_one_payment(till: Till) -> None:
    told = event(charge(metadata=till.charge().metadata))

    states = [taken.state for taken in _at_once(lambda _: till.tell(told))]

    assert states == [SETTLED] * 16
    assert till.log() == [("payment", "500.00")]
    assert till.mails() == {"payment_audit": 1, "payment_confirmation": 1}


def test_sixteen_charges_at_once_are_sixteen_payments(till: Till) -> None:
    """Each is held against what the others have left due."""
    charges = [till.charge("20.00", source_id=f"ch_{n}") for n in range(16)]

    taken = [found for (found,) in _at_once(lambda n: till.take(charges[n]))]

    assert till.log() == [("payment", "20.00")] * 16
    due = sorted(one.match.expected.cents for one in taken)
    assert due == [50_000 - 2_000 * n for n in reversed(range(16))]


def test_a_charge_and_its_refunds_at_once_end_in_the_log(till: Till) -> None:
    whole = charge(metadata=till.charge().metadata)
    events = [
        event(whole),
        *(refund_event(1_000 * n, 1_000 * (n - 1)) for n in range(1, 6)),
    ]

    _at_once(lambda n: till.tell(events[n % 6]), 12)

    assert sorted(till.log()) == [("payment", "500.00")] + [("refund", "-10.00")] * 5
    assert till.open() == []


def test_two_who_decide_at_once_decide_once(till: Till) -> None:
    (proposed,) = till.take(till.charge(metadata={}))

    def decide(number: int) -> str:
        try:
            return (till.dismiss if number % 2 else till.accept)(proposed).state.value
        except ConflictError:
            return "too late"

    ends = _at_once(decide, 8)

    assert ends.count("too late") == 7
    assert len(till.log()) == ends.count("settled")


def test_payouts_at_once_leave_nothing_out(till: Till) -> None:
    booking = till.book(gross=dollars("840.75"))
    parts = [
        paid_out("100.00", "0.00", source_id=f"BS-1048213@2026-06-0{n + 1}")
        for n in range(8)
    ]

    taken = [found for (found,) in _at_once(lambda n: till.take(parts[n]), 8)]

    paid = till.paid_out(booking)
    assert paid is not None
    assert paid.received == dollars("800.00")
    left = sorted(one.match.difference.cents for one in taken)
    assert left == [84_075 - 10_000 * n for n in range(8, 0, -1)]


def test_a_payout_is_held_against_what_is_due_at_this_very_moment(till: Till) -> None:
    till.book(gross=dollars("840.75"))
    real = till.desk.store
    other = Till(Desk(real))
    part = paid_out("800.00", source_id="BS-1048213@2026-06-01")
    till.desk.store = Meanwhile(
        real,
        lambda call, what: (call, what) == ("get", "PAIDOUT"),
        lambda: other.take(part),
        at=2,
    )

    (taken,) = till.take(paid_out("40.75", "0.00"))

    assert taken.match.difference == Money()


@pytest.mark.parametrize("wrong", ["", "x", "a/b/c", "stripe/ch_1/ch_1/", "//"])
def test_a_receipt_that_is_not_there_is_not_found(till: Till, wrong: str) -> None:
    till.take(till.charge(metadata={}))

    with pytest.raises(NotFoundError):
        reconciling.one(till.desk.begin(), wrong)


def test_a_payment_far_ahead_of_its_charter_is_proposed_by_its_address(
    till: Till,
) -> None:
    early = SAIL.start - timedelta(days=170)

    (taken,) = till.take(till.charge(metadata={}, at=early))

    assert taken.match.confidence is Confidence.PROPOSED
