"""The public function: what it has not got, nobody can take from it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jada_flask.app import create_app
from jada_flask.aws_entry import Door
from jada_flask.domain.mail import Mail
from jada_flask.tables import ALL, PUBLIC
from jada_flask.wiring import build
from tests.aws.requests import SECRET, request
from tests.conftest import Keys

ROOT = Path(__file__).parents[2]
QUEUE = "arn:aws:sqs:us-west-2:123456789012:jada-dev-nudge"
RULE = "arn:aws:events:us-west-2:123456789012:rule/jada-dev-public-"


def settings(folder: Path) -> dict[str, str]:
    return {
        "JADA_STAGE": "dev",
        "JADA_SERVES": "public",
        "JADA_STORE": "sqlite",
        "JADA_DATA_DIR": str(folder),
        "JADA_BASE_URL": "https://office.example.com",
        "JADA_NUDGE_QUEUE": QUEUE,
        "JADA_ORIGIN_SECRET": SECRET,
        "SECRET_KEY": "s" * 40,
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(settings(tmp_path))


@pytest.mark.parametrize(
    "event",
    [
        {"source": "aws.events", "resources": [f"{RULE}drain"]},
        {"source": "aws.events", "resources": [f"{RULE}poll"]},
        {"Records": [{"eventSource": "aws:sqs", "eventSourceARN": QUEUE}]},
    ],
)
def test_it_runs_no_task(door: Door, event: Any) -> None:
    with pytest.raises(PermissionError):
        door(event, None)


def test_it_is_kept_warm(door: Door) -> None:
    rule = f"{RULE}zappa-keep-warm-handler.keep_warm_callback"

    assert door({"source": "aws.events", "resources": [rule]}, None) is None


def test_it_answers_at_the_addresses_of_crew_and_guests_alone(
    keys: Keys, tmp_path: Path
) -> None:
    app = create_app(build(keys.config(tmp_path, JADA_SERVES="public")))

    rules = {rule.rule for rule in app.url_map.iter_rules()}

    assert {"/healthz", "/events/<event_id>", "/g/<path:name>"} <= rules
    assert all(rule.startswith(("/events/<", "/g/", "/healthz")) for rule in rules)


def test_whoever_asks_for_what_it_has_not_is_refused(
    keys: Keys, tmp_path: Path
) -> None:
    """By the office's opening no less: there is but the public one."""
    parts = build(keys.config(tmp_path, JADA_SERVES="public"))
    mail = Mail("ann@example.com", "x", "x")

    for opening in (parts.office, parts.public):
        for table in ALL:
            if table not in PUBLIC:
                with pytest.raises(PermissionError):
                    opening.store.get(table, "a", 1 if table.sort_type == "N" else "b")
    with pytest.raises(PermissionError):
        parts.ports.mailer.send(mail, key="x")
    with pytest.raises(PermissionError):
        parts.ports.files.read("g/x/index.html")


def test_a_change_by_staff_is_none_of_its_business(door: Door) -> None:
    """Should the edge err, no session is looked up where none can be."""
    event = request("PATCH", "/events/EV_1", {"notes": "x"}, Cookie="__Host-jada=x")

    assert door(event, None)["statusCode"] == 405


def test_it_loads_nothing_of_money(tmp_path: Path) -> None:
    code = (
        "import json, os, sys\n"
        "from jada_flask.aws_entry import Door\n"
        "Door(os.environ)\n"
        "print(json.dumps(sorted(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=settings(tmp_path) | {"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout)
    assert "blueprints.crew" in loaded
    forbidden = ("payment", "booking", "margin", "ledger", "records.money", "dispatch")
    assert not [name for name in loaded if any(word in name for word in forbidden)]
