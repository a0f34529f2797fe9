"""`zappa_settings.json`: every setting of every stage is one that somebody chose."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from jada_flask import config, tables
from jada_flask.domain.outbox import LEASE
from jada_flask.tasks import TASKS

ROOT = Path(__file__).parents[2]
FILE = ROOT / "zappa_settings.json"
STAGES: dict[str, dict[str, Any]] = json.loads(FILE.read_text())
STAGE_NAMES = ("dev", "staging", "production")
OFFICE, PUBLIC = list(STAGE_NAMES), [f"{name}_public" for name in STAGE_NAMES]

ON_EVERY_STAGE = {
    # Zappa's default shows tracebacks and logs every event with its cookies.
    "debug": False,
    # INFO logs addresses, and some addresses hold tokens.
    "log_level": "WARNING",
    "cloudwatch_log_level": "ERROR",
    "cloudwatch_data_trace": False,
    # Zappa's own role may do anything with every table and bucket.
    "manage_roles": False,
    # A request past CloudFront is refused; Zappa's last step would be one.
    "touch": False,
    "apigateway_enabled": True,
    "apigateway_version": "v1",
    "endpoint_configuration": ["REGIONAL"],
    # CloudFront compresses, and no other origin may read answers.
    "payload_compression": False,
    "cors": False,
    "binary_support": True,
    "additional_text_mimetypes": ["application/problem+json"],
    # A function address without sign-in can be invoked from any account.
    "function_url_enabled": False,
    "alb_enabled": False,
    # The edge asks for its secret instead.
    "api_key_required": False,
    "iam_authorization": False,
    "lambda_handler": "jada_flask.aws_entry.handler",
    "app_function": "jada_flask.wsgi.app",
    "prebuild_script": "infra.zappa_guard.refuse",
    "runtime": "python3.13",
    "architecture": "x86_64",
    "snap_start": "None",
    "slim_handler": False,
    "use_precompiled_packages": False,
    # What is baked into a package cannot be taken back.
    "environment_variables": {},
    # Names of an account: the deployment fills them from its stack.
    "role_arn": None,
    "dead_letter_arn": "",
    "s3_bucket": "",
}


def test_each_stage_has_an_office_and_a_public_function() -> None:
    assert sorted(STAGES) == sorted(OFFICE + PUBLIC)


def test_no_key_stands_twice() -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names))
        return dict(pairs)

    json.loads(FILE.read_text(), object_pairs_hook=once)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_the_same_keys(stage: str) -> None:
    """Nothing is left to a default of Zappa's, nor to its shallow `extends`."""
    assert list(STAGES[stage]) == list(STAGES["dev"])


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_the_same_environment(stage: str) -> None:
    names = STAGES[stage]["aws_environment_variables"].keys()
    assert names == STAGES["dev"]["aws_environment_variables"].keys()


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("key", "value"), ON_EVERY_STAGE.items())
def test_a_setting_is_the_same_everywhere(stage: str, key: str, value: object) -> None:
    assert STAGES[stage][key] == value


@pytest.mark.parametrize("stage", STAGES)
def test_no_setting_is_there_that_zappa_should_not_act_on(stage: str) -> None:
    """CloudFront has the names and certificates; roles are the stack's."""
    unwanted = {"domain", "certificate_arn", "route53_enabled", "attach_policy"}
    unwanted |= {"extra_permissions", "remote_env", "extends", "async_source"}
    assert not unwanted & STAGES[stage].keys()


@pytest.mark.parametrize("stage", STAGES)
def test_zappa_names_function_and_role_as_the_stack_does(stage: str) -> None:
    settings = STAGES[stage]
    function = f"{settings['project_name']}-{stage}".replace("_", "-")
    assert settings["role_name"] == f"{function}-{settings['aws_region']}"
    assert settings["apigateway_description"] == function


