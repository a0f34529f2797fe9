"""Who may do what, as the roles and policies that were deployed say it.

The few words of IAM that ours use, read the strict way: a statement with a condition
that is not answered here does not allow anything.
"""

from __future__ import annotations

import json
from ast import literal_eval
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.models import iam_backends

from tests.aws.stand_in.account import ACCOUNT

Statement = dict[str, Any]


def trusts(role: str, service: str) -> bool:
    """Whether a service may take on a role."""
    for statement in _statements(_role(role).assume_role_policy_document):
        services = _all_of(statement.get("Principal", {}).get("Service"))
        if f"{service}.amazonaws.com" in services:
            return True
    return False


def allows(
    role: str, action: str, resource: str, about: Mapping[str, str] | None = None
) -> bool:
    """Whether a role may do something; `about` answers the conditions."""
    found = [
        statement["Effect"]
        for document in _role(role).policies.values()
        for statement in _statements(document)
        if _fits(statement, action, resource, about or {})
    ]
    return "Allow" in found and "Deny" not in found


def _fits(
    statement: Statement, action: str, resource: str, about: Mapping[str, str]
) -> bool:
    return (
        any(fnmatchcase(action, each) for each in _all_of(statement["Action"]))
        and any(fnmatchcase(resource, each) for each in _all_of(statement["Resource"]))
        and all(
            about.get(key) in _all_of(wanted)
            for condition in statement.get("Condition", {}).values()
            for key, wanted in condition.items()
        )
    )


def _statements(document: Any) -> Iterator[Statement]:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:  # moto writes down Python's own notation of it
            document = literal_eval(document)
    yield from document["Statement"]


def _role(name: str) -> Any:
    backend = iam_backends[ACCOUNT]["aws"]
    return backend.get_role(name.rpartition("/")[2])


def _all_of(value: Any) -> list[str]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
