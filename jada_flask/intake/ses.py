"""What SES tells of mails that it sent: those that came back, those nobody wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from jada_flask.domain.errors import InvalidError, UnreadableError
from jada_flask.domain.returned_mail import EVENT_TAG, ReturnedMail, Why
from jada_flask.domain.text import clean_email
from jada_flask.intake.strict_json import loads

_LONGEST = 200  # characters of a reason, and of an id
_NO_SUCH_MAILBOX = ("5.1.1", "5.1.2", "5.1.3", "5.1.10")
# By the kind of a bounce, where the other server's own status says less.
_REASONS = {
    "NoEmail": "the address does not exist",
    "Suppressed": "mails to it came back before, and SES delivers none",
    "OnAccountSuppressionList": "mails to it came back before, and SES delivers none",
}

Thing = Mapping[str, Any]


def read(body: str) -> tuple[ReturnedMail, ...]:
    """What a notification tells of each address; nothing where nobody has to act.

    Only what is for good: a full mailbox and an answer from the holidays come as
    bounces too. Raises `UnreadableError` for what SES does not send.
    """
    told = loads(body.encode("utf-8", "surrogatepass"))
    if not isinstance(told, dict):
        raise UnreadableError("This is no notification of SES.")
    read_as = _READERS.get(str(told.get("eventType")))
    if read_as is None:
        raise UnreadableError("This is no notification that was asked for.")
    try:
        return read_as(told)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidError) as error:
        words = f"{type(error).__name__}: {error}"
        raise UnreadableError(f"This is not as SES tells it. {words}") from None


def _bounce(told: Thing) -> tuple[ReturnedMail, ...]:
    bounce = told["bounce"]
    if bounce["bounceType"] != "Permanent":
        return ()
    kind = str(bounce.get("bounceSubType", ""))
    return tuple(
        _returned(told, one, Why.BOUNCED, bounce, _reason(one, kind))
        for one in bounce["bouncedRecipients"]
    )


def _complaint(told: Thing) -> tuple[ReturnedMail, ...]:
    complaint = told["complaint"]
    if complaint.get("complaintFeedbackType") == "not-spam":  # somebody took it back
        return ()
    reason = "whoever has the address wants no mail from here"
    return tuple(
        _returned(told, one, Why.COMPLAINED, complaint, reason)
        for one in complaint["complainedRecipients"]
    )


def _reject(told: Thing) -> tuple[ReturnedMail, ...]:
    """SES found something bad in a mail and sent it to nobody."""
    mail = told["mail"]
    says = f"SES refused it: {told['reject'].get('reason', '')}"[:_LONGEST]
    return tuple(
        _returned(told, {"emailAddress": to}, Why.REFUSED, mail, says)
        for to in mail["destination"]
    )


_READERS: Mapping[str, Callable[[Thing], tuple[ReturnedMail, ...]]] = {
    "Bounce": _bounce,
    "Complaint": _complaint,
    "Reject": _reject,
}


def _returned(
    told: Thing, who: Thing, why: Why, fact: Thing, reason: str
) -> ReturnedMail:
    at = datetime.fromisoformat(fact["timestamp"])
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return ReturnedMail(
        address=clean_email(parseaddr(who["emailAddress"])[1], "emailAddress"),
        why=why,
        at=at,
        reason=reason,
        event_id=_event_id(told["mail"]),
    )


def _reason(recipient: Thing, kind: str) -> str:
    """Why it came back: in our words where we know them, else in the other server's."""
    if kind in _REASONS:
        return _REASONS[kind]
    if recipient.get("status") in _NO_SUCH_MAILBOX:
        return _REASONS["NoEmail"]
    said = str(recipient.get("diagnosticCode") or "").partition(";")[2]
    printable = "".join(c if c.isprintable() else " " for c in said).strip()
    return printable[:_LONGEST] or "the other side takes none for this address"


def _event_id(mail: Thing) -> str:
    tagged = mail.get("tags", {}).get(EVENT_TAG, [])
    return str(tagged[0])[:_LONGEST] if tagged else ""
