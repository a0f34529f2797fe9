"""What `doctor` says of Google: in one line each, and never a secret."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from jada_flask.adapters.google.account import READING, Account
from jada_flask.adapters.google.gmail_audit import GmailAudit
from jada_flask.adapters.google.gmail_inbox import GmailInbox
from jada_flask.app import create_app
from jada_flask.web.context import Parts
from tests.conftest import Keys
from tests.google.fake_google import EMAIL, MAILBOX, READONLY, SCOPE, FakeGoogle
from tests.google.fake_mailbox import LABEL
from tests.google.script_host import OLD_SECRET, SECRET, ScriptHost

ROOT = Path(__file__).parents[2]


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    with FakeGoogle() as google:
        yield google


@dataclass
class Practice:
    """An installation that is set up with everything of Google's, and its doctor."""

    parts: Parts
    google: FakeGoogle
    bridge: ScriptHost
    keys: Keys
    secret: str = SECRET
    label: str = LABEL
    token_uri: str = ""

    def says(self) -> tuple[dict[str, str], int, str]:
        """The finding of each check with its mark, the exit code, and all of it."""
        runner = create_app(self._parts()).test_cli_runner()
        result = runner.invoke(args=["doctor"], env=self.settings)
        lines = [line for line in result.output.splitlines() if ": " in line]
        found = {line[5:].partition(": ")[0]: line for line in lines}
        return found, result.exit_code, result.output

    @property
    def settings(self) -> dict[str, str]:
        return self.keys.settings | {
            "GMAIL_SERVICE_ACCOUNT_EMAIL": EMAIL,
            "GMAIL_SERVICE_ACCOUNT_KEY": self.google.key_b64(),
            "GMAIL_AUDIT_RECIPIENT": MAILBOX,
            "GAS_SHARED_SECRET": self.secret,
            "JADA_INTAKE_LABEL": self.label,
        }

    def _parts(self) -> Parts:
        info, clock = self.google.info(), self.parts.ports.clock
        info["token_uri"] = self.token_uri or info["token_uri"]
        sender = Account(EMAIL, MAILBOX, info)
        reader = Account(EMAIL, MAILBOX, info, READING)
        url = self.google.url
        ports = replace(
            self.parts.ports,
            audit_mailer=GmailAudit(sender, MAILBOX, clock=clock, api_endpoint=url),
            inbox=GmailInbox(reader, self.label, clock=clock, api_endpoint=url),
            summary=self.bridge.summary(self.secret),
        )
        return replace(self.parts, ports=ports)


@pytest.fixture
def practice(
    parts: Parts, google: FakeGoogle, bridge: ScriptHost, keys: Keys
) -> Practice:
    return Practice(parts, google, bridge, keys)


def test_all_of_google_is_awake(practice: Practice) -> None:
    found, code, _ = practice.says()

    assert found["audit inbox"] == (
        f"ok   audit inbox: The audit inbox is awake: {MAILBOX} writes to {MAILBOX}."
    )
    assert found["operator summary"].startswith(
        "ok   operator summary: The bridge is awake and shares the secret"
    )
    assert found["inbox"].startswith("ok   inbox: The inbox is awake")
    assert code == 0


@pytest.mark.parametrize(
    ("granted", "name"), [({READONLY}, "audit inbox"), ({SCOPE}, "inbox")]
)
def test_a_key_without_its_scope_is_for_the_administrator(
    practice: Practice, granted: set[str], name: str
) -> None:
    practice.google.scopes = granted
    (lacking,) = {SCOPE, READONLY} - granted

    found, code, _ = practice.says()

    assert found[name] == (
        f"FAIL {name}: The Workspace administrator must allow client ID"
        f" 104000000000000000001 the scope {lacking} under Security > API controls >"
        " Domain-wide delegation, and wait up to a day. (Google: unauthorized_client)"
    )
    assert sum(line.startswith("FAIL") for line in found.values()) == 1
    assert code == 1


def test_a_wrong_secret_of_the_bridge_is_named(practice: Practice) -> None:
    practice.secret = OLD_SECRET

    found, code, _ = practice.says()

    assert found["operator summary"].startswith(
        "FAIL operator summary: The bridge refused our signature: GAS_SHARED_SECRET and"
    )
    assert code == 1


def test_a_label_that_is_missing_is_named(practice: Practice) -> None:
    practice.label = "Nowhere"

    found, code, _ = practice.says()

    assert found["inbox"].startswith("FAIL inbox: JADA_INTAKE_LABEL: ")
    assert code == 1


def test_who_cannot_be_reached_is_said_to_be_so(practice: Practice) -> None:
    practice.token_uri = "http://127.0.0.1:1/token"

    found, code, _ = practice.says()

    for name in ("audit inbox", "inbox"):
        assert found[name].startswith(f"FAIL {name}: Google cannot be reached")
    assert code == 1


def test_no_secret_is_ever_printed(practice: Practice) -> None:
    key = practice.google.key_b64()
    pem = practice.google.info()["private_key"].splitlines()

    for scopes, secret in (({SCOPE, READONLY}, SECRET), (set(), OLD_SECRET)):
        practice.google.scopes, practice.secret = scopes, secret
        *_, said = practice.says()

        assert "GMAIL_SERVICE_ACCOUNT_KEY: set" in said
        assert not [line for line in pem if line in said]
        assert not [at for at in range(0, len(key), 40) if key[at : at + 20] in said]
        assert secret not in said
        for value in practice.keys.settings.values():
            assert value not in said


def test_the_key_of_another_stage_stops_the_doctor_at_the_door(
    google: FakeGoogle, tmp_path: Path
) -> None:
    key = google.key_b64(token_uri="https://oauth2.googleapis.com/token")
    settings = {
        "JADA_DATA_DIR": str(tmp_path),
        "GMAIL_SERVICE_ACCOUNT_EMAIL": "audit@another-stage.iam.gserviceaccount.com",
        "GMAIL_SERVICE_ACCOUNT_KEY": key,
        "GMAIL_AUDIT_RECIPIENT": MAILBOX,
    }

    ended = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "jada_flask", "doctor"],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == (
        "JADA does not start. GMAIL_SERVICE_ACCOUNT_KEY: is the key of another account"
        " than GMAIL_SERVICE_ACCOUNT_EMAIL names; are two stages mixed up?\n"
    )
