"""The parts of a deployment, each by itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra import deploy, promote, rollback, smoke, zappa_run
from infra.asking import by_invocation, event, over_https
from infra.aws import Aws, DeployError
from infra.functions import with_kept
from infra.package import Package
from infra.smoke import Answer
from infra.stack import Stack, first_failure
from infra.static_files import StaticFiles
from infra.talk import with_terminal
from jada_flask.rendering import fingerprint
from tests import machine
from tests.infra.deploying import REGION, Account, Operator, checkout, opened

ROOT = Path(__file__).parents[2]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with opened("300000100001") as there:
        monkeypatch.setenv("AWS_ENDPOINT_URL", there.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield there


# Stacks


def test_the_first_failure_is_the_reason() -> None:
    events: list[dict[str, Any]] = [
        {"LogicalResourceId": "Stack", "ResourceStatus": "ROLLBACK_IN_PROGRESS"},
        {
            "LogicalResourceId": "Later",
            "ResourceStatus": "CREATE_FAILED",
            "ResourceStatusReason": "Resource creation cancelled",
        },
        {
            "LogicalResourceId": "GuestBucket",
            "ResourceStatus": "CREATE_FAILED",
            "ResourceStatusReason": "jada-dev-guest-1 already exists",
        },
        {"LogicalResourceId": "Topic", "ResourceStatus": "CREATE_COMPLETE"},
    ]

    assert first_failure(events) == "GuestBucket: jada-dev-guest-1 already exists"
    assert first_failure(events[:1]) == "AWS gives no reason."


def test_a_template_that_is_too_long_for_a_call_goes_through_the_bucket(
    account: Account,
) -> None:
    account.client("s3").create_bucket(
        Bucket="of-templates",
        CreateBucketConfiguration={"LocationConstraint": REGION},
    )
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "told"}}
    template = {"Description": "x" * 1000, "Resources": {"Topic": topic}}
    template["Metadata"] = {"note": "y" * 60_000}
    stack = Stack(Aws(REGION), "long", pause=0)

    with pytest.raises(DeployError, match="too long"):
        stack.prepare(json.dumps(template), {})
    change = stack.prepare(json.dumps(template), {}, "of-templates")
    assert change
    stack.execute(change, print)

    assert stack.resource("Topic").endswith(":told")


def test_a_stack_that_is_as_its_template_says_is_left_alone(account: Account) -> None:
    body = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    stack = Stack(Aws(REGION), "same", pause=0)
    assert stack.foresee(body, {}) == ("1 resources are made",)
    assert not stack.exists()
    change = stack.prepare(body, {})
    assert change
    stack.execute(change, print)

    assert stack.foresee(body, {}) == ()
    assert stack.prepare(body, {}) is None


# Functions and files


def test_an_environment_that_lambda_could_not_hold_is_refused() -> None:
    with pytest.raises(DeployError, match="4096"):
        with_kept({"JADA_BASE_URL": "x" * 4000}, {"BY_HAND": "y" * 100})


def test_static_files_have_the_addresses_that_pages_give_them(tmp_path: Path) -> None:
    operator = Operator(Account("1"), checkout(tmp_path))
    operator.commit("one")
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "app.css").write_text("a{}")

    package: Package = operator.make(operator.root, print)

    files = StaticFiles(package.path.read_bytes())
    assert files.version == fingerprint(folder)[0]


# Questions

WELL = {
    "/healthz": Answer(200, {"cache-control": "no-store"}, '{"stage": "dev"}'),
    "/api/bookings": Answer(401, {"cache-control": "no-store"}),
    "/dispatch": Answer(303, {"location": "/admin/login"}),
    "/admin/login": Answer(
        200, {"cache-control": "no-store"}, "/static/0123456789ab/app.css"
    ),
    "/static/0123456789ab/app.css": Answer(200, {"cache-control": "immutable"}),
    "/events/none": Answer(401, {"cache-control": "no-store"}),
}


def faults(**wrong: Answer) -> list[str]:
    answers = WELL | {f"/{path.replace('__', '/')}": a for path, a in wrong.items()}
    return list(smoke.of_stage(lambda path: answers.get(path, Answer(404, {})), "dev"))


def test_a_stage_that_is_well_has_no_faults() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("path", "answer", "fault"),
    [
        ("healthz", Answer(502, {}), "/healthz: 502, not 200"),
        (
            "healthz",
            Answer(200, {}, '{"stage": "staging"}'),
            "/healthz: says stage 'staging', not 'dev'",
        ),
        ("healthz", Answer(200, {}, "?"), "/healthz: says stage None, not 'dev'"),
        ("api__bookings", Answer(200, {}), "/api/bookings: 200, not 401"),
        (
            "dispatch",
            Answer(200, {}),
            "/dispatch: 200, where it should ask to sign in",
        ),
        (
            "no-such-page-anywhere",
            Answer(200, {}),
            "/no-such-page-anywhere: 200, not 404",
        ),
        (
            "g__no-such-charter-anywhere",
            Answer(403, {}),
            "/g/no-such-charter-anywhere: 403, not 404",
        ),
        (
            "admin__login",
            Answer(200, {}, "/static/0123456789ab/app.css"),
            "/admin/login: may be kept, and must not",
        ),
        (
            "admin__login",
            Answer(
                200,
                {"cache-control": "no-store", "age": "3"},
                "/static/0123456789ab/app.css",
            ),
            "/admin/login: comes from a cache",
        ),
        (
            "events__none",
            Answer(200, {"cache-control": "no-store"}),
            "/events/none: 200, where it should refuse",
        ),
        (
            "static__0123456789ab__app.css",
            Answer(404, {}),
            "/static/0123456789ab/app.css: 404, not 200",
        ),
        (
            "static__0123456789ab__app.css",
            Answer(200, {}),
            "/static/0123456789ab/app.css: is not kept, and could be for ever",
        ),
    ],
)
def test_what_is_wrong_with_a_stage_is_found(
    path: str, answer: Answer, fault: str
) -> None:
    assert fault in faults(**{path: answer})


def test_an_api_that_answers_past_the_edge_is_found() -> None:
    assert list(smoke.past_the_edge(lambda path: Answer(403, {}))) == []
    (fault,) = smoke.past_the_edge(lambda path: Answer(200, {}))
    assert fault == "/healthz past CloudFront: 200, not 403"


def test_a_host_that_nobody_answers_for_is_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JADA_SMOKE_URL", "http://127.0.0.1:9")

    assert over_https("jada.example.com")("/healthz").status == 0


def test_a_function_is_asked_as_api_gateway_asks() -> None:
    asked = event("/events/none?token=a%20b", "s" * 32)

    assert asked["path"] == "/events/none"
    assert asked["queryStringParameters"] == {"token": "a b"}
    assert asked["multiValueHeaders"]["X-Origin-Secret"] == ["s" * 32]


def test_a_function_that_does_not_start_is_an_answer(account: Account) -> None:
    """Lambda then says what was raised, and names it an error."""
    ask = by_invocation(Aws(REGION), "fails-to-start", "s")

    assert ask("/healthz").status == 0


# Zappa


def test_what_zappa_said_last_is_the_reason() -> None:
    machine.program("Zappa", str(zappa_run.PYTHON))

    with pytest.raises(DeployError) as refused:
        zappa_run.zappa("update", "dev", {"staging": {}}, "s3://none/none.zip")

    assert "zappa update dev failed:" in str(refused.value)
    assert "define stage 'dev'" in str(refused.value)


# The commands


def test_a_terminal_is_needed_to_agree(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CONFIRM", raising=False)

    agreed = with_terminal().agreed("dev")  # pytest has none

    assert not agreed
    assert "CONFIRM=dev agrees to this plan" in capsys.readouterr().out


def test_stdin_has_secrets_alone() -> None:
    """The other values are in the environment, and must not eat its lines."""
    talk = "from infra.talk import with_terminal as t; t = t();"
    asked = "print([t.ask('a'), t.ask_hidden('b'), t.ask_hidden('c')])"

    done = subprocess.run(
        [sys.executable, "-c", talk + asked],
        cwd=ROOT,
        input="first\nsecond\n",
        capture_output=True,
        text=True,
    )

    assert done.stdout.splitlines()[-1] == "['', 'first', 'second']"


@pytest.mark.parametrize(
    ("confirm", "yes", "stage", "agreed"),
    [
        ("dev", False, "dev", True),
        ("dev", False, "production", False),
        ("production", False, "production", True),
        ("", True, "staging", True),
        ("", True, "production", False),
    ],
)
def test_production_is_agreed_to_by_name(
    monkeypatch: pytest.MonkeyPatch, confirm: str, yes: bool, stage: str, agreed: bool
) -> None:
    monkeypatch.setenv("CONFIRM", confirm)

    assert with_terminal(yes=yes).agreed(stage) is agreed


@pytest.mark.parametrize("command", ["deploy", "promote", "rollback"])
def test_a_command_that_was_not_understood_says_how_it_goes(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"infra.{command}", "one", "two"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert done.stdout.startswith(f"make {command}")


def test_a_refusal_is_a_sentence_and_an_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert deploy.main(["nowhere"]) == 1
    assert rollback.main(["nowhere"]) == 1
    assert "There is no stage 'nowhere'" in capsys.readouterr().err
    assert promote.main(["dev"]) == 2


def test_who_is_not_known_to_aws_is_told_how_to_sign_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    with pytest.raises(DeployError, match="aws sso login"):
        _ = Aws(REGION).account
