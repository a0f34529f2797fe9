"""What is seldom: two who undo each other's work, and things that are gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jada_flask.domain.errors import (
    BusyError,
    ConflictError,
    DeliveryError,
    InvalidError,
)
from jada_flask.domain.event import EventStatus
from jada_flask.domain.outbox import Message
from jada_flask.ports import ConditionError, Operation
from jada_flask.records.operations import EVENT
from jada_flask.records.payments import ENTRY, LEDGER
from jada_flask.services import payment_log, roster
from jada_flask.services.accounts import of_cards
from jada_flask.services.board import by_date
from jada_flask.services.deliveries import Courier
from jada_flask.services.notes import StoredNotes
from jada_flask.tables import FINANCE, JOBS, PAYMENTS
from jada_flask.web.context import Parts
from tests.payments.desk import ANA, Desk
from tests.payments.mutants import QuickStore


@pytest.fixture
def quick() -> QuickStore:
    return QuickStore()


@pytest.fixture
def desk(quick: QuickStore) -> Desk:
    return Desk(quick).open()


def remove(desk: Desk, patron_id: str) -> None:
    at = desk.clock.at
    roster.remove(desk.begin(), desk.event_id, patron_id, by=ANA, at=at)


def test_who_is_taken_off_meanwhile_pays_nothing(desk: Desk, quick: QuickStore) -> None:
    ana = desk.board("Ana")
    quick.meanwhile = lambda: remove(desk, ana)

    with pytest.raises(ConflictError):
        desk.log(ana)

    assert desk.entries() == []


@pytest.mark.parametrize("due", [None, "60.00"])
def test_who_pays_meanwhile_is_not_taken_off(
    desk: Desk, quick: QuickStore, due: str | None
) -> None:
    ana = desk.board("Ana", due)
    quick.meanwhile = lambda: desk.log(ana)

    with pytest.raises(ConflictError):
        remove(desk, ana)

    assert desk.account(ana).fares.plain == "60.00"


def test_who_is_on_the_roster_twice_at_once_is_on_it_once(
    desk: Desk, quick: QuickStore
) -> None:
    quick.meanwhile = lambda: desk.board("Ana")

    with pytest.raises(ConflictError):
        desk.board("Ana")


def test_a_name_that_is_free_again_gets_an_id_of_its_own(desk: Desk) -> None:
    first = desk.board("Ana")
    desk.change(first, name="Anna")

    assert desk.board("Ana") != first


def test_what_is_due_changes_beside_a_payment(desk: Desk, quick: QuickStore) -> None:
    ana = desk.board("Ana")
    quick.meanwhile = lambda: desk.change(ana, amount_due=None, phone="619 555 0100")

    desk.log(ana)

    assert desk.account(ana).fares.plain == "60.00"


def test_a_change_that_changes_nothing_writes_nothing(desk: Desk) -> None:
    ana = desk.board("Ana", "60.00")
    before = list(desk.store.everything(JOBS))

    desk.change(ana, name="Ana")

    assert list(desk.store.everything(JOBS)) == before


class Contested(QuickStore):
    """Somebody else is always faster."""

    contested = False

    def carry_out(self, operations: tuple[Operation, ...]) -> None:
        if self.contested:
            item = self.get(FINANCE, *LEDGER.key("EV_sail"))
            raise ConditionError(0, item)
        super().carry_out(operations)


def test_whoever_never_gets_a_turn_is_told_to_try_again() -> None:
    store = Contested()
    desk = Desk(store).open()
    ana = desk.board("Ana", "60.00")
    store.contested = True

    with pytest.raises(BusyError, match="try again"):
        desk.log(ana)


def test_a_guard_of_an_entry_that_is_gone_is_no_reason_to_go_on(
    desk: Desk, quick: QuickStore
) -> None:
    ana = desk.board("Ana")
    entry = desk.log(ana).entry
    del quick.items[PAYMENTS.name, ENTRY.key_of(entry)]

    with pytest.raises(ConflictError):
        desk.log(ana)


def test_a_payment_for_a_cancelled_charter_is_warned_of(desk: Desk) -> None:
    ana = desk.board("Ana")
    work = desk.begin()
    event = work.need(EVENT, desk.event_id, otherwise="")
    work.save(EVENT, replace(event, status=EventStatus.CANCELLED))
    work.commit(by=ANA, did="event.cancelled", at=desk.clock.at, about="EV_sail")

    assert "This charter is cancelled." in desk.log(ana).warnings


def test_lists_without_money_ask_for_none(desk: Desk, quick: QuickStore) -> None:
    desk.board("Ana")
    cards, _ = by_date(desk.begin(), "2026-01-01", "2026-12-31~", limit=50)

    assert [patron.name for patron in cards[0].roster] == ["Ana"]
    assert of_cards(desk.begin(), cards) == {}


def test_a_ledger_that_is_gone_leaves_the_list_as_it_is(
    desk: Desk, quick: QuickStore
) -> None:
    desk.log(desk.board("Ana"))
    cards, _ = by_date(desk.begin(), "2026-01-01", "2026-12-31~", limit=50)
    del quick.items[FINANCE.name, LEDGER.key(desk.event_id)]

    assert of_cards(desk.begin(), cards) == {}


@pytest.mark.parametrize("place", [[1], [1, "PT_none", 0], [1, "PT_none", "x"]])
def test_a_place_that_is_no_longer_there_is_refused(
    desk: Desk, place: list[str | int]
) -> None:
    desk.log(desk.board("Ana"))

    with pytest.raises(InvalidError, match="begin without a cursor"):
        payment_log.of_event(desk.begin(), desk.event_id, limit=1, after=place)


def test_a_patron_of_hundreds_of_entries_is_read_to_the_end(desk: Desk) -> None:
    ana = desk.board("Ana")
    for cents in range(1, 103):
        desk.log(ana, f"1.{cents % 100:02}", ("cash", "card")[cents // 100])

    found = payment_log.of_patron(desk.begin(), desk.event_id, ana)

    assert len(found.entries) == 102


def test_a_mail_of_a_payment_that_is_gone_is_given_up(parts: Parts) -> None:
    message = Message(
        subject="EV_none",
        message_id="payment_audit:PM_none",
        kind="payment_audit",
        created_at=parts.ports.clock.now(),
        event_id="EV_none",
        payload={"email": "ana@example.com", "timestamp": "1"},
        money=True,
    )
    notes = StoredNotes(parts.ports.store, JOBS, message)

    with pytest.raises(DeliveryError, match="gone") as given_up:
        Courier(parts.office, parts.ports).deliver(message, notes)

    assert given_up.value.permanent
