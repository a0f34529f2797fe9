"""`poll`: the booking mails of the inbox, as somebody at the shell fetches them."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from jada_flask.app import create_app
from jada_flask.web.context import Parts
from tests.callers import mails
from tests.mails import mail


def drop(parts: Parts, name: str, content: bytes, *, age: float = 60) -> None:
    folder = parts.config.data_dir / "inbox"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    os.utime(folder / name, (time.time() - age,) * 2)


@pytest.fixture
def poll(app: Flask) -> Any:
    runner = app.test_cli_runner()

    def run() -> Result:
        return runner.invoke(args=["poll"])

    return run


def test_a_booking_mail_goes_through_everything(poll: Any, parts: Parts) -> None:
    drop(parts, "trip.eml", mail("boatsetter-approved"))

    answer = poll()

    first, *rest = answer.output.splitlines()
    assert answer.exit_code == 0
    assert first.startswith("trip.eml: created: BK_")
    assert [line.split()[1] for line in rest[:6]] == ["done"] * 6
    assert len(mails(parts)) == 3
    assert poll().output == "Nothing is new.\n"


def test_what_was_put_in_quarantine_is_a_failure(poll: Any, parts: Parts) -> None:
    drop(parts, "a.eml", mail("boatsetter-unknown"), age=90)
    drop(parts, "b.eml", mail("boatsetter-marketing"))

    answer = poll()

    assert answer.exit_code == 1
    assert answer.output.splitlines() == [
        "a.eml: quarantined: Its words fit no kind of mail that we know."
        " Please paste the itinerary.",
        "b.eml: unchanged: It is an advertisement.",
    ]


def test_an_inbox_that_fails_is_a_failure_after_what_was_taken(
    poll: Any, parts: Parts
) -> None:
    drop(parts, "trip.eml", mail("boatsetter-approved"))
    (parts.config.data_dir / "inbox" / "taken").write_text("in the way")

    answer = poll()

    assert answer.exit_code == 1
    assert answer.output.startswith("trip.eml: created: BK_")
    assert "trip.eml cannot be moved" in answer.output
    assert len(mails(parts)) == 3


def test_where_no_inbox_is_set_up_it_says_which_setting_does(parts: Parts) -> None:
    app = create_app(replace(parts, ports=replace(parts.ports, inbox=None)))

    answer = app.test_cli_runner().invoke(args=["poll"])

    assert answer.exit_code == 1
    assert "JADA_INTAKE_LABEL" in answer.output
