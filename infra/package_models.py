"""Of what botocore knows of AWS, the part that the application asks for.

Its descriptions of services are read and taken apart whenever the first client of one
is made: with all operations, their documentation and every region of every service,
that took longer than a request and held more memory than the application.
"""

from __future__ import annotations

import ast
import gzip
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# What botocore itself looks up in a model, whoever made the client.
_ITS_OWN: Mapping[str, frozenset[str]] = {
    "s3": frozenset({"CreateBucket", "HeadBucket", "ListObjectsV2", "CreateSession"}),
    "dynamodb": frozenset({"DescribeEndpoints"}),
    "sts": frozenset({"AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity"}),
}
_MODEL = "service-2.json"
_NEVER_READ = ("examples-1.json",)


def prune(tree: Path, services: tuple[str, ...]) -> None:
    """Keep, of each service, its newest version and the operations we name."""
    data = tree / "botocore/data"
    named = names_in(tree / "jada_flask")
    for service in services:
        *older, newest = sorted(path for path in (data / service).iterdir())
        for path in older:
            shutil.rmtree(path)
        for name in _NEVER_READ:
            (newest / name).unlink(missing_ok=True)
        packed = newest / f"{_MODEL}.gz"
        model = pruned(json.loads(gzip.decompress(packed.read_bytes())), named, service)
        packed.unlink()
        _write(newest / _MODEL, model)
    endpoints = data / "endpoints.json"
    _write(endpoints, _of_services(json.loads(endpoints.read_bytes()), services))


def names_in(folder: Path) -> frozenset[str]:
    """Every attribute and every word in quotes: an operation is called by one."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return frozenset(_plain(name) for name in found)


def pruned(
    model: dict[str, Any], named: frozenset[str], service: str
) -> dict[str, Any]:
    """A model with these operations alone, and the shapes that they speak of."""
    own = _ITS_OWN.get(service, frozenset())
    operations = {
        name: operation
        for name, operation in model["operations"].items()
        if name in own or _plain(name) in named
    }
    shapes: dict[str, Any] = {}
    wanted = list(_shapes_of(operations))
    while wanted:
        name = wanted.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            wanted += _shapes_of(shapes[name])
    kept = {**model, "operations": operations, "shapes": shapes}
    # These alone botocore reads with their words, and only once they are asked for.
    spared = "clientContextParams"
    return {
        key: value if key == spared else _undocumented(value)
        for key, value in kept.items()
    }


def _plain(name: str) -> str:
    """`GetParametersByPath` and `get_parameters_by_path` alike."""
    return name.replace("_", "").lower()


def _shapes_of(part: Any) -> Iterator[str]:
    """The names of all shapes that a part of a model speaks of."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "shape" and isinstance(value, str):
                yield value
            else:
                yield from _shapes_of(value)
    elif isinstance(part, list):
        for value in part:
            yield from _shapes_of(value)


def _undocumented(part: Any) -> Any:
    """Without its documentation; a member of that name is a shape, and stays."""
    if isinstance(part, list):
        return [_undocumented(value) for value in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _undocumented(value)
        for key, value in part.items()
        if key != "documentation" or not isinstance(value, str)
    }


def _of_services(endpoints: Any, services: tuple[str, ...]) -> Any:
    """The regions of the world, and where these services are in each."""
    for partition in endpoints["partitions"]:
        # What signs, and what a client is asked for, go by one name or the other.
        wanted = {*services, "email"}
        partition["services"] = {
            name: where
            for name, where in partition["services"].items()
            if name in wanted
        }
    return endpoints


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, separators=(",", ":")), "utf-8")
