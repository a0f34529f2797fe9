"""The moment of a schedule, whenever a test wants it to come."""

from __future__ import annotations

import uuid
from typing import Any

from moto.events.models import events_backends

from tests.aws.stand_in.account import ACCOUNT, REGION
from tests.aws.stand_in.functions import Functions
from tests.aws.stand_in.runtime import Answer


def fire(functions: Functions, name: str) -> list[Answer]:
    """Call what a rule calls; what came of it."""
    rules = events_backends[ACCOUNT][REGION].event_buses["default"].rules.values()
    rule = next(each for each in rules if each.name == name)
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": "2026-05-01T19:00:00Z",
        "region": REGION,
        "resources": [rule.arn],
        "detail": {},
    }
    for target in rule.targets:
        assert _lets_in(functions.find(target["Arn"]), rule.arn), "it may not call"
    return [functions.invoke(target["Arn"], event) for target in rule.targets]


def _lets_in(function: Any, rule: str) -> bool:
    """Whether a function's own policy lets a rule call it."""
    return any(
        statement.get("Principal") == {"Service": "events.amazonaws.com"}
        and statement["Condition"]["ArnLike"]["AWS:SourceArn"] == rule
        for statement in function.policy.statements
    )