@pytest.mark.parametrize("stage", STAGES)
def test_a_function_knows_its_stage_and_where_its_secrets_are(stage: str) -> None:
    name, _, public = stage.partition("_")
    assert STAGES[stage]["aws_environment_variables"] == {
        "JADA_STAGE": name,
        "JADA_SERVES": public or "office",
        "JADA_STORE": "dynamodb",
        "JADA_TABLE_PREFIX": f"jada-{name}",
        "JADA_SECRETS_PATH": f"/jada/{name}/{public or 'dispatch'}",
        # Filled by the deployment, from the stack's output NudgeQueueArn.
        "JADA_NUDGE_QUEUE": "",
    }
    assert STAGES[stage]["tags"] == {"project": "jada", "stage": name}


@pytest.mark.parametrize("stage", STAGES)
def test_the_environment_has_settings_and_no_secret(stage: str) -> None:
    names = set(STAGES[stage]["aws_environment_variables"])
    assert names <= set(config.NAMES) - set(config.SECRETS)


def test_nothing_in_the_file_looks_like_a_secret_or_an_account() -> None:
    text = FILE.read_text()
    assert not re.search(r"AKIA|BEGIN|\d{12}|[A-Za-z0-9+/]{41}|arn:", text)


@pytest.mark.parametrize("stage", OFFICE)
def test_the_office_sends_what_is_due_and_looks_for_mails_by_itself(stage: str) -> None:
    rates = {each["function"]: each["expression"] for each in STAGES[stage]["events"]}

    assert rates == {"drain": "rate(1 minute)", "poll": "rate(5 minutes)"}
    assert rates.keys() <= TASKS.keys()


@pytest.mark.parametrize("stage", PUBLIC)
def test_the_public_function_has_no_schedule(stage: str) -> None:
    """Its role reaches no money, and what is due may hold some."""
    assert STAGES[stage]["events"] == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_rule_can_be_named_after_its_task(stage: str) -> None:
    """A hyphen parts the name of the function from the task's."""
    for event in STAGES[stage]["events"]:
        assert re.fullmatch(r"[._A-Za-z0-9]{1,40}", event["function"])


@pytest.mark.parametrize("stage", STAGES)
def test_only_production_is_kept_warm(stage: str) -> None:
    assert STAGES[stage]["keep_warm"] is stage.startswith("production")


@pytest.mark.parametrize("stage", STAGES)
def test_a_function_has_the_time_it_needs_and_no_more(stage: str) -> None:
    """The bridge can take 56 seconds; who outlives a lease sends a thing twice."""
    seconds = STAGES[stage]["timeout_seconds"]
    if stage in PUBLIC:
        assert seconds == 29  # API Gateway waits no longer
    else:
        assert 60 < seconds <= LEASE.total_seconds()


@pytest.mark.parametrize("stage", STAGES)
def test_memory_and_kept_versions_are_what_was_measured(stage: str) -> None:
    assert STAGES[stage]["memory_size"] == 512
    assert STAGES[stage]["num_retained_versions"] >= 2  # else nothing to roll back to


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_private_is_excluded_by_name_and_by_folder(stage: str) -> None:
    """Should Zappa pack after all. A bare `*.json` would take botocore's own."""
    settings = STAGES[stage]
    assert {".env", ".env.*", "secrets.json", "*.key"} <= set(settings["exclude"])
    assert {".git/**", "var/**", "tests/**"} <= set(settings["exclude_glob"])
    assert not {"*.json", "tests", "*.pem"} & set(settings["exclude"])


def test_the_door_is_where_the_settings_say() -> None:
    module, _, name = STAGES["dev"]["lambda_handler"].rpartition(".")
    source = (ROOT / f"{module.replace('.', '/')}.py").read_text()
    assert re.search(rf"^\s*{name} = ", source, re.MULTILINE)


def test_zappa_itself_refuses_to_pack() -> None:
    module, _, name = STAGES["dev"]["prebuild_script"].rpartition(".")
    with pytest.raises(SystemExit, match="make package"):
        getattr(importlib.import_module(module), name)()


def test_the_prefix_is_one_that_tables_can_have() -> None:
    for settings in STAGES.values():
        prefix = settings["aws_environment_variables"]["JADA_TABLE_PREFIX"]
        assert all(len(f"{prefix}-{table.name}") <= 255 for table in tables.ALL)
