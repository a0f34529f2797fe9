"""What SES tells of mails, from its queue through Lambda's door to the person."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from jada_flask.aws_entry import Door
from jada_flask.config import Config
from jada_flask.domain.mail import Mail
from jada_flask.domain.returned_mail import Why
from jada_flask.records.operations import RETURNED
from jada_flask.services import history
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.wiring import build
from tests import ses
from tests.aws.requests import SECRET, request
from tests.builders import booking
from tests.conftest import Keys
from tests.google.fake_google import FakeGoogle

STAGE = "arn:aws:sqs:us-west-2:123456789012:jada-dev"
QUEUE = f"{STAGE}-mail-feedback"
NIA = "nia.okafor@example.com"
DONE: dict[str, Any] = {"batchItemFailures": []}


@pytest.fixture
def settings(keys: Keys, tmp_path: Path) -> Iterator[dict[str, str]]:
    with FakeGoogle() as google:
        yield keys.settings | {
            "JADA_STAGE": "dev",
            "JADA_SERVES": "office",
            "JADA_NUDGE_QUEUE": f"{STAGE}-nudge",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "JADA_STORE": "sqlite",
            "JADA_DATA_DIR": str(tmp_path),
            "JADA_BASE_URL": "https://office.example.com",
            "JADA_ORIGIN_SECRET": SECRET,
            "GAS_ENDPOINT_URL": "https://script.google.com/macros/s/x/exec",
            "GAS_SHARED_SECRET": "g" * 40,
            "GMAIL_SERVICE_ACCOUNT_EMAIL": google.info()["client_email"],
            "GMAIL_SERVICE_ACCOUNT_KEY": google.key_b64(
                token_uri="https://oauth2.googleapis.com/token"
            ),
            "GMAIL_AUDIT_RECIPIENT": "audit@example.com",
        }


@pytest.fixture
def door(settings: dict[str, str]) -> Door:
    return Door(settings)


@pytest.fixture
def work(settings: dict[str, str]) -> Iterator[UnitOfWork]:
    """What stands in the store of the stage, seen from beside the function."""
    parts = build(Config.from_env(settings))
    yield UnitOfWork(parts.office)
    parts.ports.store.close()
    parts.ports.public_store.close()


def lines(*bodies: str, queue: str = QUEUE) -> dict[str, Any]:
    """Lines of a queue as Lambda is called with them."""
    return {
        "Records": [
            {
                "messageId": f"059f36b4-87a3-44ab-83d2-{number:012}",
                "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1777711262669",
                    "SenderId": "AIDAIT2UOQQY3AUEKVGXU",
                    "ApproximateFirstReceiveTimestamp": "1777711262670",
                },
                "messageAttributes": {},
                "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
                "eventSource": "aws:sqs",
                "eventSourceARN": queue,
                "awsRegion": "us-west-2",
            }
            for number, body in enumerate(bodies)
        ]
    }


def test_a_bounce_and_a_complaint_are_noted_each_time_the_same(
    door: Door, work: UnitOfWork
) -> None:
    told = lines(ses.bounce(NIA), ses.complaint("tom@example.com"))

    assert door(told, None) == DONE
    assert door(told, None) == DONE

    bounced, complained = work.get(RETURNED, NIA), work.get(RETURNED, "tom@example.com")
    assert [told.why for told in (bounced, complained) if told] == [
        Why.BOUNCED,
        Why.COMPLAINED,
    ]


def test_what_ses_does_not_send_is_logged_and_never_comes_again(
    door: Door, work: UnitOfWork, caplog: pytest.LogCaptureFixture
) -> None:
    told = lines("Successfully validated SNS topic.", "{}", ses.bounce(NIA))

    with caplog.at_level(logging.WARNING):
        answer = door(told, None)

    assert answer == DONE
    assert caplog.text.count("is dropped") == 2
    assert work.get(RETURNED, NIA)


def test_what_the_store_does_not_take_comes_again_by_itself(
    settings: dict[str, str],
) -> None:
    """Just that line: those beside it are done with."""
    settings |= {"JADA_STORE": "dynamodb"}  # which is not there

    answer = Door(settings)(lines(ses.bounce(NIA), "{}"), None)

    assert answer == {
        "batchItemFailures": [
            {"itemIdentifier": "059f36b4-87a3-44ab-83d2-000000000000"}
        ]
    }


@pytest.mark.parametrize(
    "queue",
    [
        f"{STAGE}-mail-feedback2",
        f"{STAGE}-failed-calls",
        "arn:aws:sqs:us-west-2:999999999999:jada-dev-mail-feedback",
        "arn:aws:sqs:us-east-1:123456789012:jada-dev-mail-feedback",
        "arn:aws:sqs:us-west-2:123456789012:jada-production-mail-feedback",
        "jada-dev-mail-feedback",
    ],
)
def test_lines_of_any_other_queue_are_refused(
    door: Door, work: UnitOfWork, queue: str
) -> None:
    with pytest.raises(PermissionError):
        door(lines(ses.bounce(NIA), queue=queue), None)

    assert work.get(RETURNED, NIA) is None


def test_the_function_of_crew_and_guests_takes_none(settings: dict[str, str]) -> None:
    public = Door(settings | {"JADA_SERVES": "public"})

    with pytest.raises(PermissionError):
        public(lines(ses.bounce(NIA)), None)


def test_the_charter_that_the_mail_was_about_shows_it(
    door: Door, keys: Keys, work: UnitOfWork
) -> None:
    body = booking()
    taken = door(
        request("POST", "/api/bookings", body, X_Dashboard_Token=keys.dashboard), None
    )
    event_id = json.loads(taken["body"])["event_id"]

    door(lines(ses.bounce(NIA, event_id)), None)

    (line,) = [
        line for line in history.of(work, event_id) if line.did == "mail.bounced"
    ]
    assert line.detail == f"{NIA}: the address does not exist"


@pytest.fixture
def wire() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An address, and what was sent to it as JSON."""
    sent: list[dict[str, Any]] = []

    class Wire(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(
                json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            )
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"MessageId": "1"}')

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Wire)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", sent
    server.shutdown()
    server.server_close()


def test_a_mail_leaves_with_the_set_of_its_stage_and_what_it_is_about(
    settings: dict[str, str], wire: tuple[str, list[dict[str, Any]]]
) -> None:
    """Without the set SES tells nothing, and without the tag not of which charter."""
    address, sent = wire
    parts = build(Config.from_env(settings | {"AWS_ENDPOINT_URL": address}))
    mail = Mail(to=NIA, subject="Hello", text="All of it", event_id="EV_1")

    parts.ports.mailer.send(mail, key="k")

    (asked,) = sent
    assert asked["ConfigurationSetName"] == "jada-dev"
    assert asked["EmailTags"] == [{"Name": "event", "Value": "EV_1"}]
    parts.ports.store.close()
    parts.ports.public_store.close()
