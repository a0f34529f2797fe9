"""Who sends no mail by Google loads nothing of Google's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.builders import booking
from tests.conftest import Keys
from tests.google.fake_google import EMAIL, MAILBOX, FakeGoogle

ROOT = Path(__file__).parents[2]
HEAVY = "google", "googleapiclient", "google_auth_httplib2", "httplib2", "cryptography"
PROGRAM = f"""
import json, sys
from jada_flask.app import create_app
from jada_flask.config import Config
from jada_flask.services.worker import drain_of
from jada_flask.wiring import build

parts = build(Config.from_env())
client = create_app(parts).test_client()
token = {{"X-Dashboard-Token": sys.argv[1]}}
taken = client.post("/api/bookings", json=json.loads(sys.argv[2]), headers=token)
shown = client.get(f"/api/bookings/{{taken.json['booking_id']}}", headers=token)
tally = drain_of(parts.office, parts.ports).run()
loaded = sorted({set(HEAVY)!r} & sys.modules.keys())
wired = parts.ports.audit_mailer, parts.ports.inbox
adapters = [type(port).__name__ for port in wired]
print(json.dumps([taken.status_code, shown.status_code, tally, adapters, loaded]))
"""


def test_a_booking_and_its_messages_load_nothing_of_google(
    keys: Keys, tmp_path: Path
) -> None:
    with FakeGoogle() as google:
        key = google.key_b64(token_uri="https://oauth2.googleapis.com/token")
    settings = keys.settings | {
        "JADA_DATA_DIR": str(tmp_path),
        "GMAIL_SERVICE_ACCOUNT_EMAIL": EMAIL,
        "GMAIL_SERVICE_ACCOUNT_KEY": key,
        "GMAIL_AUDIT_RECIPIENT": MAILBOX,
        "JADA_INTAKE_LABEL": "Bookings",
        "JADA_INTAKE_MAILBOX": MAILBOX,
    }

    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, keys.dashboard, json.dumps(booking())],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )

    # Nothing is asked of Google here: its adapters stand ready, and that is all.
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == [
        201,
        200,
        {"done": 5},
        ["GmailAudit", "GmailInbox"],
        [],
    ]
