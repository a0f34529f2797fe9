"""The host can fail: each guard of the script, taken out, is missed by what it sees."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from jada_flask.domain.errors import DeliveryError
from tests.google.script_host import SOURCES, ScriptHost, booking
from tests.google.test_bridge import send
from tests.google.test_bridge_refusals import pack, post, sign


def deploy_without(
    host: ScriptHost,
    folder: Path,
    name: str,
    guard: str,
    instead: str = "",
    **more: Any,
) -> ScriptHost:
    """Our sources with one guard taken out."""
    sources = shutil.copytree(SOURCES, folder / "src")
    text = (sources / name).read_text()
    assert guard in text
    (sources / name).write_text(text.replace(guard, instead))
    return host.deploy(sources, **more)


def test_without_the_lock_bookings_are_lost(
    script_host: ScriptHost, tmp_path: Path
) -> None:
    bridge = deploy_without(
        script_host, tmp_path, "Book.js", "lock.tryLock(LOCK_WAIT_MS)", "true"
    )

    send(bridge, *(booking(f"bk-{number}") for number in range(24)))

    whole = {row["Booking"] for row in bridge.rows if row.get("Mailed (UTC)")}
    assert len(whole) < 24


def test_without_the_flush_one_booking_is_mailed_twice(
    script_host: ScriptHost, tmp_path: Path
) -> None:
    bridge = deploy_without(
        script_host, tmp_path, "Book.js", "  SpreadsheetApp.flush();\n"
    )

    send(bridge, *(booking() for _ in range(8)))

    assert len(bridge.mails) > 1


def test_without_an_answer_to_a_throw_google_shows_a_page(
    script_host: ScriptHost, tmp_path: Path
) -> None:
    bridge = deploy_without(
        script_host,
        tmp_path,
        "Bridge.js",
        "return json_(refusal_('internal'))",
        "throw error",
        STAGE="",
    )

    assert_no_answer(bridge)


def test_without_a_return_google_shows_a_page(
    script_host: ScriptHost, tmp_path: Path
) -> None:
    bridge = deploy_without(
        script_host, tmp_path, "Bridge.js", "return json_(answer_(", "json_(answer_("
    )

    assert_no_answer(bridge)


@pytest.mark.parametrize(
    ("instead", "complaint"),
    [
        ("setTimeout(() => 1, 1)", "setTimeout is not defined"),
        ("new URL('https://x')", "URL is not defined"),
        ("fetch('https://x')", "fetch is not defined"),
        ("require('fs')", "require is not defined"),
        ("SpreadsheetApp.openByID('x')", "openByID is not a function"),
        ("SpreadsheetApp.openById(7)", "don't match the signature"),
        ("SpreadsheetApp.flush('now')", "don't match the signature"),
    ],
)
def test_what_google_lacks_is_not_there(
    script_host: ScriptHost, tmp_path: Path, instead: str, complaint: str
) -> None:
    bridge = deploy_without(
        script_host,
        tmp_path,
        "Bridge.js",
        "const settings =",
        f"{instead};\nconst settings =",
    )

    assert post(bridge, sign(pack(booking()))) == {"ok": False, "code": "internal"}
    assert complaint in bridge.state["logs"][0]


def test_without_the_apostrophe_a_name_is_a_formula(
    script_host: ScriptHost, tmp_path: Path
) -> None:
    bridge = deploy_without(script_host, tmp_path, "Row.js", "`'${text}`", "text")

    bridge.summary().send(booking(guest_name="=1+1"), key="step")

    assert "formula" in bridge.kinds


def test_without_plain_text_a_reference_is_a_number(
    script_host: ScriptHost, tmp_path: Path
) -> None:
    bridge = deploy_without(
        script_host, tmp_path, "Book.js", "  cells.setNumberFormat('@');\n"
    )

    bridge.summary().send(booking(source_ref="007"), key="step")

    assert {"number", "date"} <= bridge.kinds


def test_without_the_charset_letters_are_alike(
    script_host: ScriptHost, tmp_path: Path
) -> None:
    bridge = deploy_without(
        script_host,
        tmp_path,
        "Envelope.js",
        ", Utilities.Charset.UTF_8",
        STAGE="dév",
    )

    assert post(bridge, sign(pack(booking()), stage="d?v"))["ok"] is True


def test_without_the_time_old_summaries_are_taken(
    script_host: ScriptHost, tmp_path: Path
) -> None:
    bridge = deploy_without(
        script_host, tmp_path, "Envelope.js", "> MAX_SKEW_SECONDS", "> Infinity"
    )

    assert post(bridge, sign(pack(booking()), ts=1))["ok"] is True


def test_without_the_appended_row_the_sheet_is_full_one_day(
    script_host: ScriptHost, tmp_path: Path
) -> None:
    bridge = deploy_without(
        script_host,
        tmp_path,
        "Book.js",
        "  sheet.appendRow([guarded_(summary.booking_id)]);\n  return ",
        "  return 1 + ",
        grid=1,
    )

    assert post(bridge, sign(pack(booking())))["code"] == "internal"


def assert_no_answer(bridge: ScriptHost) -> None:
    with pytest.raises(DeliveryError, match="not as it should") as caught:
        bridge.summary().send(booking(), key="step")
    assert not caught.value.permanent
