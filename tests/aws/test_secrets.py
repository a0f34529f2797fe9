"""The secrets of a stage, read from the real client's stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jada_flask.adapters.aws.clients import lazily
from jada_flask.adapters.aws.secrets import secrets_below
from jada_flask.domain.errors import ConfigError
from tests.contracts.aws_stand_in import stand_in


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    with stand_in() as address:
        yield address


def test_every_secret_of_the_stage_is_read_and_no_other(aws: str) -> None:
    client = lazily("ssm", aws)()
    for number in range(12):  # more than one page
        name = f"/jada/dev/SECRET_{number:02}"
        client.put_parameter(Name=name, Value=f"v{number}", Type="SecureString")
    client.put_parameter(Name="/jada/production/SECRET", Value="x", Type="SecureString")

    found = secrets_below("/jada/dev", {"AWS_ENDPOINT_URL": aws})

    assert len(found) == 12
    assert found["SECRET_11"] == "v11"


def test_without_a_path_nothing_is_asked_for() -> None:
    assert secrets_below("", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}) == {}


def test_secrets_out_of_reach_stop_the_start_by_name() -> None:
    with pytest.raises(ConfigError, match="JADA_SECRETS_PATH"):
        secrets_below("/jada/dev", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
