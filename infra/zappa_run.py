"""Zappa at work: a function, its REST API and its schedules, from our package."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.aws import DeployError
from infra.stages import ROOT

Zappa = Callable[[str, str, dict[str, Any], str], None]
PYTHON = ROOT / ".venv-deploy" / "bin" / "python"
# With keys in the environment they would overrule the region of the settings.
_UNWANTED = ("AWS_DEFAULT_REGION", "AWS_REGION", "VIRTUAL_ENV")


def zappa(command: str, stage: str, settings: dict[str, Any], package: str) -> None:
    """Have Zappa deploy or update one of its stages, from an ``s3://`` address.

    Raises `DeployError` with what Zappa said if it did not come to its end.
    """
    env = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    with tempfile.TemporaryDirectory(prefix="jada-zappa-") as folder:
        file = Path(folder) / "zappa_settings.json"
        file.write_text(json.dumps(settings))
        quiet = ["--json", "--disable_progress", "--no_venv"]
        words = [command, stage, "-s", str(file), "--zip", package, *quiet]
        done = subprocess.run(
            [str(PYTHON), "-m", "zappa.cli", *words],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise DeployError(f"zappa {command} {stage} failed:\n{_end(done)}")


def _end(done: subprocess.CompletedProcess[str]) -> str:
    """The last lines of what it said: in front of them is progress."""
    said = f"{done.stdout}\n{done.stderr}".strip().splitlines()
    return "\n".join(said[-12:])
