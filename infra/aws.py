"""AWS as a deployment talks to it: one account, one region, one client of each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

Refused = (BotoCoreError, ClientError)


class DeployError(Exception):
    """Why nothing more is done, in a sentence."""


class Aws:
    """Clients for one region, whatever region the environment may name.

    `AWS_ENDPOINT_URL` leads all of them to another AWS, for tests.
    """

    def __init__(self, region: str) -> None:
        self.region = region
        self._made: dict[str, Any] = {}
        self._who: dict[str, str] = {}

    def __call__(self, service: str) -> Any:
        """The client of a service, always the same one."""
        if service not in self._made:
            config = Config(retries={"mode": "standard", "total_max_attempts": 5})
            self._made[service] = boto3.client(
                service, region_name=self.region, config=config
            )
        return self._made[service]

    @property
    def account(self) -> str:
        return self._caller()["Account"]

    @property
    def caller(self) -> str:
        """Whose key this is; raises `DeployError` where there is none that works."""
        return self._caller()["Arn"]

    def _caller(self) -> dict[str, str]:
        if not self._who:
            try:
                self._who = self("sts").get_caller_identity()
            except Refused as error:
                raise DeployError(
                    f"AWS does not know who asks ({error}). Sign in first, as with "
                    "`aws sso login` and AWS_PROFILE."
                ) from None
        return self._who


def code_of(error: Exception) -> str:
    """What AWS calls a refusal; empty where it was none of AWS's."""
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))


def or_none(call: Callable[[], Any], *codes: str) -> Any:
    """What a call answers, or nothing where AWS says that there is none."""
    try:
        return call()
    except ClientError as error:
        if code_of(error) in codes:
            return None
        raise
