"""What money is expected from outside: payouts for bookings, balances of patrons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from jada_flask.domain.booking import Booking, Status, local_start
from jada_flask.domain.event import Event, Patron
from jada_flask.domain.ids import booking_id
from jada_flask.domain.ledger import Account
from jada_flask.domain.matching import WINDOW, Expectation
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Purpose
from jada_flask.domain.receipt import Receipt, ReceiptKind
from jada_flask.domain.reconciliation import PaidOut
from jada_flask.records.money import BOOKING
from jada_flask.records.operations import EVENT, PATRON, stamp
from jada_flask.records.payments import LEDGER
from jada_flask.records.reconciling import PAID_OUT
from jada_flask.services import accounts, board, bookings, events
from jada_flask.services.rates import house
from jada_flask.unit_of_work import UnitOfWork

_AHEAD = timedelta(days=180)  # for how long before a charter somebody may pay for it
_PAGE, _PAGES = 100, 10
# Two or three business days after the trip, with a weekend and a holiday between.
_DUE_AFTER = timedelta(days=7)
_OVERDUE_FOR = timedelta(days=90)  # then nobody waits for it any more


@dataclass(slots=True)
class Expected:
    """Everything that is expected, looked up as receipts ask for it.

    What is near in time is read once for all receipts, `receipts` being those that
    will be asked for.
    """

    work: UnitOfWork
    receipts: list[Receipt]
    _near: list[Expectation] | None = field(default=None, init=False)

    def of(self, receipt: Receipt) -> list[Expectation]:
        """What this receipt might be."""
        if receipt.kind is ReceiptKind.PAYOUT:
            return self._payouts(receipt)
        if receipt.kind is not ReceiptKind.CHARGE:
            return []
        return self._named(receipt) or self._balances()

    def called(self, target: str, purpose: str = "") -> Expectation | None:
        """One expectation as of now, by its target."""
        event_id, _, patron_id = target.partition("/")
        if patron_id:
            found = self._patrons(event_id, purpose, patron_id)
            return found[0] if found else None
        booking = self.work.get(BOOKING, target)
        return self._payout(booking) if booking else None

    def _payouts(self, receipt: Receipt) -> list[Expectation]:
        for reference in receipt.references:
            key = booking_id(receipt.source, reference)
            booking = self.work.get(BOOKING, key)
            if booking:
                return [self._payout(booking, receipt)]
        lo, hi = stamp(receipt.at - WINDOW), stamp(receipt.at + WINDOW)
        near, _ = bookings.between(self.work, lo, hi, limit=_PAGE)
        return [
            self._payout(booking)
            for booking in near
            if booking.terms.source == receipt.source
        ]

    def _payout(self, booking: Booking, receipt: Receipt | None = None) -> Expectation:
        return payout_of(booking, _paid_out(self.work, booking), receipt)

    def _named(self, receipt: Receipt) -> list[Expectation]:
        """The patrons whom the metadata of a charge may mean."""
        said = receipt.metadata
        purpose = said.get("purpose", "")
        if "event_id" in said:
            return self._patrons(said["event_id"], purpose, said.get("patron_id"))
        booking = self._booking(said)
        if booking is None or not booking.event_id:
            return []
        references = (booking.terms.source_ref,)
        return [
            replace(one, references=references)
            for one in self._patrons(booking.event_id, purpose)
        ]

    def _booking(self, said: dict[str, str]) -> Booking | None:
        if "booking_id" in said:
            return self.work.get(BOOKING, said["booking_id"])
        if "source_ref" not in said:
            return None
        sources = {one.source for one in house(self.work).rates.schedules}
        for source in sorted(sources):
            booking = self.work.get(BOOKING, booking_id(source, said["source_ref"]))
            if booking:
                return booking
        return None

    def _patrons(
        self, event_id: str, purpose: str = "", patron_id: str | None = None
    ) -> list[Expectation]:
        event = self.work.get(EVENT, event_id)
        if event is None:
            return []
        aboard: Iterable[Patron | None] = events.roster(self.work, event_id)
        if patron_id is not None:
            aboard = [self.work.get(PATRON, event_id, patron_id)]
        ledger = self.work.get(LEDGER, event_id)
        return [
            balance_of(
                event,
                patron,
                ledger.account(patron.patron_id) if ledger else Account(),
                purpose,
            )
            for patron in aboard
            if patron
        ]

    def _balances(self) -> list[Expectation]:
        """What is owed around the time of all these receipts."""
        if self._near is None:
            moments = [one.at for one in self.receipts]
            self._near = self._owed(min(moments) - WINDOW, max(moments) + _AHEAD)
        return self._near

    def _owed(self, first: datetime, last: datetime) -> list[Expectation]:
        found: list[Expectation] = []
        after = None
        for _ in range(_PAGES):
            cards, after = board.by_date(
                self.work, stamp(first), stamp(last), limit=_PAGE, after=after
            )
            ledgers = accounts.of_cards(self.work, cards)
            for card in cards:
                ledger = ledgers.get(card.event.event_id)
                for patron in card.roster if ledger else ():
                    account = ledger.account(patron.patron_id) if ledger else Account()
                    if account.balance is not None and account.balance > Money():
                        found.append(balance_of(card.event, patron, account))
            if after is None:
                break
        return found


def overdue(work: UnitOfWork, at: datetime) -> list[Expectation]:
    """Payouts that should have come by now, and have not or not in full."""
    lo, hi = stamp(at - _OVERDUE_FOR), f"{stamp(at - _DUE_AFTER)}~"
    found, _ = bookings.between(work, lo, hi, limit=_PAGE)
    rates = house(work).rates
    marketplaces = {one.source for one in rates.schedules if one.marketplace}
    wanted = [
        payout_of(one, _paid_out(work, one))
        for one in found
        if one.terms.source in marketplaces and one.terms.status is Status.APPROVED
    ]
    return [one for one in wanted if one.amount is not None and one.amount > Money()]


def balance_of(
    event: Event, patron: Patron, account: Account, purpose: str = ""
) -> Expectation:
    """What a patron still owes; whatever comes is right where it is no fare."""
    fare = purpose in ("", Purpose.FARE)
    cancelled = ("This charter is cancelled.",) if event.cancelled else ()
    return Expectation(
        label=f"{patron.name} on {_day(event.local_start)}",
        amount=account.balance if fare else None,
        at=event.start,
        email=patron.email,
        event_id=event.event_id,
        patron_id=patron.patron_id,
        booking_id=event.booking_id,
        cautions=cancelled,
    )


def payout_of(
    booking: Booking, paid: PaidOut, receipt: Receipt | None = None
) -> Expectation:
    """What the marketplace still has to pay out for a booking."""
    terms = booking.terms
    due = Money() if booking.cancelled else terms.gross
    return Expectation(
        label=f"booking {terms.source_ref} of {terms.guest.name} on "
        f"{_day(local_start(terms))}",
        amount=due - paid.received,
        at=terms.end,
        after_fee=True,
        fee=None if paid.receipts else _agreed_fee(booking),
        booking_id=booking.booking_id,
        references=(terms.source_ref,),
        cautions=tuple(_cautions(booking, paid, receipt)),
    )


def _paid_out(work: UnitOfWork, booking: Booking) -> PaidOut:
    return work.get(PAID_OUT, booking.booking_id) or PaidOut(booking.booking_id)


def _agreed_fee(booking: Booking) -> Money | None:
    terms = booking.terms
    if booking.cancelled:
        return None
    if terms.platform_fee is not None:
        return terms.platform_fee
    return None if terms.list_price is None else terms.list_price - terms.gross


def _cautions(booking: Booking, paid: PaidOut, receipt: Receipt | None) -> list[str]:
    told = []
    if booking.terms.status is not Status.APPROVED:
        told.append(f"This booking is {booking.terms.status.value}.")
    if paid.receipts:
        told.append(f"{paid.received} was paid out for it before.")
    trip = receipt.metadata.get("trip_date") if receipt else None
    if trip and trip != str(booking.charter_date):
        told.append(
            f"Its trip is said to be on {trip}, ours is on {booking.charter_date}."
        )
    return told


def _day(day: date) -> str:
    return f"{day:%a %b} {day.day}, {day:%Y}"
