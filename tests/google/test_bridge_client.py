"""What the client makes of each way in which Google can answer."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from jada_flask.adapters.google.script_summary import ScriptSummary
from jada_flask.domain.errors import ConfigError, DeliveryError
from tests.google.script_host import (
    OLD_SECRET,
    SECRET,
    ScriptHost,
    ShiftedClock,
    booking,
)
from tests.google.test_bridge_refusals import ask


def failure(bridge: ScriptHost, *faults: dict[str, Any]) -> DeliveryError:
    bridge.fails_with(*faults)
    with pytest.raises(DeliveryError) as caught:
        bridge.summary().send(booking(), key="step")
    return caught.value


@pytest.mark.parametrize(
    "fault",
    [
        {"sign_in": True},
        {"echo": "sign_in"},
        {"status": 401},
        {"status": 403},
        {"status": 404},
    ],
    ids=str,
)
def test_a_wrong_deployment_is_given_up(
    bridge: ScriptHost, fault: dict[str, Any]
) -> None:
    assert failure(bridge, fault).permanent


@pytest.mark.parametrize("status", [400, 405, 408, 429, 500, 502, 503])
def test_googles_own_troubles_pass(bridge: ScriptHost, status: int) -> None:
    error = failure(bridge, {"status": status})

    assert not error.permanent
    assert error.retry_after is None


def test_an_error_does_not_count_as_done_whatever_it_says(bridge: ScriptHost) -> None:
    done = '{"ok":true,"id":"booking:bk-1:1","mailed":true}'

    assert not failure(bridge, {"status": 500, "content": done}).permanent


def test_the_pause_that_google_asks_for_is_handed_on(bridge: ScriptHost) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    wishes = ["120", moment, "-5", "soon", "9" * 400, "Thu, 01 Jan 1970 00:00:00 GMT"]

    pauses = [
        failure(bridge, {"status": 429, "headers": {"Retry-After": wish}}).retry_after
        for wish in wishes
    ]

    assert pauses[0] == 120
    assert pauses[1] == pytest.approx(3600, abs=10)
    assert pauses[2:4] == [None, None]
    assert pauses[4:] == [999_999_999, 0]


@pytest.mark.parametrize(
    "location",
    [
        "https://script.googleusercontent.com.evil.example/macros/echo",
        "https://script.googleusercontent.com/macros/echo",
        "http://user@{echo}/macros/echo",
        "https://{echo}/macros/echo",
        "http://{echo}.evil.example/macros/echo",
        "/macros/echo",
        "file:///etc/passwd",
        "",
    ],
)
def test_no_other_redirect_is_followed(bridge: ScriptHost, location: str) -> None:
    """Neither another scheme nor a user's name nor a longer host."""
    echo = bridge.echo_origin.removeprefix("http://")

    error = failure(bridge, {"location": location.format(echo=echo)})

    assert "not Google's echo" in str(error)
    assert not error.permanent


def test_the_echo_of_google_is_the_only_one_by_default(bridge: ScriptHost) -> None:
    """The origin of a test must be named; nobody's setting can change it."""
    summary = ScriptSummary(bridge.endpoint, SECRET, "dev", clock=ShiftedClock())

    with pytest.raises(DeliveryError, match="not Google's echo"):
        summary.send(booking(), key="step")


def test_a_proxy_in_the_environment_is_not_asked(
    bridge: ScriptHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    bridge.summary().send(booking(), key="step")

    assert len(bridge.rows) == 1


def test_an_endpoint_that_is_not_there_is_tried_again() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unheard.getsockname()[1]}/exec"
        summary = ScriptSummary(endpoint, SECRET, "dev", clock=ShiftedClock())

        with pytest.raises(DeliveryError, match="has not left") as caught:
            summary.send(booking(), key="step")

    assert not caught.value.permanent


@pytest.mark.parametrize(
    "changes",
    [
        {"party_size": float("nan")},
        {"guest_name": "half an emoji \ud83d"},
        {"margin": {1, 2}},
        {"crew": ["x" * 60_000]},
    ],
    ids=["nan", "surrogate", "set", "too long"],
)
def test_what_cannot_travel_is_given_up(
    bridge: ScriptHost, changes: dict[str, Any]
) -> None:
    with pytest.raises(DeliveryError, match=r"JSON|too long") as caught:
        bridge.summary().send(booking(**changes), key="step")

    assert caught.value.permanent
    assert bridge.rows == []


@pytest.mark.parametrize("secret", ["", "x" * 31, "é" * 32, "x" * 32 + "\n"], ids=repr)
def test_a_weak_secret_stops_the_start(secret: str) -> None:
    with pytest.raises(ConfigError, match="GAS_SHARED_SECRET") as caught:
        ScriptSummary("https://x.example", secret, "dev", clock=ShiftedClock())

    assert not secret or secret not in str(caught.value)


@pytest.mark.parametrize(
    "endpoint", ["", "script.google.com", "http://script.google.com/x", "ftp://x/y"]
)
def test_guests_names_do_not_travel_in_the_clear(endpoint: str) -> None:
    with pytest.raises(ConfigError, match="GAS_ENDPOINT_URL"):
        ScriptSummary(endpoint, SECRET, "dev", clock=ShiftedClock())


def test_a_bridge_that_is_awake_says_so_and_writes_nothing(bridge: ScriptHost) -> None:
    sentence = bridge.summary().health()

    assert sentence == "The bridge is awake and shares the secret of stage dev."
    assert "Bookings" not in bridge.state["spreadsheets"]["sheet-1"]["tabs"]


def test_the_health_names_what_is_wrong(script_host: ScriptHost) -> None:
    bridge = script_host.deploy(SHEET_ID="", BRIDGE_SECRET_PREVIOUS="weak")
    with pytest.raises(
        DeliveryError, match="SHEET_ID is missing, BRIDGE_SECRET_PREVIOUS is too weak"
    ):
        bridge.summary().health()

    bridge.deploy(STAGE="staging")
    with pytest.raises(DeliveryError, match="of stage 'staging', not 'dev'"):
        bridge.summary().health()

    bridge.deploy()
    with pytest.raises(DeliveryError, match="GAS_SHARED_SECRET and BRIDGE_SECRET"):
        bridge.summary(OLD_SECRET).health()


def test_the_health_of_a_stranger_is_no_health(bridge: ScriptHost) -> None:
    bridge.fails_with({"content": '{"ok":true}'}, {"content": '{"ok":true}'})

    with pytest.raises(DeliveryError, match="not our bridge"):
        bridge.summary().health()


def test_whoever_asks_the_script_sees_no_secret(bridge: ScriptHost) -> None:
    _, location, _ = ask(bridge.endpoint, "GET", None)

    _, _, content = ask(location, "GET", None)

    assert json.loads(content) == {
        "ok": True,
        "service": "jada-bridge",
        "v": 1,
        "stage": "dev",
        "faults": [],
    }
