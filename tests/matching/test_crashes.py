"""The process ends in the middle of it; whoever told it tells it again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jada_flask.intake import payout_csv as payouts
from jada_flask.services import reconciling
from tests.fakes import Crash, Doom, DoomedStore
from tests.matching.builders import PAYOUT_LINE, dollars, payout_csv
from tests.matching.stripe_events import charge, event, refunded
from tests.matching.till import Till
from tests.payments.desk import ANA

FILE = payout_csv(PAYOUT_LINE, "BS-9,2026-01-05,50.00,5.00,45.00,USD,2026-01-09")


def _crashes(till: Till, act: Callable[[], object], at: int, *, after: bool) -> bool:
    """Whether the process ended before it was done."""
    real = till.desk.store
    till.desk.store = DoomedStore(real, Doom(at, after))
    try:
        act()
    except Crash:
        return True
    finally:
        till.desk.store = real
    return False


ENDS = [("payment", "500.00"), ("refund", "-30.00"), ("refund", "-50.00")]


def _told(till: Till) -> Callable[[], object]:
    """The refunds first, so that the charge has to look for them."""
    whole = charge(metadata=till.charge().metadata)
    events = [refunded(5_000), refunded(8_000, 5_000), event(whole)]
    return lambda: [till.tell(each) for each in events]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3, 4, 5, 6])
def test_an_event_that_is_told_again_ends_what_was_begun(
    till: Till, at: int, after: bool
) -> None:
    tell = _told(till)

    crashed = _crashes(till, tell, at, after=after)
    tell()

    assert crashed is (at < 6)
    assert sorted(till.log()) == ENDS
    assert till.open() == []
    assert till.mails() == {"payment_audit": 3, "payment_confirmation": 3}


def test_each_telling_gets_on_even_if_each_dies_after_its_first_write(
    till: Till,
) -> None:
    tell = _told(till)

    crashes = 0
    while _crashes(till, tell, 1, after=True):
        crashes += 1

    assert crashes == 5
    assert sorted(till.log()) == ENDS


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_file_that_is_taken_again_is_taken_once(
    till: Till, at: int, after: bool
) -> None:
    booking = till.book(gross=dollars("840.75"))

    def take() -> None:
        told = payouts.read(FILE)
        reconciling.take_file(
            till.desk.begin(),
            "boatsetter",
            FILE,
            told.receipts,
            by=ANA,
            at=till.desk.clock.at,
        )

    crashed = _crashes(till, take, at, after=after)
    take()

    assert crashed is (at < 4)
    paid = till.paid_out(booking)
    assert paid is not None
    assert paid.received == dollars("840.75")
    assert len(till.stored()) == 2
    (file,) = reconciling.files(till.desk.begin())
    assert len(file.receipts) == 2
