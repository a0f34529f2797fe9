"""The secrets of a stage, in SSM Parameter Store."""

from __future__ import annotations

from collections.abc import Mapping

from jada_flask.adapters.aws.clients import lazily
from jada_flask.domain.errors import ConfigError


def secrets_below(path: str, env: Mapping[str, str]) -> dict[str, str]:
    """Every parameter below a path, decrypted, by its last name; none without a path.

    Lambda's environment holds 4 kB in all, less than the Gmail key alone. Raises
    `ConfigError` when they cannot be read: nothing is served without them.
    """
    if not path:
        return {}
    from botocore.exceptions import BotoCoreError, ClientError

    client = lazily("ssm", env.get("AWS_ENDPOINT_URL") or None)()
    pages = client.get_paginator("get_parameters_by_path")
    try:
        return {
            found["Name"].rpartition("/")[2]: found["Value"]
            for page in pages.paginate(Path=path, WithDecryption=True)
            for found in page["Parameters"]
        }
    except (BotoCoreError, ClientError) as error:
        kind = type(error).__name__
        words = f"JADA_SECRETS_PATH: the secrets below {path} cannot be read ({kind})."
        raise ConfigError(words) from None
