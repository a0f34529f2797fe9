"""What the stacks of the account say now, with every reference resolved.

moto makes a part anew only when its own text changes. What stands for parts that moto
lacks is therefore read from the stack itself, as it was last brought up to date.
"""

from __future__ import annotations

from typing import Any

from moto.cloudformation.models import cloudformation_backends
from moto.cloudformation.parsing import clean_json

from tests.aws.stand_in.account import ACCOUNT, REGION

Part = dict[str, Any]


def parts(kind: str) -> dict[str, Part]:
    """Every part of a kind that stands, by what a reference to it is."""
    found = {}
    for stack in list(cloudformation_backends[ACCOUNT][REGION].stacks.values()):
        known = stack.resource_map
        for name, part in list(known._resource_json_map.items()):
            needed = part.get("Condition")
            if part["Type"] != f"AWS::{kind}":
                continue
            if needed is None or known.lazy_condition_map[needed]:
                properties = clean_json(part["Properties"], known)
                found[f"{stack.name}-{name}"] = _without_nothing(properties)
    return found


def _without_nothing(value: Any) -> Any:
    """Take out what a condition left empty."""
    if isinstance(value, list):
        return [_without_nothing(each) for each in value if each is not None]
    if isinstance(value, dict):
        return {key: _without_nothing(each) for key, each in value.items()}
    return value
