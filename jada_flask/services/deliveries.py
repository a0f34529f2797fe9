"""What each kind of message does when its turn comes.

Everything here may happen twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from jada_flask.calendar_file import charter_file
from jada_flask.domain.crew import Answer, CrewAssignment
from jada_flask.domain.errors import DeliveryError
from jada_flask.domain.event import Event
from jada_flask.domain.house import Operations
from jada_flask.domain.mail import Attachment, Mail
from jada_flask.domain.outbox import Message, State
from jada_flask.ports import Notes, Ports, Saved
from jada_flask.records.operations import ASSIGNMENT, EVENT
from jada_flask.rendering import mail_parts
from jada_flask.services import payment_mails, returned_mails
from jada_flask.services.guests import guest_page
from jada_flask.services.house import operations
from jada_flask.unit_of_work import Opening, UnitOfWork


@dataclass(frozen=True, slots=True)
class Courier:
    """Delivers messages through the ports of this installation."""

    opening: Opening
    ports: Ports

    def deliver(self, message: Message, notes: Notes) -> State:
        """Do what the message promises. Raises `DeliveryError`."""
        act = _KINDS.get(message.kind)
        if act is None:
            raise DeliveryError(f"Nothing here sends {message.kind!r}.", permanent=True)
        return act(self, message, notes)

    def post(self, mail: Mail, message: Message) -> State:
        """Send a mail, unless nothing that is sent to its address arrives.

        Raises `DeliveryError`.
        """
        at = self.ports.clock.now()
        held = returned_mails.held_back(self.work(), mail.to, message.event_id, at=at)
        if held:
            raise DeliveryError(
                f"Held back: {held.address} {held.why} on {held.at:%Y-%m-%d}, "
                f"{held.reason}. Change the address, then send this again.",
                permanent=True,
            )
        about = replace(mail, event_id=message.event_id)
        self.ports.mailer.send(about, key=message.delivery_key)
        return State.DONE

    def work(self) -> UnitOfWork:
        return UnitOfWork(self.opening)


def _guest_page(courier: Courier, message: Message, notes: Notes) -> State:
    """Publish the guest page as the event stands now.

    Never an older one over a newer.
    """
    work = courier.work()
    event = _event(work, message)
    page = guest_page(event, operations(work))
    key = f"g/{event.slug}/index.html"
    saved = courier.ports.files.save(
        key,
        page.encode(),
        content_type="text/html; charset=utf-8",
        revision=event.revision,
    )
    if saved is Saved.REPLACED:  # of a new page, nothing is kept anywhere
        # As it is asked for, and as the edge itself then looks for it.
        courier.ports.edge.invalidate((f"/g/{event.slug}", f"/{key}"))
    return State.DONE


def _crew_mail(courier: Courier, message: Message, notes: Notes) -> State:
    """A mail to one member about one event, with the link that is theirs."""
    work = courier.work()
    event = _event(work, message)
    place = work.get(ASSIGNMENT, event.event_id, message.recipient)
    if place is None or _outdated(message, event, place):
        return State.SKIPPED
    house = operations(work)
    token = work.links.crew_token(event.event_id, place.crew_id, place.nonce)
    link = work.links.crew(event.event_id, token)
    subject, text, html = mail_parts(
        message.kind,
        event=event,
        assignment=place,
        boat_name=event.boat_name or "the boat",
        dock=_dock(event, house),
        operator=_operator(house),
        link=link,
        changes=json.loads(message.payload.get("changes", "[]")),
    )
    attachments: tuple[Attachment, ...] = ()
    if message.kind in ("crew_invitation", "crew_change"):
        content = charter_file(
            event, place, url=courier.opening.links.event(event.event_id)
        )
        attachments = (Attachment("charter.ics", content, "text/calendar"),)
    mail = Mail(
        to=place.email,
        to_name=place.name,
        subject=subject,
        text=text,
        html=html,
        reply_to=house.operator_email,
        attachments=attachments,
    )
    return courier.post(mail, message)


def _answer_notice(courier: Courier, message: Message, notes: Notes) -> State:
    """Tell the operator what a member answered."""
    work = courier.work()
    event = _event(work, message)
    place = work.get(ASSIGNMENT, event.event_id, message.recipient)
    if place is None:
        return State.SKIPPED
    house = operations(work)
    subject, text, html = mail_parts(
        "crew_answer_notice",
        event=event,
        assignment=place,
        answer=Answer(message.payload["answer"]),
        boat_name=event.boat_name or "the boat",
        operator=_operator(house),
        link=work.links.dispatch(event.event_id),
    )
    mail = Mail(
        to=house.operator_email,
        to_name=house.operator_name,
        subject=subject,
        text=text,
        html=html,
    )
    return courier.post(mail, message)


def _operator_summary(courier: Courier, message: Message, notes: Notes) -> State:
    """Hand the bridge one revision of a booking, as it was when it was committed."""
    payload: dict[str, Any] = json.loads(message.payload["summary"])
    courier.ports.summary.send(payload, key=message.message_id)
    return State.DONE


_KINDS: dict[str, Callable[[Courier, Message, Notes], State]] = {
    "guest_page": _guest_page,
    "crew_invitation": _crew_mail,
    "crew_change": _crew_mail,
    "crew_removed": _crew_mail,
    "crew_cancelled": _crew_mail,
    "crew_answer_notice": _answer_notice,
    "operator_summary": _operator_summary,
    payment_mails.AUDIT: payment_mails.send_audit,
    payment_mails.CONFIRMATION: payment_mails.send_confirmation,
    payment_mails.RECEIPT: payment_mails.send_receipt,
}


def _event(work: UnitOfWork, message: Message) -> Event:
    event = work.get(EVENT, message.event_id)
    if event is None:
        raise DeliveryError("The event of this message is gone.", permanent=True)
    return event


def _outdated(message: Message, event: Event, place: CrewAssignment) -> bool:
    """Whether what the mail would say is no longer so."""
    if message.kind == "crew_removed":
        return not place.removed
    if message.kind == "crew_cancelled":
        return not event.cancelled
    return place.removed or event.cancelled


def _dock(event: Event, house: Operations) -> Any:
    return house.dock(event.dock) if event.dock else None


def _operator(house: Operations) -> Any:
    return house
