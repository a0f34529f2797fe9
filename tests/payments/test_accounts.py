"""What a patron owes and has paid, and taking payments back."""

from __future__ import annotations

import pytest

from jada_flask.domain.errors import ConflictError, InvalidError, NotFoundError
from jada_flask.services import payment_log, roster
from tests.payments.desk import ANA, Desk


def test_fares_clear_an_account_when_they_reach_what_is_due(desk: Desk) -> None:
    ana = desk.board("Ana", "100.00")
    desk.log(ana, "60.00")
    assert not desk.account(ana).cleared

    desk.log(ana, "40.00", "card")

    account = desk.account(ana)
    assert account.cleared
    assert (account.method, str(account.balance)) == ("card", "$0.00")


def test_where_nothing_is_due_the_first_fare_clears(desk: Desk) -> None:
    ana = desk.board("Ana")
    assert not desk.account(ana).cleared

    desk.log(ana, "0.01")

    assert desk.account(ana).cleared


def test_who_owes_nothing_by_agreement_is_cleared(desk: Desk) -> None:
    assert desk.account(desk.board("Kim", "0.00")).cleared


@pytest.mark.parametrize("purpose", ["tip", "addon", "damage"])
def test_only_fares_count_towards_what_is_due(
    desk: Desk, ana: str, purpose: str
) -> None:
    desk.log(ana, "100.00", purpose=purpose)

    account = desk.account(ana)
    assert not account.cleared
    assert account.paid[purpose].plain == "100.00"
    assert (account.fares.plain, account.paid_at) == ("0.00", None)


def test_a_void_takes_the_payment_off_the_account(desk: Desk, ana: str) -> None:
    first = desk.log(ana, "60.00", "card").entry
    desk.later(5_000)
    second = desk.log(ana, "40.00", "cash").entry

    back = desk.void(second, "Another patron's money.").entry

    account = desk.account(ana)
    assert (back.amount.plain, back.reverses) == ("-40.00", second.payment_id)
    assert back.reason == "Another patron's money."
    assert (account.fares.plain, account.cleared) == ("60.00", False)
    assert (account.method, account.paid_at) == ("card", first.timestamp)


def test_what_was_written_stays_as_it_was(desk: Desk, ana: str) -> None:
    entry = desk.log(ana).entry

    desk.void(entry)

    assert desk.entries()[0] == entry


def test_a_double_click_voids_once(desk: Desk, ana: str) -> None:
    entry = desk.log(ana).entry
    first = desk.void(entry)

    second = desk.void(entry)

    assert (second.duplicate, second.entry) == (True, first.entry)
    assert len(desk.entries()) == 2


def test_a_voided_entry_cannot_be_voided_a_minute_later(desk: Desk, ana: str) -> None:
    entry = desk.log(ana).entry
    desk.void(entry)
    desk.later(60_001)

    with pytest.raises(ConflictError, match="taken back before"):
        desk.void(entry)


def test_a_void_cannot_be_voided(desk: Desk, ana: str) -> None:
    back = desk.void(desk.log(ana).entry).entry

    with pytest.raises(ConflictError, match="log it again"):
        desk.void(back)


def test_refunds_go_as_far_as_the_payment(desk: Desk, ana: str) -> None:
    entry = desk.log(ana, "60.00").entry
    desk.refund(entry, "45.00")

    with pytest.raises(InvalidError, match=r"At most \$15.00"):
        desk.refund(entry, "15.01")
    desk.refund(entry, "15.00")

    with pytest.raises(ConflictError, match="given back before"):
        desk.refund(entry, "0.01")
    assert desk.account(ana).fares.plain == "0.00"


def test_the_same_refund_within_a_minute_is_one(desk: Desk, ana: str) -> None:
    entry = desk.log(ana, "60.00").entry
    first = desk.refund(entry, "20.00")

    assert desk.refund(entry, "20.00").entry == first.entry
    assert not desk.refund(entry, "20.00", again="For both of them.").duplicate
    assert desk.account(ana).fares.plain == "20.00"


def test_a_refund_that_was_a_mistake_is_taken_back(desk: Desk, ana: str) -> None:
    entry = desk.log(ana, "60.00").entry
    given = desk.refund(entry, "60.00").entry

    desk.void(given)

    assert desk.account(ana).fares.plain == "60.00"
    assert desk.ledger().left(entry).plain == "60.00"


