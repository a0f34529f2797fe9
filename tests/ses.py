"""What SES tells of a mail, in the shape in which it publishes events to a topic."""

from __future__ import annotations

import json
from typing import Any

AT = "2026-05-02T08:41:02.669Z"


def told(event_id: str = "", **parts: Any) -> str:
    """An event as the queue holds it; `parts` says what became of the mail."""
    to = ["nia@example.com"]
    tags = {
        "ses:operation": ["SendEmail"],
        "ses:configuration-set": ["jada-dev"],
        "ses:source-ip": ["192.0.2.7"],
        "ses:from-domain": ["example.com"],
        "ses:caller-identity": ["jada-dev"],
    }
    mail = {
        "timestamp": "2026-05-02T08:40:02.012Z",
        "source": "JADA <jada@example.com>",
        "sourceArn": "arn:aws:ses:us-west-2:123456789012:identity/jada@example.com",
        "sendingAccountId": "123456789012",
        "messageId": "0101018f-mail-000000",
        "destination": to,
        "headersTruncated": False,
        "headers": [{"name": "To", "value": to[0]}],
        "commonHeaders": {"from": ["JADA <jada@example.com>"], "to": to},
        "tags": tags | ({"event": [event_id]} if event_id else {}),
    }
    return json.dumps({**parts, "mail": mail})


def bounce(address: str, event_id: str = "", **changes: Any) -> str:
    """A mailbox that does not exist; `changes` are those of the bounce."""
    recipient = {
        "emailAddress": address,
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
    }
    fact = {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [recipient],
        "timestamp": AT,
        "feedbackId": "0101018f-bounce-1",
        "reportingMTA": "dsn; mta.example.com",
    }
    return told(event_id, eventType="Bounce", bounce=fact | changes)


def complaint(address: str, event_id: str = "", **changes: Any) -> str:
    """Somebody who pressed the button for spam."""
    fact = {
        "complainedRecipients": [{"emailAddress": address}],
        "timestamp": AT,
        "feedbackId": "0101018f-complaint-1",
        "userAgent": "ExampleCorp Feedback Loop (V0.01)",
        "complaintFeedbackType": "abuse",
        "arrivalDate": AT,
    }
    return told(event_id, eventType="Complaint", complaint=fact | changes)


def reject(event_id: str = "") -> str:
    """A mail in which SES found a virus."""
    return told(event_id, eventType="Reject", reject={"reason": "Bad content"})
