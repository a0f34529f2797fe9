"""A package is tried as a function of its own, beside the one that serves."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import ClientError

from infra import smoke
from infra.asking import by_invocation
from infra.aws import Aws, DeployError, or_none
from infra.stages import Function, Stage

_CHECKS = {"dispatch": smoke.of_office, "public": smoke.of_public}
_TRIES, _PAUSE = 6, 5.0  # until Lambda knows of a role that was just made


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a function would become."""

    function: Function
    role: str
    environment: Mapping[str, str]
    package: tuple[str, str]  # bucket and key

    def tried(self, aws: Aws, stage: Stage, secret: str) -> None:
        """Start it under the function's role and settings, ask it, and remove it.

        Raises `DeployError` for a package that does not start or answers wrongly.
        """
        with self._beside(aws) as name:
            ask = by_invocation(aws, name, secret)
            faults = list(_CHECKS[self.function.who](ask, stage.name))
            faults += smoke.past_the_edge(by_invocation(aws, name, ""))
        if faults:
            said = [f"{self.function.name} would not serve:", *faults]
            raise DeployError("\n".join(said))

    @contextmanager
    def _beside(self, aws: Aws) -> Iterator[str]:
        name = f"{self.function.name}-next"
        _remove(aws, name)
        self._make(aws, name)
        try:
            aws("lambda").get_waiter("function_active_v2").wait(FunctionName=name)
            yield name
        finally:
            _remove(aws, name)

    def _make(self, aws: Aws, name: str) -> None:
        settings = self.function.settings
        for attempt in range(_TRIES):
            try:
                aws("lambda").create_function(
                    FunctionName=name,
                    Role=self.role,
                    Handler=settings["lambda_handler"],
                    Runtime=settings["runtime"],
                    Architectures=[settings["architecture"]],
                    Timeout=settings["timeout_seconds"],
                    MemorySize=settings["memory_size"],
                    Environment={"Variables": dict(self.environment)},
                    Code={"S3Bucket": self.package[0], "S3Key": self.package[1]},
                    # The role may write into the log of its own function alone.
                    LoggingConfig={"LogGroup": f"/aws/lambda/{self.function.name}"},
                )
            except ClientError as error:
                if "cannot be assumed" not in str(error) or attempt == _TRIES - 1:
                    raise
                time.sleep(_PAUSE)
            else:
                return


def _remove(aws: Aws, name: str) -> None:
    or_none(
        lambda: aws("lambda").delete_function(FunctionName=name),
        "ResourceNotFoundException",
    )
