"""A stage as `zappa_settings.json` has it: its region and its two functions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.aws import DeployError

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("dev", "staging", "production")


@dataclass(frozen=True, slots=True)
class Function:
    """One of the two functions: what Lambda calls it, what Zappa calls its stage."""

    name: str
    zappa: str
    who: str  # dispatch or public, as in the paths of its secrets
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """One installation at AWS."""

    name: str
    region: str
    functions: tuple[Function, ...]

    @property
    def stack(self) -> str:
        """Not `jada-<stage>`: that is Zappa's, with the API in it."""
        return f"jada-{self.name}-parts"

    @property
    def path(self) -> str:
        """Below which the parameters of this stage lie."""
        return f"/jada/{self.name}"


def stage_of(name: str, root: Path = ROOT) -> Stage:
    """Read a stage; raises `DeployError` when there is none of that name."""
    if name not in STAGES:
        raise DeployError(f"There is no stage {name!r}: one of {', '.join(STAGES)}.")
    all_settings = json.loads((root / "zappa_settings.json").read_text())
    functions = tuple(
        _function(zappa, who, all_settings[zappa])
        for zappa, who in ((name, "dispatch"), (f"{name}_public", "public"))
    )
    return Stage(name, functions[0].settings["aws_region"], functions)


def _function(zappa: str, who: str, settings: dict[str, Any]) -> Function:
    name = f"{settings['project_name']}-{zappa}".replace("_", "-")
    return Function(name, zappa, who, settings)
