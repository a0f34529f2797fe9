"""A charter with its booking and its patrons, and money that comes for them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from jada_flask.domain.audit import Actor
from jada_flask.domain.booking import Booking
from jada_flask.domain.receipt import Receipt, ReceiptKind
from jada_flask.domain.reconciliation import PaidOut, Taken
from jada_flask.intake.stripe import read
from jada_flask.records.money import BOOKING
from jada_flask.records.reconciling import PAID_OUT, TAKEN
from jada_flask.services import bookings, reconciling
from jada_flask.tables import ALL, FINANCE, JOBS
from tests.domain.builders import terms
from tests.matching.builders import dollars, receipt
from tests.matching.stripe_events import written
from tests.payments.desk import ANA, SAIL, Desk

STRIPE = Actor("stripe")


@dataclass(slots=True)
class Till:
    """Takes what comes, at one charter."""

    desk: Desk
    ana: str = ""  # who owes 500 dollars

    def book(self, **changes: Any) -> Booking:
        at = self.desk.clock.at
        taken = bookings.take_booking(
            self.desk.begin(), terms(**changes), by=ANA, at=at
        )
        return taken.booking

    def cancel(self, booking: Booking) -> None:
        work, at = self.desk.begin(), self.desk.clock.at
        bookings.cancel_booking(work, booking.booking_id, by=ANA, at=at)

    def take(self, *receipts: Receipt, by: Actor = STRIPE) -> list[Taken]:
        at = self.desk.clock.at
        return reconciling.take_receipts(self.desk.begin(), receipts, by=by, at=at)

    def tell(self, event: dict[str, Any]) -> Taken:
        """One event of Stripe."""
        told = read(written(event))
        assert told.receipt is not None
        (taken,) = reconciling.take_receipts(
            self.desk.begin(),
            [told.receipt],
            by=STRIPE,
            at=self.desk.clock.at,
            told_by=told.event_id,
        )
        return taken

    def accept(self, taken: Taken, choice: str = "") -> Taken:
        return reconciling.accept(
            self.desk.begin(),
            taken.receipt_id,
            choice=choice,
            by=ANA,
            at=self.desk.clock.at,
        )

    def dismiss(self, taken: Taken, reason: str = "Not ours.") -> Taken:
        work, at = self.desk.begin(), self.desk.clock.at
        return reconciling.dismiss(work, taken.receipt_id, reason, by=ANA, at=at)

    def charge(self, gross: str = "500.00", **changes: Any) -> Receipt:
        """A charge that names Ana."""
        said = {"event_id": SAIL.event_id, "patron_id": self.ana}
        changes = {"metadata": said, "email": "ana@example.com"} | changes
        return receipt(gross, **changes)

    def refund(self, gross: str = "-50.00", **changes: Any) -> Receipt:
        """Money of that charge that was given back."""
        usual = replace(
            receipt(gross, "0.00", kind=ReceiptKind.REFUND, references=("ch_1",)),
            source_id=f"ch_1-refunded-{abs(dollars(gross).cents)}",
        )
        return replace(usual, **changes)

    def open(self) -> list[Taken]:
        return reconciling.proposals(self.desk.begin())[0]

    def known(self, taken: Taken) -> Taken:
        return reconciling.one(self.desk.begin(), taken.receipt_id)

    def paid_out(self, booking: Booking) -> PaidOut | None:
        return self.desk.begin().get(PAID_OUT, booking.booking_id)

    def booking(self, booking: Booking) -> Booking | None:
        return self.desk.begin().get(BOOKING, booking.booking_id)

    def stored(self) -> list[Taken]:
        """Every receipt that is kept, by its id."""
        items = self.desk.store.everything(FINANCE)
        mine = [item for item in items if item["pk"].startswith("RECEIPT#")]
        return sorted(map(TAKEN.value, mine), key=lambda one: one.receipt_id)

    def everything(self) -> list[str]:
        """All that the store holds, to be compared."""
        return sorted(
            str(item) for table in ALL for item in self.desk.store.everything(table)
        )

    def log(self) -> list[tuple[str, str]]:
        """What the payment log holds: kind and amount."""
        return [(one.kind.value, one.amount.plain) for one in self.desk.entries()]

    def mails(self) -> Counter[str]:
        """The mails that are promised, by their kind."""
        docs = (item.get("doc", "") for item in self.desk.store.everything(JOBS))
        return Counter(
            kind
            for doc in docs
            for kind in ("payment_audit", "payment_confirmation")
            if f'"kind":"{kind}"' in doc
        )
