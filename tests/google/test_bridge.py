"""The bridge at work: the real client speaks to the real script over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from jada_flask.domain.errors import DeliveryError
from tests.google.script_host import OPERATOR, ScriptHost, booking


def send(bridge: ScriptHost, *payloads: dict[str, Any]) -> list[str]:
    """Hand them over side by side; return what went wrong with each, '' for nothing."""

    def attempt(payload: dict[str, Any]) -> str:
        try:
            bridge.summary().send(payload, key="step")
        except DeliveryError as error:
            return f"{'permanent' if error.permanent else 'again'}: {error}"
        return ""

    with ThreadPoolExecutor(len(payloads)) as pool:
        return list(pool.map(attempt, payloads))


def test_a_booking_becomes_a_row_and_a_mail(bridge: ScriptHost) -> None:
    bridge.summary().send(booking(), key="step")

    (row,) = bridge.rows
    assert (row["Guest"], row["Party"], row["Net"]) == ("Zoë Peña", "4", "289.41")
    (mail,) = bridge.mails
    assert mail["to"] == OPERATOR
    assert mail["subject"] == (
        "[dev] New: Sat May 30, Zoë Peña, Jada: party of 4, net $289.41"
    )
    assert "https://office.example.com/dispatch/events/ev-1" in mail["body"]


def test_the_same_summary_again_adds_nothing(bridge: ScriptHost) -> None:
    for _ in range(3):
        bridge.summary().send(booking(), key="step")

    assert (len(bridge.rows), len(bridge.mails)) == (1, 1)


def test_a_newer_revision_rewrites_the_row_and_mails_what_changed(
    bridge: ScriptHost,
) -> None:
    bridge.summary().send(booking(), key="step")

    bridge.summary().send(booking(revision=2, party_size=6), key="step")

    assert [(row["Revision"], row["Party"]) for row in bridge.rows] == [("2", "6")]
    assert "What changed\nParty: 4 -> 6\n\n" in bridge.mails[1]["body"]


def test_an_older_revision_changes_nothing(bridge: ScriptHost) -> None:
    bridge.summary().send(booking(revision=2, party_size=6), key="step")

    bridge.summary().send(booking(revision=1, party_size=4), key="step")

    assert [row["Party"] for row in bridge.rows] == ["6"]
    assert len(bridge.mails) == 1


def test_a_mail_that_google_refuses_stays_owed(bridge: ScriptHost) -> None:
    bridge.order("set", values={"quota": 0})
    assert send(bridge, booking()) == [
        "again: The row stands; the operator's mail is still owed."
    ]

    bridge.order("set", values={"quota": 9})
    sent = [send(bridge, booking()), send(bridge, booking())]

    assert sent == [[""], [""]]
    assert (len(bridge.rows), len(bridge.mails)) == (1, 1)


def test_an_owed_mail_is_about_what_the_row_says_now(bridge: ScriptHost) -> None:
    """Two revisions whose mails were refused: one mail, measured against the last."""
    bridge.summary().send(booking(), key="step")
    bridge.order("set", values={"quota": 0})
    send(bridge, booking(revision=2, party_size=5))
    send(bridge, booking(revision=3, party_size=6, guest_name="Zoë P."))
    bridge.order("set", values={"quota": 9})

    bridge.summary().send(booking(revision=2, party_size=5), key="step")

    _, mail = bridge.mails
    assert "Guest: Zoë Peña -> Zoë P.\nParty: 4 -> 6\n" in mail["body"]


def test_who_was_never_told_of_a_booking_hears_of_a_new_one(bridge: ScriptHost) -> None:
    bridge.order("set", values={"quota": 0})
    send(bridge, booking())
    bridge.order("set", values={"quota": 9})

    bridge.summary().send(booking(revision=2, party_size=6), key="step")

    assert [mail["subject"][:10] for mail in bridge.mails] == ["[dev] New:"]


def test_24_bookings_at_once_leave_24_rows_and_24_mails(bridge: ScriptHost) -> None:
    ids = [f"bk-{number}" for number in range(24)]

    outcome = send(bridge, *(booking(name) for name in ids))

    assert outcome == [""] * 24
    assert sorted(row["Booking"] for row in bridge.rows) == sorted(ids)
    assert all(row["Net"] == "289.41" and row["Mailed (UTC)"] for row in bridge.rows)
    assert len(bridge.mails) == 24


def test_one_booking_eight_times_at_once_is_one_row_and_one_mail(
    bridge: ScriptHost,
) -> None:
    outcome = send(bridge, *(booking() for _ in range(8)))

    assert outcome == [""] * 8
    assert (len(bridge.rows), len(bridge.mails)) == (1, 1)


def test_revisions_in_any_order_end_with_the_newest(bridge: ScriptHost) -> None:
    sizes = [7, 3, 6, 1, 5, 2, 4]

    send(bridge, *(booking(revision=size, party_size=size) for size in sizes))

    assert [(row["Revision"], row["Party"]) for row in bridge.rows] == [("7", "7")]


def test_the_sheet_grows_beyond_its_end(script_host: ScriptHost) -> None:
    """A new Sheet has a thousand rows, and refuses to write below them."""
    bridge = script_host.deploy(grid=2)

    for number in range(3):
        bridge.summary().send(booking(f"bk-{number}"), key="step")

    assert len(bridge.rows) == 3


LOST = {
    "the connection breaks": {"drop": True},
    "the answer is gone": {"echo": "lost"},
    "the second connection breaks": {"echo": "drop"},
    "the answer is a page": {"echo": "html"},
    "the answer is cut off": {"echo": "cut"},
    "it never ends": {"echo": "drip"},
    "it is another's": {"content": '{"ok":true,"id":"booking:bk-2:1","mailed":true}'},
    "it says nothing of a mail": {"content": '{"ok":true,"id":"booking:bk-1:1"}'},
    "it is no object": {"content": "[1]"},
    "it is nested without end": {"content": "[" * 60_000},
    "it has an unknown code": {"content": '{"ok":false,"code":"tea"}'},
    "it comes from elsewhere": {"location": "https://evil.example/macros/echo"},
    "its address is no address": {"location": "http://[/"},
    "google takes too long": {"delay": 700},
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_a_lost_answer_is_asked_for_again_and_doubles_nothing(
    bridge: ScriptHost, fault: dict[str, Any]
) -> None:
    bridge.fails_with(fault)
    with pytest.raises(DeliveryError) as caught:
        bridge.summary(timeouts=(3, 0.5)).send(booking(), key="step")

    bridge.summary().send(booking(), key="step")

    assert not caught.value.permanent
    assert (len(bridge.rows), len(bridge.mails)) == (1, 1)


def test_a_run_that_is_killed_anywhere_is_made_good_by_the_next(
    script_host: ScriptHost,
) -> None:
    """Only between Google's sending the mail and our noting it can there be a twin."""
    calls, twins, failed = 0, 0, ["killed"]
    while failed != [""]:
        bridge = script_host.deploy()
        bridge.fails_with({"dies_after": calls})
        failed = send(bridge, booking())

        bridge.summary().send(booking(), key="step")

        assert [(row["Net"], bool(row["Mailed (UTC)"])) for row in bridge.rows] == [
            ("289.41", True)
        ]
        twins += len(bridge.mails) - 1
        calls += 1
    assert calls > 15
    assert twins == 1


