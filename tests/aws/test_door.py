"""Lambda's door: what it answers, what it runs, and all that it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jada_flask.aws_entry import Door
from tests.builders import booking
from tests.conftest import Keys
from tests.google.fake_google import FakeGoogle

SECRET = "o" * 40
GOOGLE = "https://oauth2.googleapis.com/token"


@pytest.fixture(scope="module")
def door(keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder: Path = tmp_path_factory.mktemp("lambda")
    with FakeGoogle() as google:
        yield Door(
            keys.settings
            | {
                "JADA_STAGE": "dev",
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


def request(method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    """A request as a REST API of API Gateway hands it on."""
    sent = {"X-Origin-Secret": SECRET, "Accept": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        sent["Content-Type"] = "application/json"
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": {**sent, "Host": "abc.execute-api.us-west-2.amazonaws.com"},
        "multiValueHeaders": {
            name: [value]
            for name, value in {
                **sent,
                "Host": "abc.execute-api.us-west-2.amazonaws.com",
            }.items()
        },
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": {"SECRET_KEY": "planted"},
        "requestContext": {
            "path": f"/dev{path}",
            "stage": "dev",
            "identity": {"sourceIp": "198.51.100.7"},
        },
        "body": json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }


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


def test_our_own_call_and_the_schedule_drain_the_outbox(door: Door) -> None:
    rule = "arn:aws:events:us-west-2:123456789012:rule/jada-dev-drain"
    schedule = {"source": "aws.events", "resources": [rule], "detail": {}}

    assert isinstance(door({"task": "drain"}, None), dict)
    assert isinstance(door(schedule, None), dict)


def test_each_drain_tells_the_alarms_what_waits(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    door({"task": "drain"}, None)

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
        {"task": "drain", "raw_command": "print(1)"},
        {"task": "os.abort"},
        {"task": ["drain"]},
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
