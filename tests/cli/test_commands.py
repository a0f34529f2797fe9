"""The commands, as somebody at the shell uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from jada_flask import cli
from jada_flask.hashes import password_matches, token_matches
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests.builders import booking, crew_event, deckhands
from tests.callers import Caller, mails, published, stored, summaries
from tests.conftest import Keys


@pytest.fixture
def shell(app: Flask) -> Any:
    runner = app.test_cli_runner()

    def run(*args: str, typed: str = "") -> Result:
        return runner.invoke(args=list(args), input=typed)

    return run


def written(folder: Path, name: str, content: object) -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_a_booking_from_a_file_goes_through_everything(
    shell: Any, parts: Parts, tmp_path: Path
) -> None:
    answer = shell("book", written(tmp_path, "one.json", booking()))

    first, *rest = answer.output.splitlines()
    assert answer.exit_code == 0
    assert first.startswith("created: BK_")
    assert "289.41" in first
    assert [line.split()[:2] for line in rest[:6]] == [
        [step, "done"]
        for step in (
            "calendar",
            "crew_event",
            "checklist",
            "guest_page",
            "crew_invitations",
            "operator_summary",
        )
    ]
    assert "http://127.0.0.1:8000/g/" in answer.output
    assert "http://127.0.0.1:8000/dispatch/events/EV_" in answer.output
    assert (len(mails(parts)), len(published(parts)), len(summaries(parts))) == (
        3,
        1,
        1,
    )


def test_the_same_booking_again_is_unchanged_and_another_amended(
    shell: Any, parts: Parts, tmp_path: Path
) -> None:
    path = written(tmp_path, "one.json", booking())
    shell("book", path)
    before = stored(parts)

    again = shell("book", path)
    assert stored(parts) == before
    other = shell("book", written(tmp_path, "two.json", booking(party_size=5)))

    assert again.output.startswith("unchanged: ")
    assert other.output.startswith("amended: ")
    assert (again.exit_code, other.exit_code) == (0, 0)


def test_a_booking_from_stdin(shell: Any) -> None:
    answer = shell("book", "-", typed=json.dumps(booking()))

    assert (answer.exit_code, answer.output.partition(":")[0]) == (0, "created")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (booking(gross_revenue="NaN"), "gross_revenue"),
        (booking(boat="titanic"), "boat"),
        (booking(start_time=...), "start_time"),
        ("{", "JSON"),
        ("", "nothing"),
        ("\x00\xff", ""),
    ],
)
def test_a_wrong_booking_is_refused_with_its_reason(
    shell: Any, parts: Parts, tmp_path: Path, content: object, reason: str
) -> None:
    before = stored(parts)

    answer = shell("book", written(tmp_path, "one.json", content))

    assert answer.exit_code == 1
    assert answer.output.startswith(("refused: ", "quarantined: "))
    assert reason in answer.output
    assert "Traceback" not in answer.output
    assert not any("BOOKING#" in str(item) for item in stored(parts)["Finance"])
    assert len(stored(parts)["Events"]) == len(before["Events"])


def test_one_that_is_refused_stops_none_of_the_others(
    shell: Any, tmp_path: Path
) -> None:
    lines = [
        booking(),
        booking(source_ref="BS-2", boat="x"),
        booking(source_ref="BS-3"),
    ]
    path = written(tmp_path, "many.jsonl", "\n".join(map(json.dumps, lines)))

    answer = shell("book", "--json", path)

    told = [json.loads(line) for line in answer.output.splitlines()]
    assert answer.exit_code == 1
    assert [one["outcome"] for one in told] == ["created", "refused", "created"]
    assert "boat" in told[1]["reason"]
    assert told[0]["steps"]["crew_invitations"] == "done"


def test_a_file_that_is_not_there_is_named(shell: Any, tmp_path: Path) -> None:
    answer = shell("book", str(tmp_path / "none.json"))

    assert answer.exit_code == 2
    assert "none.json" in answer.output


def test_a_mail_of_nobody_we_know_is_quarantined(shell: Any, tmp_path: Path) -> None:
    mail = "From: a@example.com\nSubject: You have won $900\n\nHello.\n"

    answer = shell("book", written(tmp_path, "one.eml", mail))

    assert answer.exit_code == 1
    assert answer.output.startswith("quarantined: ")


def test_what_boats_and_people_the_office_has_takes_effect(
    shell: Any, tmp_path: Path, scripts: Caller, parts: Parts
) -> None:
    added = shell(
        "crew", "add", "CREW_077", "Ola Nord", "ola@example.com", "--role", "deckhand"
    )
    answer = shell(
        "book", written(tmp_path, "one.json", booking(crew=deckhands("CREW_077")))
    )

    assert added.exit_code == 0
    assert "Ola Nord" in shell("crew", "list").output
    assert answer.output.startswith("created: ")
    assert any("ola@example.com" in str(mail["to"]) for mail in mails(parts))


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("a b", "Ola", "ola@example.com"), "crew_id"),
        (("CREW_7", "Ola\x1b[2J", "ola@example.com"), "name"),
        (("CREW_7", "Ola", "ola"), "email"),
        (("CREW_7", "Ola", "ola@example.com", "--phone", "x" * 99), "phone"),
    ],
)
def test_wrong_particulars_are_named(
    shell: Any, args: tuple[str, ...], reason: str
) -> None:
    answer = shell("crew", "add", *args)

    assert answer.exit_code == 1
    assert reason in answer.output
    assert "Traceback" not in answer.output


def test_a_member_of_staff_can_sign_in_and_is_told_to_leave(
    shell: Any, app: Flask
) -> None:
    added = shell(
        "staff",
        "add",
        "ana",
        "Ana Lima",
        "ana@example.com",
        typed="a-long-passphrase\n",
    )
    ana = Caller(app)
    signed_in = ana.sign_in("a-long-passphrase", "ana")
    assert ana.get("/dispatch").status_code == 200

    out = shell("staff", "sign-out", "ana", "--leave")

    assert (added.exit_code, out.exit_code) == (0, 0)
    assert "a-long-passphrase" not in added.output
    assert "ana" in shell("staff", "list").output
    assert signed_in.json["role"] == "dispatcher"
    assert ana.get("/dispatch").status_code == 401
    assert Caller(app).sign_in("a-long-passphrase", "ana").status_code == 401


@pytest.mark.parametrize(
    ("role", "work", "look"),
    [("dispatcher", 422, 200), ("viewer", 403, 200), ("bookkeeper", 403, 200)],
)
def test_a_role_may_do_what_it_is_for(
    shell: Any, app: Flask, role: str, work: int, look: int
) -> None:
    person = ("kim", "Kim Ray", "kim@example.com", "--role", role)
    shell("staff", "add", *person, typed="a-long-passphrase\n")
    kim = Caller(app)
    kim.sign_in("a-long-passphrase", "kim")

    assert kim.get("/dispatch").status_code == look
    assert kim.post("/api/bookings", {}).status_code == work


def test_a_password_becomes_a_slow_hash(shell: Any) -> None:
    answer = shell("hash-secret", typed="a quiet night at anchor\n")

    hashed = answer.output.strip()
    assert answer.exit_code == 0
    assert hashed.startswith("scrypt:32768:8:1$")
    assert password_matches("a quiet night at anchor", hashed)
    assert not password_matches("a quiet night at anchor ", hashed)


def test_a_token_becomes_a_fast_hash(shell: Any, keys: Keys) -> None:
    answer = shell("hash-secret", "--token", typed=f"{keys.service}\n")

    hashed = answer.output.strip()
    assert answer.exit_code == 0
    assert hashed.startswith("sha256:")
    assert token_matches(keys.service, hashed)
    assert not token_matches(f"{keys.service}x", hashed)


def test_a_hash_is_another_one_each_time(shell: Any, keys: Keys) -> None:
    made = {
        shell("hash-secret", "--token", typed=keys.service).output for _ in range(3)
    }

    assert len(made) == 3


@pytest.mark.parametrize(
    "token",
    [
        "",
        "short",
        "0123456789abcdef",
        "a" * 64,
        "ab" * 32,
        "0123456789abcdef0123456789abcde",
        "12345678901234567890123456789012345678",
        "abcdefghijklmnopqrstuvwxyz",
        "\x00\x01\x02\x03\x04\x05\x06\x07" * 8,
    ],
)
def test_a_token_that_can_be_guessed_is_refused(shell: Any, token: str) -> None:
    answer = shell("hash-secret", "--token", typed=f"{token}\n")

    assert answer.exit_code == 1
    assert "128" in answer.output
    assert "sha256:" not in answer.output


@pytest.mark.parametrize("password", ["", "short", "password", "QWERTYUIOP"])
def test_a_password_that_can_be_guessed_is_refused(shell: Any, password: str) -> None:
    answer = shell("hash-secret", typed=f"{password}\n")

    assert answer.exit_code == 1
    assert "scrypt:" not in answer.output


def test_everything_can_be_carried_to_another_store(
    shell: Any,
    scripts: Caller,
    service: Caller,
    parts: Parts,
    keys: Keys,
    tmp_path: Path,
) -> None:
    scripts.post("/api/bookings", booking())
    service.post("/events/", crew_event())
    shell("drain")
    lines = shell("export").output
    other = build(keys.config(tmp_path / "other"), clock=parts.ports.clock)
    app = Flask(__name__)
    app.extensions["jada"] = other

    cli.install(app)
    brought = app.test_cli_runner().invoke(args=["import"], input=lines)
    again = app.test_cli_runner().invoke(args=["import"], input=lines)

    kept = stored(other)
    other.ports.store.close()
    other.ports.public_store.close()
    assert (brought.exit_code, again.exit_code) == (0, 0)
    assert kept == stored(parts)


@pytest.mark.parametrize(
    "content", ["{", '{"table": "None", "item": {}}\n', "[]\n", "\n"]
)
def test_a_file_that_is_no_export_is_refused_in_words(
    shell: Any, parts: Parts, content: str
) -> None:
    before = stored(parts)

    answer = shell("import", typed=content)

    assert "Traceback" not in answer.output
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert stored(parts) == before