def test_a_bridge_that_stays_busy_is_tried_again(bridge: ScriptHost) -> None:
    bridge.order("set", values={"patience": 30, "lock": {"holder": -1, "waiting": []}})

    outcome = send(bridge, booking())

    assert outcome == ["again: The bridge was busy with other bookings."]
    assert bridge.rows == []


def test_cancelled_is_the_first_word_of_its_mail(bridge: ScriptHost) -> None:
    bridge.summary().send(booking(status="approved"), key="step")

    bridge.summary().send(booking(revision=2, status="cancelled"), key="step")

    subject, body = bridge.mails[1]["subject"], bridge.mails[1]["body"]
    assert subject.startswith("[dev] Cancelled: Sat May 30")
    assert "Status: approved -> cancelled" in body


def test_production_says_nothing_of_its_stage(script_host: ScriptHost) -> None:
    bridge = script_host.deploy(STAGE="production")

    bridge.summary(stage="production").send(booking(), key="step")

    assert bridge.mails[0]["subject"].startswith("New: ")


def test_setup_makes_the_sheet_and_proves_the_mail(script_host: ScriptHost) -> None:
    bridge = script_host.deploy(SHEET_ID="")

    bridge.order("run", name="setup")

    assert bridge.state["properties"]["SHEET_ID"] == "sheet-2"
    assert bridge.state["spreadsheets"]["sheet-2"]["name"] == "JADA bookings (dev)"
    assert (bridge.tab["frozen"], bridge.tab["hidden"]) == (1, [24])
    assert bridge.mails[0]["subject"] == "JADA bridge (dev) is set up"
    bridge.summary().send(booking(), key="step")
    assert len(bridge.rows) == 1


def test_setup_again_leaves_the_bookings_alone(bridge: ScriptHost) -> None:
    bridge.summary().send(booking(), key="step")

    bridge.order("run", name="setup")

    assert len(bridge.rows) == 1


def test_setup_names_what_is_missing(script_host: ScriptHost) -> None:
    bridge = script_host.deploy(BRIDGE_SECRET="short", OPERATOR_EMAIL="")

    ended = bridge.order("run", name="setup")

    assert (
        "script properties: OPERATOR_EMAIL is missing; BRIDGE_SECRET is too weak."
        in ended["error"]
    )
    assert bridge.mails == []
