"""The mails about payments: to the audit inbox, and to whoever has paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jada_flask.domain.errors import DeliveryError
from jada_flask.domain.event import Event, Patron
from jada_flask.domain.house import Operations
from jada_flask.domain.ledger import Account, Ledger
from jada_flask.domain.mail import Attachment, Mail
from jada_flask.domain.money import Money
from jada_flask.domain.outbox import Message, State
from jada_flask.domain.payment import Entry
from jada_flask.ports import Notes
from jada_flask.receipt import receipt_pdf
from jada_flask.records.operations import EVENT, PATRON
from jada_flask.records.payments import ENTRY, LEDGER
from jada_flask.rendering import mail_parts
from jada_flask.services.house import operations
from jada_flask.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from jada_flask.services.deliveries import Courier

AUDIT, CONFIRMATION = "payment_audit", "payment_confirmation"
RECEIPT = "payment_receipt"


def promise(work: UnitOfWork, entry: Entry, *, at: datetime) -> None:
    """Promise the audit mail and the patron's confirmation of one entry."""
    for kind in (AUDIT, CONFIRMATION):
        work.enqueue(_message(kind, entry, f"{kind}:{entry.payment_id}", at))


def promise_receipt(work: UnitOfWork, entry: Entry, *, at: datetime) -> None:
    """Promise the patron a mail with the receipt."""
    key = f"{RECEIPT}:{entry.payment_id}:{at.isoformat()}"
    work.enqueue(_message(RECEIPT, entry, key, at))


def send_audit(courier: Courier, message: Message, notes: Notes) -> State:
    """One mail for each entry into the audit inbox, those of an event together."""
    told = _told(courier, message)
    subject, text, html = told.parts(AUDIT)
    mail = Mail(to="", subject=subject, text=text, html=html)
    courier.ports.audit_mailer.send(
        mail,
        key=message.delivery_key,
        thread=f"payments:{told.event.event_id}",
        notes=notes,
    )
    return State.DONE


def send_confirmation(courier: Courier, message: Message, notes: Notes) -> State:
    """Tell the patron what was logged, given back or taken back."""
    told = _told(courier, message)
    return courier.post(told.mail(CONFIRMATION), message)


def send_receipt(courier: Courier, message: Message, notes: Notes) -> State:
    """Send the patron the receipt that was asked for."""
    told = _told(courier, message)
    content = receipt_pdf(told.entry, told.event, told.ledger, told.house)
    name = f"receipt-{told.entry.payment_id}.pdf"
    attached = Attachment(name, content, "application/pdf")
    return courier.post(told.mail(RECEIPT, attached), message)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the mails about one entry tell."""

    entry: Entry
    event: Event
    ledger: Ledger
    house: Operations
    link: str
    patron: Patron | None  # None: no longer on the roster

    @property
    def account(self) -> Account:
        return self.ledger.account(self.entry.patron_id)

    def parts(self, name: str) -> tuple[str, str, str]:
        context: dict[str, Any] = {
            "entry": self.entry,
            "amount": Money(abs(self.entry.amount.cents)),
            "event": self.event,
            "account": self.account,
            "operator": self.house,
            "boat_name": self.event.boat_name or self.house.operator_name,
            "link": self.link,
        }
        return mail_parts(name, **context)

    def mail(self, name: str, *attachments: Attachment) -> Mail:
        subject, text, html = self.parts(name)
        # To the address of today: the one of the entry may have been wrong.
        now = self.patron.email if self.patron else ""
        return Mail(
            to=now or self.entry.patron_email,
            to_name=self.entry.patron_name,
            subject=subject,
            text=text,
            html=html,
            reply_to=self.house.operator_email,
            attachments=attachments,
        )


def _message(kind: str, entry: Entry, message_id: str, at: datetime) -> Message:
    return Message(
        subject=entry.event_id,
        message_id=message_id,
        kind=kind,
        created_at=at,
        event_id=entry.event_id,
        recipient=entry.patron_id,
        payload={"email": entry.patron_email, "timestamp": str(entry.timestamp)},
        money=True,
        due_at=at,
    )


def _told(courier: Courier, message: Message) -> _Told:
    work = courier.work()
    email, timestamp = message.payload["email"], int(message.payload["timestamp"])
    entry = work.get(ENTRY, message.event_id, email, timestamp)
    event = work.get(EVENT, message.event_id)
    ledger = work.get(LEDGER, message.event_id)
    if entry is None or event is None or ledger is None:
        raise DeliveryError("The payment of this message is gone.", permanent=True)
    return _Told(
        entry,
        event,
        ledger,
        operations(work),
        work.links.dispatch(event.event_id),
        work.get(PATRON, event.event_id, entry.patron_id),
    )
