"""What SES tells of mails that came back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from jada_flask.domain.errors import UnreadableError
from jada_flask.domain.returned_mail import ReturnedMail, Why
from jada_flask.intake.ses import read
from tests import ses

NIA = "nia@example.com"
AT = datetime(2026, 5, 2, 8, 41, 2, 669000, tzinfo=UTC)


def test_a_mailbox_that_does_not_exist() -> None:
    assert read(ses.bounce("Nia <Nia@Example.com>", "EV_1")) == (
        ReturnedMail(
            NIA,
            Why.BOUNCED,
            AT,
            "the address does not exist",
            "EV_1",
        ),
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"bounceSubType": "NoEmail"}, "the address does not exist"),
        (
            {"bounceSubType": "OnAccountSuppressionList"},
            "mails to it came back before, and SES delivers none",
        ),
        (
            {
                "bouncedRecipients": [
                    {
                        "emailAddress": NIA,
                        "status": "5.7.1",
                        "diagnosticCode": "smtp; 550\u202e no\tway",
                    }
                ]
            },
            "550  no way",
        ),
        (
            {"bouncedRecipients": [{"emailAddress": NIA}]},
            "the other side takes none for this address",
        ),
    ],
)
def test_the_reason_is_told_in_words(changes: dict[str, Any], reason: str) -> None:
    (told,) = read(ses.bounce(NIA, **changes))

    assert told.reason == reason


def test_one_notification_may_tell_of_several() -> None:
    both = [{"emailAddress": NIA}, {"emailAddress": "tom@example.com"}]

    told = read(ses.bounce(NIA, bouncedRecipients=both))

    assert [one.address for one in told] == [NIA, "tom@example.com"]


@pytest.mark.parametrize("kind", ["Transient", "Undetermined"])
def test_a_full_mailbox_and_an_answer_from_the_holidays_are_nothing(kind: str) -> None:
    assert read(ses.bounce(NIA, bounceType=kind)) == ()


def test_a_complaint_is_told_and_one_that_is_taken_back_is_not() -> None:
    (told,) = read(ses.complaint(NIA))

    assert (told.address, told.why, told.event_id) == (NIA, Why.COMPLAINED, "")
    assert read(ses.complaint(NIA, complaintFeedbackType="not-spam")) == ()


def test_a_mail_that_ses_does_not_send() -> None:
    (told,) = read(ses.reject("EV_1"))

    assert (told.why, told.reason) == (Why.REFUSED, "SES refused it: Bad content")
    assert not told.held_back


def without(text: str, *path: str) -> str:
    told = json.loads(text)
    inner = told
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return json.dumps(told)


@pytest.mark.parametrize(
    "body",
    [
        # What SES publishes once, when the topic is new.
        "Successfully validated SNS topic for Amazon SES event publishing.",
        "",
        "[]",
        "null",
        "{}",
        '{"eventType": "Delivery", "mail": {}}',
        '{"eventType": ["Bounce"]}',
        '{"eventType": "Bounce", "bounce": []}',
        '{"eventType": "Bounce", "bounce": 7, "mail": {}}',
        "\ud800",
        without(ses.bounce(NIA), "mail"),
        without(ses.bounce(NIA), "bounce", "timestamp"),
        without(ses.bounce(NIA), "bounce", "bouncedRecipients"),
        without(ses.reject(), "reject"),
        ses.bounce("nobody"),
        ses.bounce("", "EV_1"),
        ses.bounce(NIA, timestamp="yesterday"),
        ses.bounce(NIA, timestamp="2026-05-02T08:41:02"),
        ses.bounce(NIA, timestamp=7),
        ses.bounce(NIA, bouncedRecipients=None),
        ses.bounce(NIA, bouncedRecipients=[None]),
        ses.bounce(NIA, bouncedRecipients=[{"emailAddress": 7}]),
    ],
)
def test_what_ses_does_not_send_is_unreadable(body: str) -> None:
    with pytest.raises(UnreadableError):
        read(body)