def test_a_refund_that_was_taken_back_stands_in_nobodys_way(
    desk: Desk, ana: str
) -> None:
    entry = desk.log(ana, "60.00").entry
    desk.void(desk.refund(entry, "20.00").entry)

    assert not desk.refund(entry, "20.00").duplicate
    assert desk.account(ana).fares.plain == "40.00"


def test_a_payment_that_was_refunded_is_not_voided(desk: Desk, ana: str) -> None:
    entry = desk.log(ana, "60.00").entry
    desk.refund(entry, "20.00")

    with pytest.raises(ConflictError, match="given back before"):
        desk.void(entry)


def test_nothing_but_a_payment_is_refunded(desk: Desk, ana: str) -> None:
    entry = desk.log(ana, "60.00").entry
    voided = desk.log(ana, "61.00").entry
    desk.void(voided)
    given = desk.refund(entry, "20.00").entry

    with pytest.raises(ConflictError, match="Only a payment"):
        desk.refund(given, "20.00")
    with pytest.raises(ConflictError, match="was taken back"):
        desk.refund(voided, "1.00")


def test_nobody_takes_back_what_another_has_paid(desk: Desk, ana: str) -> None:
    entry = desk.log(ana).entry
    ben = desk.board("Ben", email="ana@example.com")
    desk.log(ben)

    with pytest.raises(NotFoundError):
        payment_log.one(desk.begin(), desk.event_id, ben, entry.payment_id)


def test_a_changed_address_moves_nothing(desk: Desk, ana: str) -> None:
    first = desk.log(ana, "60.00").entry
    desk.change(ana, email="ana@elsewhere.example", name="Ana Maria")
    desk.log(ana, "40.00")

    statement = payment_log.of_patron(desk.begin(), desk.event_id, ana)
    found = payment_log.one(desk.begin(), desk.event_id, ana, first.payment_id)

    assert [one.patron_email for one in statement.entries] == [
        "ana@example.com",
        "ana@elsewhere.example",
    ]
    assert found.entry == first
    assert statement.account.cleared
    desk.void(first)
    assert not desk.account(ana).cleared


def test_two_patrons_of_one_address_have_accounts_of_their_own(desk: Desk) -> None:
    ana = desk.board("Ana", email="both@example.com")
    ben = desk.board("Ben", email="both@example.com")
    desk.log(ana, "60.00")
    desk.log(ben, "40.00")

    statements = [
        payment_log.of_patron(desk.begin(), desk.event_id, one) for one in (ana, ben)
    ]

    paid = [[one.amount.plain for one in each.entries] for each in statements]
    assert paid == [["60.00"], ["40.00"]]


def test_what_is_due_can_change_at_any_time(desk: Desk, ana: str) -> None:
    desk.log(ana, "60.00")

    desk.change(ana, amount_due=None)

    assert desk.account(ana).cleared
    assert desk.account(ana).balance is None


def test_somebody_who_has_paid_stays_on_the_roster(desk: Desk, ana: str) -> None:
    entry = desk.log(ana).entry
    at = desk.clock.at
    with pytest.raises(ConflictError, match="has paid"):
        roster.remove(desk.begin(), desk.event_id, ana, by=ANA, at=at)

    desk.void(entry)
    roster.remove(desk.begin(), desk.event_id, ana, by=ANA, at=at)

    with pytest.raises(NotFoundError):
        desk.log(ana)
    assert len(desk.entries()) == 2
    assert desk.verify().breaks == []


def test_entries_of_who_is_no_longer_aboard_are_listed_page_by_page(
    desk: Desk, ana: str
) -> None:
    desk.void(desk.log(ana).entry)
    at = desk.clock.at
    roster.remove(desk.begin(), desk.event_id, ana, by=ANA, at=at)

    first = payment_log.of_event(desk.begin(), desk.event_id, limit=1)
    second = payment_log.of_event(
        desk.begin(), desk.event_id, limit=1, after=first.after
    )

    assert [one.position for one in first.entries + second.entries] == [1, 2]
    assert second.after is None


def test_who_comes_back_owes_what_is_agreed_then(desk: Desk, ana: str) -> None:
    at = desk.clock.at
    roster.remove(desk.begin(), desk.event_id, ana, by=ANA, at=at)

    again = desk.board("Ana")

    assert desk.account(again).due is None
