"""Lambda: what was deployed is run, by AWS's own client, as it is configured now."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, Protocol
from zipfile import ZipFile

from moto.awslambda.models import lambda_backends

from tests.aws.stand_in.account import ACCOUNT, REGION
from tests.aws.stand_in.runtime import Answer, Runtime, RuntimeStartError


class Keys(Protocol):
    """Where the credentials of a role come from."""

    def keys_of(self, role: str) -> tuple[str, str]: ...


@dataclass(frozen=True, slots=True)
class _Running:
    """An instance, and what it was started from."""

    made_of: tuple[Any, ...]
    runtime: Runtime


class Functions:
    """The functions of an account; each has one instance, begun anew when it changes.

    `around` is what every function finds in its environment beside its own settings.
    """

    def __init__(
        self, folder: Path, python: Path, keys: Keys, around: Mapping[str, str]
    ) -> None:
        self._folder, self._python = folder, python
        self._keys, self._around = keys, around
        self._running: dict[tuple[str, str], _Running] = {}
        self._lock = RLock()

    def find(self, name: str, version: str = "$LATEST") -> Any:
        """What moto knows of a function, by its name or ARN; raises as AWS does."""
        backend = lambda_backends[ACCOUNT][REGION]
        return backend.get_function(name, None if version == "$LATEST" else version)

    def invoke(self, name: str, event: Any, version: str = "$LATEST") -> Answer:
        """Run a function; it starts if it is not there, or not as it is now."""
        function = self.find(name, version)
        try:
            runtime = self._runtime(function, version)
        except RuntimeStartError as error:
            return Answer(None, _start_error(str(error)), 0)
        return runtime.invoke(event)

    def printed(self, name: str) -> str:
        """The log of the instance that runs now."""
        return self._running[name, "$LATEST"].runtime.printed

    def stop(self) -> None:
        for each in self._running.values():
            each.runtime.stop()

    def _runtime(self, function: Any, version: str) -> Runtime:
        name = function.function_name
        key, secret = self._keys.keys_of(function.role.rpartition("/")[2])
        settings = dict(function.environment_vars)
        made_of = (function.code_sha_256, function.handler, settings, key)
        with self._lock:
            running = self._running.get((name, version))
            if running and running.made_of == made_of:
                return running.runtime
            if running:
                running.runtime.stop()
                del self._running[name, version]
            folder = self._unpacked(function)
            env = settings | {
                **self._around,
                "PYTHONPATH": f"{folder}:{self._around.get('PYTHONPATH', '')}",
                "AWS_ACCESS_KEY_ID": key,
                "AWS_SECRET_ACCESS_KEY": secret,
                "AWS_LAMBDA_FUNCTION_NAME": name,
                "AWS_LAMBDA_FUNCTION_VERSION": str(version),
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            }
            made = Runtime(
                folder, function.handler, env, self._python, timeout=function.timeout
            )
            self._running[name, version] = _Running(made_of, made)
            return made

    def _unpacked(self, function: Any) -> Path:
        """The code of a function in a folder; the same code has the same one."""
        folder = self._folder / str(function.code_digest)[:16]
        if not folder.exists():
            with ZipFile(io.BytesIO(function.code_bytes)) as archive:
                archive.extractall(folder)
        return folder


def _start_error(said: str) -> dict[str, Any]:
    try:
        found = json.loads(said)
    except ValueError:
        return {"errorType": "Runtime.ExitError", "errorMessage": said}
    return found if isinstance(found, dict) else {"errorMessage": said}
