"""Lambda's door: what it answers, what it runs, and all that it refuses."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from jada_flask.aws_entry import Door
from tests.aws.requests import SECRET, request
from tests.builders import booking
from tests.conftest import Keys
from tests.contracts.aws_stand_in import stand_in
from tests.google.fake_google import FakeGoogle
from tests.mails import mail

GOOGLE = "https://oauth2.googleapis.com/token"
QUEUE = "arn:aws:sqs:us-west-2:123456789012:jada-door-nudge"


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    with stand_in() as address:
        mails = boto3.client("sesv2", endpoint_url=address)
        mails.create_email_identity(EmailIdentity="example.com")
        yield address


@pytest.fixture(scope="module")
def queue(aws: str) -> Any:
    """The queue of the stage, as one that looks into it has it."""
    service = boto3.resource("sqs", endpoint_url=aws)
    return service.create_queue(QueueName="jada-door-nudge")


@pytest.fixture(scope="module")
def door(
    keys: Keys, tmp_path_factory: pytest.TempPathFactory, aws: str, queue: Any
) -> Iterator[Door]:
    folder: Path = tmp_path_factory.mktemp("lambda")
    with FakeGoogle() as google:
        yield Door(
            keys.settings
            | {
                "JADA_STAGE": "dev",
                "JADA_SERVES": "office",
                "JADA_NUDGE_QUEUE": QUEUE,
                "AWS_ENDPOINT_URL": aws,
                "JADA_STORE": "sqlite",
                "JADA_DATA_DIR": str(folder),
                "JADA_BASE_URL": "https://office.example.com",
                "JADA_ORIGIN_SECRET": f"{SECRET},{'n' * 40}",
                "GAS_ENDPOINT_URL": "https://script.google.com/macros/s/x/exec",
                "GAS_SHARED_SECRET": "g" * 40,
                "GMAIL_SERVICE_ACCOUNT_EMAIL": google.info()["client_email"],
                "GMAIL_SERVICE_ACCOUNT_KEY": google.key_b64(token_uri=GOOGLE),
                "GMAIL_AUDIT_RECIPIENT": "audit@example.com",
            }
        )


def test_it_answers_under_the_host_of_the_settings(door: Door) -> None:
    answer = door(request("GET", "/healthz"), None)

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["stage"] == "dev"


def test_a_request_past_cloudfront_is_refused_whatever_it_asks_for(door: Door) -> None:
    for secret in ("", "x" * 40, "é", SECRET[:-1]):
        event = request("GET", "/healthz", X_Origin_Secret=secret)
        assert door(event, None)["statusCode"] == 403

    assert (
        door(request("GET", "/healthz", X_Origin_Secret="n" * 40), None)["statusCode"]
        == 200
    )


def test_a_booking_comes_in_by_the_door_and_its_links_name_our_host(
    door: Door, keys: Keys
) -> None:
    event = request(
        "POST", "/api/bookings", booking(), X_Dashboard_Token=keys.dashboard
    )

    answer = door(event, None)

    assert answer["statusCode"] == 201
    told = json.loads(answer["body"])
    assert told["margin"]["net"] == "289.41"
    assert told["guest_page_url"].startswith("https://office.example.com/g/")


def test_signing_in_sets_each_cookie_once_and_for_https_alone(
    door: Door, keys: Keys
) -> None:
    body = {"user": "admin", "password": keys.password}

    answer = door(request("POST", "/admin/login", body), None)

    [cookie] = answer["multiValueHeaders"]["Set-Cookie"]
    assert cookie.startswith("__Host-jada=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie


def test_the_viewer_is_who_cloudfront_says_and_nobody_else(door: Door) -> None:
    """Eleven tries from one viewer are too many, whatever else they claim."""
    body = {"user": "admin", "password": "wrong"}
    statuses = [
        door(
            request(
                "POST",
                "/admin/login",
                body,
                CloudFront_Viewer_Address="[2001:db8::1]:443",
                X_Forwarded_For=f"10.0.0.{number}",
            ),
            None,
        )["statusCode"]
        for number in range(11)
    ]

    assert statuses == [401] * 10 + [429]


def test_a_viewer_whom_cloudfront_does_not_name_is_no_one_they_choose(
    door: Door,
) -> None:
    body = {"user": "nobody", "password": "wrong"}
    statuses = []
    for number in range(11):
        claim = {"X_Forwarded_For": f"10.0.1.{number}"}
        event = request("POST", "/admin/login", body, **claim)
        event["requestContext"]["identity"]["sourceIp"] = "203.0.113.9"
        statuses.append(door(event, None)["statusCode"])

    assert statuses == [401] * 10 + [429]


# The log


def accesses(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    return [line["access"] for line in lines if "access" in line]


def test_each_request_is_one_line_of_the_log(
    door: Door, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    path = "/api/patrons/ann@example.com/payments"
    door(request("GET", path, X_Dashboard_Token=keys.dashboard), None)

    [line] = accesses(capsys)

    assert line["route"] == "/api/patrons/<email>/payments"
    assert (line["method"], line["status"]) == ("GET", 403)
    assert line["request_id"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    assert line["ms"] >= 0


@pytest.mark.parametrize(
    "path", ["/events/EV_1?token=t0kent0kent0ken", "/t0kent0kent0ken", "/g/t0ken?t0ken"]
)
def test_no_line_holds_a_word_of_the_address(
    door: Door, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    """Nor where nothing is, nor past CloudFront, nor in a method nobody has."""
    for event in (
        request("GET", path),
        request("GET", path, X_Origin_Secret="wrong"),
        request("T0KEN", path),
    ):
        door(event, None)

    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 3
    assert "t0ken" not in (said.out + said.err).lower()


def test_what_came_past_cloudfront_is_a_line_too(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    door(request("GET", "/healthz", X_Origin_Secret=""), None)

    [line] = accesses(capsys)

    assert (line["route"], line["status"]) == ("-", 403)


# The tasks


def scheduled(task: str) -> dict[str, Any]:
    rule = f"arn:aws:events:us-west-2:123456789012:rule/jada-dev-{task}"
    return {"source": "aws.events", "resources": [rule], "detail": {}}


def queued(*queues: Any) -> dict[str, Any]:
    """Lines of queues as Lambda is called with them."""
    return {
        "Records": [
            {
                "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
                "eventSource": "aws:sqs",
                "eventSourceARN": queue,
                "awsRegion": "us-west-2",
                "body": "drain",
            }
            for queue in queues
        ]
    }


def drained(capsys: pytest.CaptureFixture[str]) -> int:
    """How often the outbox was drained since it was last asked."""
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    return sum("outbox" in line for line in lines)


def test_the_schedule_drains_the_outbox(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(door(scheduled("drain"), None), dict)
    assert drained(capsys) == 1


def test_lines_of_the_queue_drain_it_once_for_all(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    door(queued(QUEUE, QUEUE, QUEUE), None)

    assert drained(capsys) == 1


def test_booking_mails_are_looked_for_where_there_is_a_label(door: Door) -> None:
    assert door(scheduled("poll"), None) == {}


def lines_in(queue: Any) -> int:
    """How many lines lie in the queue; they are taken out."""
    found = queue.receive_messages(MaxNumberOfMessages=10)
    for line in found:
        line.delete()
    return len(found)


def test_a_request_that_promised_something_drops_one_line(
    door: Door, queue: Any, keys: Keys
) -> None:
    lines_in(queue)
    body = booking(source_ref="BS-NUDGE")
    taken = request("POST", "/api/bookings", body, X_Dashboard_Token=keys.dashboard)

    answer = door(taken, None)

    assert answer["statusCode"] == 201
    assert lines_in(queue) == 1


def test_a_booking_mail_is_taken_by_the_task_and_promises_something(
    aws: str, queue: Any, keys: Keys, tmp_path: Path
) -> None:
    here = lonely(keys, tmp_path, JADA_NUDGE_QUEUE=QUEUE, AWS_ENDPOINT_URL=aws)
    now = datetime.now(UTC)  # by the function's own clock
    day = f"Date: {now + timedelta(days=30):%B %d, %Y}"
    file = tmp_path / "inbox" / "booking.eml"
    file.parent.mkdir()
    sample = ("Date: Saturday, May 30, 2026", day)
    file.write_bytes(mail("boatsetter-approved", sample, at=now))
    os.utime(file, (0, 0))  # nobody writes it any more
    lines_in(queue)

    tally = here(scheduled("poll"), None)

    assert tally == {"created": 1}
    assert lines_in(queue) == 1


def test_an_inbox_that_does_not_answer_fails_no_task(
    keys: Keys, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    here = lonely(keys, tmp_path)
    (tmp_path / "inbox").write_text("no folder")

    assert here(scheduled("poll"), None) == {}
    assert "the inbox could not be read" in caplog.text


def test_whoever_promised_nothing_drops_none(door: Door, queue: Any) -> None:
    lines_in(queue)

    door(request("GET", "/healthz"), None)
    door(scheduled("drain"), None)
    door(scheduled("poll"), None)

    assert lines_in(queue) == 0


def lonely(keys: Keys, folder: Path, **settings: str) -> Door:
    """A function that reaches nobody."""
    own = {"JADA_DATA_DIR": str(folder), "JADA_ORIGIN_SECRET": SECRET}
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    return Door(keys.settings | own | nowhere | settings)


def test_without_a_queue_nothing_comes_from_one(keys: Keys, tmp_path: Path) -> None:
    door = lonely(keys, tmp_path)

    nothing: list[dict[str, Any]] = [{}, {"Records": []}]
    for event in (queued(""), queued(None), *nothing):
        with pytest.raises(PermissionError):
            door(event, None)


def test_it_does_not_matter_whether_the_line_arrives(
    keys: Keys, tmp_path: Path
) -> None:
    nowhere = lonely(keys, tmp_path, JADA_NUDGE_QUEUE=QUEUE)
    taken = request(
        "POST", "/api/bookings", booking(), X_Dashboard_Token=keys.dashboard
    )

    assert nowhere(taken, None)["statusCode"] == 201


def test_each_drain_tells_the_alarms_what_waits(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    door(scheduled("drain"), None)

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["outbox"]["dead"] == 0
    assert told["outbox"]["oldest_seconds"] >= 0


def test_keeping_warm_does_nothing(door: Door) -> None:
    rule = "arn:aws:events:us-west-2:1:rule/jada-dev-zappa-handler.keep_warm_callback"

    assert door({"source": "aws.events", "resources": [rule]}, None) is None


_ARN = "arn:aws:events:us-west-2:1:rule"


@pytest.mark.parametrize(
    "event",
    [
        {"httpMethod": "", "raw_command": "import os"},
        {"httpMethod": "", "command": "os.abort"},
        {"raw_command": "print(1)"},
        {"command": "jada_flask.tasks.drain"},
        {"manage": "check"},
        {"task": "drain"},
        {"task": "drain", "raw_command": "print(1)"},
        {"Records": []},
        {"Records": [None]},
        {"Records": {"eventSourceARN": QUEUE}},
        queued(f"{QUEUE}s"),
        queued(None),
        queued(""),
        queued(QUEUE.replace("123456789012", "210987654321")),
        queued(QUEUE, "arn:aws:sqs:us-west-2:123456789012:jada-dev-failed-calls"),
        {"Records": [{"eventSource": "aws:sns", "eventSourceARN": QUEUE}]},
        {"Records": [{"EventSource": "aws:sqs", "EventSourceArn": QUEUE}]},
        {"source": "aws.events", "resources": ["good.job/os.abort"]},
        {"source": "aws.events", "resources": [f"{_ARN}/jada/x-drain"]},
        {"source": "aws.events", "resources": [f"{_ARN}/a-drain", "b"]},
        {"source": "aws.events", "resources": [None]},
        {"Records": [{"s3": {"configurationId": "x:jada_flask.tasks.drain"}}]},
        {"Records": [{"Sns": {"Message": '{"command": "os.abort"}'}}]},
        {"awslogs": {"data": ""}},
        {"bot": {}},
        {"version": "2.0", "rawPath": "/healthz"},
        [],
        None,
        "drain",
    ],
)
def test_what_is_neither_a_request_nor_a_task_is_refused(
    door: Door, event: Any
) -> None:
    with pytest.raises(PermissionError):
        door(event, None)


def test_stage_variables_reach_nothing(door: Door) -> None:
    event = request("GET", "/healthz")

    door(event, None)

    assert "stageVariables" not in event
