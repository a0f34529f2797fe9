"""The two functions of a stage at Lambda: what they are, and what they shall be."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.aws import Aws, DeployError, or_none
from infra.settings import environment as of_operator
from infra.stages import Function
from jada_flask import config

_LARGEST = 4096  # bytes of all names and values
# What a stack says that a function has to know, under the function's name for it.
_FROM_STACK = {
    "GuestBucketName": "JADA_GUEST_BUCKET",
    "StaticBucketName": "JADA_STATIC_BUCKET",
    "PhotoBucketName": "JADA_PHOTO_BUCKET",
    "DistributionId": "JADA_DISTRIBUTION_ID",
    "NudgeQueueArn": "JADA_NUDGE_QUEUE",
}
_ROLES = {"dispatch": "DispatchRoleArn", "public": "PublicRoleArn"}


@dataclass(frozen=True, slots=True)
class Deployed:
    """A function as Lambda has it."""

    sha256: str
    environment: dict[str, str]
    concurrency: int | None
    modified: datetime


def deployed(aws: Aws, name: str, version: str = "$LATEST") -> Deployed | None:
    """What Lambda has under this name, or nothing."""
    client = aws("lambda")
    said = or_none(
        lambda: client.get_function_configuration(FunctionName=name, Qualifier=version),
        "ResourceNotFoundException",
    )
    if said is None:
        return None
    kept = client.get_function_concurrency(FunctionName=name)
    return Deployed(
        base64.b64decode(said["CodeSha256"]).hex(),
        dict(said.get("Environment", {}).get("Variables", {})),
        kept.get("ReservedConcurrentExecutions"),
        datetime.fromisoformat(said["LastModified"]),
    )


def wanted_environment(
    function: Function, operator: Mapping[str, str], outputs: Mapping[str, str]
) -> dict[str, str]:
    """What this deployment gives a function to know; never a secret.

    From `zappa_settings.json`, the stack and the operator. Raises `DeployError` where
    Lambda could not hold it.
    """
    office = function.who == "dispatch"

    def known(name: str) -> bool:
        ours = office or name not in config.OFFICE_ONLY
        return ours and name in config.NAMES and name not in config.SECRETS

    own: dict[str, str] = function.settings["aws_environment_variables"]
    of_stack = {
        name: outputs[output]
        for output, name in _FROM_STACK.items()
        if output in outputs and known(name)
    }
    wanted = {**own, **of_stack, **of_operator(operator, outputs, known)}
    return {name: value for name, value in wanted.items() if value}


def with_kept(wanted: Mapping[str, str], there: Mapping[str, str]) -> dict[str, str]:
    """The wanted environment, and whatever somebody has put beside it by hand."""
    both = {**there, **wanted}
    size = sum(len(f"{name}{value}".encode()) for name, value in both.items())
    if size > _LARGEST:
        raise DeployError(
            f"The environment would have {size} bytes; Lambda holds {_LARGEST}."
        )
    return both


def superfluous(
    environment: Mapping[str, str], wanted: Mapping[str, str], taken_away: Iterable[str]
) -> list[str]:
    """What no code of ours reads any longer, or an operator has taken away."""
    return sorted(
        name
        for name in environment
        if (name.startswith("JADA_") and name not in config.NAMES)
        or (name in taken_away and name not in wanted)
    )


def set_environment(aws: Aws, name: str, environment: Mapping[str, str]) -> None:
    """Give a function this environment, if it has another; wait until it has it."""
    client = aws("lambda")
    there = deployed(aws, name)
    if there is None or there.environment == dict(environment):
        return
    client.update_function_configuration(
        FunctionName=name, Environment={"Variables": dict(environment)}
    )
    settled(aws, name)


def start_anew(aws: Aws, function: Function) -> None:
    """Have a function read its secrets again: what runs ends when this is changed."""
    said = f"{function.settings['lambda_description']}, secrets of {datetime.now(UTC)}"
    aws("lambda").update_function_configuration(
        FunctionName=function.name, Description=said[:256]
    )
    settled(aws, function.name)


def set_code(aws: Aws, name: str, bucket: str, key: str) -> None:
    """Have a function run a package that lies in the bucket, as a new version."""
    aws("lambda").update_function_code(
        FunctionName=name, S3Bucket=bucket, S3Key=key, Publish=True
    )
    settled(aws, name)


def settled(aws: Aws, name: str) -> None:
    aws("lambda").get_waiter("function_updated_v2").wait(FunctionName=name)


def newest_version(aws: Aws, name: str) -> str:
    pages = aws("lambda").get_paginator("list_versions_by_function")
    versions = [
        int(each["Version"])
        for page in pages.paginate(FunctionName=name)
        for each in page["Versions"]
        if each["Version"].isdigit()
    ]
    return str(max(versions, default=0))


def for_zappa(
    function: Function,
    environment: Mapping[str, str],
    outputs: Mapping[str, str],
    bucket: str,
    concurrency: int | None,
) -> dict[str, Any]:
    """The settings of one of Zappa's stages, with what belongs to this account.

    Zappa takes hand-set concurrency away unless its settings name it.
    """
    settings = {
        **function.settings,
        "role_arn": role_of(function, outputs),
        "s3_bucket": bucket,
        "aws_environment_variables": dict(environment),
    }
    # Its value is what AWS calls the queue of failed calls; the stack has set it.
    settings.pop("dead_letter_arn", None)
    if concurrency is not None:
        settings["lambda_concurrency"] = concurrency
    return {function.zappa: settings}


def role_of(function: Function, outputs: Mapping[str, str]) -> str:
    return outputs[_ROLES[function.who]]
