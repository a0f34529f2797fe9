"""From a fresh account to a stage that serves, and on to the next release."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from infra.deploy import deploy
from infra.release import Release
from tests.infra.deploying import (
    ENVIRONMENT,
    PASSWORD,
    Operator,
    checkout,
    git,
    opened,
)

_numbers = count(300_000_000_001)
KEY = base64.b64encode(
    json.dumps({"private_key": "-----BEGIN PRIVATE KEY-----"}).encode()
).decode()


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """Somebody with a fresh account and a first commit."""
    with opened(str(next(_numbers))) as account:
        settings = ENVIRONMENT | {
            "AWS_ENDPOINT_URL": account.url,
            "JADA_SMOKE_URL": account.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
        someone = Operator(account, checkout(tmp_path))
        someone.answers = {"password": PASSWORD, "GMAIL_SERVICE_ACCOUNT_KEY": KEY}
        someone.commit("one")
        yield someone


def deployed(operator: Operator, stage: str = "dev") -> Release:
    return deploy(
        stage,
        operator.talk,
        root=operator.root,
        make=operator.make,
        zappa=operator.run_zappa,
        pause=0,
    )


def test_a_fresh_account_becomes_a_stage(operator: Operator) -> None:
    release = deployed(operator)

    assert release.commit == git(operator.root, "rev-parse", "HEAD")
    assert {name for name, _ in operator.zappa} == {"deploy dev", "deploy dev_public"}
