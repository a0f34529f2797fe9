"""The settings: what is wrong stops the start, with its name and without its secret."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from jada_flask.config import NAMES, OFFICE_ONLY, PUBLIC_SECRETS, SECRETS, Config
from jada_flask.domain.errors import ConfigError
from jada_flask.hashes import password_matches, token_matches
from jada_flask.local_secrets import kept_secrets
from tests.conftest import Keys

ROOT = Path(__file__).parent.parent
OUTSIDE = {
    "JADA_STAGE": "production",
    "JADA_BASE_URL": "https://jada.example.com",
    "JADA_ORIGIN_SECRET": "o" * 40,
    "GAS_SHARED_SECRET": "g" * 40,
    "GMAIL_SERVICE_ACCOUNT_KEY": "e30=",
}


@pytest.fixture
def env(keys: Keys, tmp_path: Path) -> dict[str, str]:
    """Settings with which it starts."""
    return keys.settings | {"JADA_DATA_DIR": str(tmp_path / "var")}


def test_nothing_is_needed_on_one_machine(tmp_path: Path) -> None:
    config = Config.from_env({"JADA_DATA_DIR": str(tmp_path)})

    assert (config.stage, config.store, config.base_url, config.guest_url) == (
        "local",
        "sqlite",
        "http://127.0.0.1:8000",
        "http://127.0.0.1:8000",
    )


def test_the_port_is_part_of_the_address(env: dict[str, str]) -> None:
    config = Config.from_env(env | {"PORT": "8123"})

    assert (config.port, config.base_url) == (8123, "http://127.0.0.1:8123")


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://jada.example.com", "https://jada.example.com"),
        ("https://jada.example.com/", "https://jada.example.com"),
        ("https://Jada.Example.com:443", "https://jada.example.com"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(
    env: dict[str, str], given: str, origin: str
) -> None:
    config = Config.from_env(env | {"JADA_BASE_URL": given})

    assert (config.base_url, config.guest_url) == (origin, origin)


NO_URLS = [
    "jada.example.com",
    "ftp://jada.example.com",
    "https://",
    "https://:8000",
    "https://user:pass@jada.example.com",
    "https://jada.example.com?x=1",
    "https://jada.example.com#x",
    "https://jada.example.com:99999",
    "https://[::1",
    "https://jada.example.com\n",
    "https://jäda.example.com",
    "https://jada example.com",
]
WRONG = [
    ("JADA_STAGE", "prod"),
    ("JADA_STAGE", ""),
    ("JADA_STORE", "postgres"),
    ("JADA_STORE", ""),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "http"),
    ("PORT", "٨٠٠٠"),
    ("PORT", "9" * 5000),
    *[("JADA_BASE_URL", url) for url in NO_URLS],
    ("JADA_BASE_URL", "https://jada.example.com/app"),
    *[("JADA_GUEST_URL", url) for url in NO_URLS],
    *[("GAS_ENDPOINT_URL", url) for url in NO_URLS],
    *[("AWS_ENDPOINT_URL", url) for url in NO_URLS],
    ("SECRET_KEY", "x" * 31),
    ("ADMIN_PASS_HASH", "swordfish"),
    ("ADMIN_PASS_HASH", "scrypt:"),
    ("ADMIN_PASS_HASH", "scrypt:a:b:c$salt$0123"),
    ("ADMIN_PASS_HASH", "plain$salt$0123"),
    ("ADMIN_PASS_HASH", "sha256:" + "0" * 16 + ":" + "0" * 64),
    ("ADMIN_PASS_HASH", "pbkdf2:sha256:1$salt$" + "0" * 64),
    ("SERVICE_KEY_HASH", "swordfish"),
    ("SERVICE_KEY_HASH", "sha256:"),
    ("SERVICE_KEY_HASH", "sha256::" + "0" * 64),
    ("DASHBOARD_TOKEN_HASH", "sha256:0123:4567"),
    ("DASHBOARD_TOKEN_HASH", "scrypt:32768:8:1$salt$" + "0" * 128),
    ("JADA_TABLE_PREFIX", "jada dev"),
    ("JADA_TABLE_PREFIX", "x" * 250),
    ("JADA_GUEST_BUCKET", "Jada_Guest"),
    ("JADA_STATIC_BUCKET", "x"),
    ("JADA_PHOTO_BUCKET", "x"),
    ("JADA_MAIL_FROM", "JADA"),
    ("JADA_MAIL_FROM", "a@example.com\r\nBcc: b@example.com"),
    ("GMAIL_SERVICE_ACCOUNT_EMAIL", "robot"),
    ("GMAIL_AUDIT_RECIPIENT", "audit@"),
    ("GMAIL_SENDER", "@example.com"),
    ("GAS_SHARED_SECRET", "short"),
    ("GAS_SHARED_SECRET", "ü" * 40),
    ("JADA_SERVES", "crew"),
    ("JADA_SERVES", ""),
    ("JADA_NUDGE_QUEUE", "jada-dev-nudge"),
    ("JADA_NUDGE_QUEUE", "arn:aws:sns:us-west-2:123456789012:jada-dev-nudge"),
    ("JADA_NUDGE_QUEUE", "arn:aws:sqs:us-west-2:123456789012:a,arn:aws:sqs:b:1:c"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_named(env: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as refusal:
        Config.from_env(env | {"GAS_SHARED_SECRET": "g" * 40} | {name: value})

    assert len(str(refusal.value)) < 200


def test_the_bridge_needs_its_secret(env: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="GAS_SHARED_SECRET"):
        Config.from_env(env | {"GAS_ENDPOINT_URL": "https://script.google.com/x"})


@pytest.mark.parametrize("name", ["JADA_COLOUR", "JADA_BASEURL", "JADA_"])
def test_an_unknown_setting_stops_one_machine(env: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Config.from_env(env | {name: "x"})


def test_an_unknown_setting_is_reported_elsewhere(env: dict[str, str]) -> None:
    """A deployment never takes variables away, so an old one must not stop it."""
    config = Config.from_env(env | OUTSIDE | {"JADA_COLOUR": "blue"})

    assert config.unknown == ("JADA_COLOUR",)


def test_what_is_set_but_not_ours_does_not_matter(env: dict[str, str]) -> None:
    assert Config.from_env(env | {"HOME": "/", "GASOLINE": "x"}).unknown == ()


@pytest.mark.parametrize("stage", ["dev", "staging", "production"])
@pytest.mark.parametrize("name", SECRETS)
def test_outside_one_machine_a_missing_secret_stops_the_start(
    env: dict[str, str], stage: str, name: str
) -> None:
    given = env | OUTSIDE | {"JADA_STAGE": stage}
    assert Config.from_env(given).stage == stage

    for missing in ({}, {name: ""}):
        rest = {key: value for key, value in given.items() if key != name}
        with pytest.raises(ConfigError, match=name):
            Config.from_env(rest | missing)


ONLY_WHAT_CREW_AND_GUESTS_NEED = {
    "JADA_STAGE": "production",
    "JADA_SERVES": "public",
    "JADA_BASE_URL": "https://jada.example.com",
    "JADA_ORIGIN_SECRET": "o" * 40,
    "SECRET_KEY": "s" * 40,
}


@pytest.mark.parametrize("name", PUBLIC_SECRETS)
def test_what_serves_crew_and_guests_needs_two_secrets(name: str) -> None:
    given = ONLY_WHAT_CREW_AND_GUESTS_NEED
    assert Config.from_env(given).public

    with pytest.raises(ConfigError, match=name):
        Config.from_env({key: given[key] for key in given if key != name})


def test_what_serves_crew_and_guests_keeps_no_secret_of_the_office(
    env: dict[str, str],
) -> None:
    """Not even if somebody gives it one; a wrong one is not looked at."""
    secret = "the office's: " + "x" * 40
    given = env | ONLY_WHAT_CREW_AND_GUESTS_NEED | dict.fromkeys(OFFICE_ONLY, secret)

    kept = Config.from_env(given)

    assert secret not in repr(kept)
    assert not token_matches("anything", kept.service_key_hash)


def test_the_office_alone_needs_every_secret(env: dict[str, str]) -> None:
    given = env | OUTSIDE | {"JADA_SERVES": "office"}
    assert not Config.from_env(given).public

    with pytest.raises(ConfigError, match="ADMIN_PASS_HASH"):
        Config.from_env(given | {"ADMIN_PASS_HASH": ""})


def test_on_one_machine_crew_and_guests_can_be_served_alone(tmp_path: Path) -> None:
    env = {"JADA_DATA_DIR": str(tmp_path), "JADA_SERVES": "public"}

    kept = Config.from_env(env)

    hashes = kept.admin_pass_hash, kept.service_key_hash, kept.dashboard_token_hash
    assert hashes == ("", "", "")
    assert kept.secret_key == kept_secrets(tmp_path).settings["SECRET_KEY"]


def test_outside_one_machine_nothing_is_made_up(
    env: dict[str, str], tmp_path: Path
) -> None:
    Config.from_env(env | OUTSIDE)

    assert not (tmp_path / "var").exists()


def test_outside_one_machine_its_address_is_needed(env: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="JADA_BASE_URL"):
        Config.from_env(env | OUTSIDE | {"JADA_BASE_URL": ""})


@pytest.mark.parametrize(
    "name", ["JADA_BASE_URL", "JADA_GUEST_URL", "GAS_ENDPOINT_URL"]
)
def test_outside_one_machine_only_https_will_do(env: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name}: only https"):
        Config.from_env(env | OUTSIDE | {name: "http://jada.example.com"})


def test_every_setting_of_the_contract_is_known() -> None:
    assert {name for name in NAMES if name.startswith("JADA_")} == {
        "JADA_STAGE", "JADA_DATA_DIR", "JADA_BASE_URL", "JADA_GUEST_URL",
        "JADA_SERVES", "JADA_NUDGE_QUEUE", "JADA_STORE", "JADA_TABLE_PREFIX",
        "JADA_GUEST_BUCKET", "JADA_STATIC_BUCKET", "JADA_PHOTO_BUCKET",
        "JADA_DISTRIBUTION_ID", "JADA_MAIL_FROM", "JADA_ORIGIN_SECRET",
        "JADA_SECRETS_PATH", "JADA_INTAKE_LABEL", "JADA_INTAKE_MAILBOX",
    }  # fmt: skip


def test_made_up_secrets_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    first = kept_secrets(tmp_path)

    assert kept_secrets(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    config = Config.from_env({"JADA_DATA_DIR": str(tmp_path)})
    assert password_matches(first.admin_password, config.admin_pass_hash)
    assert token_matches(first.dashboard_token, config.dashboard_token_hash)
    assert token_matches(first.service_key, config.service_key_hash)


def test_two_who_start_at_once_make_up_the_same_secrets(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: kept_secrets(tmp_path), range(4)))

    assert len({str(one) for one in made}) == 1


def test_a_secret_that_is_given_counts_before_one_that_is_kept(
    tmp_path: Path, keys: Keys
) -> None:
    given = {"SERVICE_KEY_HASH": keys.settings["SERVICE_KEY_HASH"]}

    config = Config.from_env({"JADA_DATA_DIR": str(tmp_path)} | given)

    assert token_matches(keys.service, config.service_key_hash)
    assert config.secret_key == kept_secrets(tmp_path).settings["SECRET_KEY"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"admin_password": 1}'])
def test_damaged_secrets_are_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content)

    with pytest.raises(ConfigError, match=r"secrets\.json is damaged"):
        Config.from_env({"JADA_DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize("given", [False, True])
def test_a_folder_that_is_none_is_named(
    tmp_path: Path, keys: Keys, given: bool
) -> None:
    """With secrets of its own, too, where only the store needs the folder."""
    (tmp_path / "file").write_text("not a folder")
    env = (keys.settings if given else {}) | {"JADA_DATA_DIR": str(tmp_path / "file/x")}

    done = run("from jada_flask.app import create_app; create_app()", env)

    assert done.returncode == 1
    assert "JADA_DATA_DIR" in done.stderr.splitlines()[-1]


def test_starting_the_application_loads_no_cloud(env: dict[str, str]) -> None:
    """What Lambda does before its first answer is paid for by somebody who waits."""
    heavy = ["boto3", "botocore", "googleapiclient", "google", "icalendar", "apispec"]
    code = (
        "import json, sys\n"
        "from jada_flask.app import create_app\n"
        "create_app()\n"
        "print(json.dumps(sorted(sys.modules)))"
    )

    done = run(code, env)

    assert done.returncode == 0, done.stderr
    loaded: list[Any] = json.loads(done.stdout)
    assert [name for name in heavy if name in loaded] == []


def test_a_module_of_the_domain_loads_no_framework(env: dict[str, str]) -> None:
    code = (
        "import json, sys\n"
        "import jada_flask.domain.booking\n"
        "print(json.dumps(sorted(sys.modules)))"
    )

    done = run(code, env)

    loaded: list[Any] = json.loads(done.stdout)
    assert not {"flask", "werkzeug", "msgspec", "sqlite3", "boto3"} & set(loaded)


def test_one_machine_is_not_started_for_crew_and_guests_alone(
    env: dict[str, str],
) -> None:
    code = "from jada_flask.serve import main; main()"

    done = run(code, env | {"JADA_SERVES": "public"})

    assert done.returncode == 1
    assert done.stderr.startswith("JADA does not start. JADA_SERVES:")


def test_where_crew_and_guests_are_served_alone_nobody_drains_the_outbox(
    env: dict[str, str],
) -> None:
    code = (
        "import threading\n"
        "import jada_flask.wsgi\n"
        "print([each.name for each in threading.enumerate()])"
    )

    done = {each: run(code, env | {"JADA_SERVES": each}) for each in ("all", "public")}

    assert "outbox" in done["all"].stdout
    assert done["public"].stdout == "['MainThread']\n", done["public"].stderr


def run(code: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=env | {"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
