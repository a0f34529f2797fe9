"""Items and operations in the words of DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jada_flask.adapters.paging import Range
from jada_flask.ports import (
    Check,
    Condition,
    Delete,
    Equals,
    Item,
    Key,
    Missing,
    MissingOrAtMost,
    Operation,
    Patch,
    Present,
    Put,
)
from jada_flask.tables import Index, Table

Typed = dict[str, Any]

_ACTIONS = {Put: "Put", Patch: "Update", Delete: "Delete", Check: "ConditionCheck"}


def typed(value: Any) -> Typed:
    """A value as DynamoDB wants it: with its type beside it."""
    if isinstance(value, str):
        return {"S": value}
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, list):
        return {"L": [typed(part) for part in value]}
    return {"M": typed_item(value)}


def typed_item(item: Mapping[str, Any]) -> dict[str, Typed]:
    """An item or a map, value by value."""
    return {name: typed(value) for name, value in item.items()}


def plain(value: Typed) -> Any:
    """A value as the rest of the application knows it."""
    ((kind, content),) = value.items()
    if kind in ("S", "BOOL"):
        return content
    if kind == "N":
        return int(content)
    if kind == "NULL":
        return None
    if kind == "L":
        return [plain(part) for part in content]
    if kind == "M":
        return plain_item(content)
    raise ValueError(f"the table holds a value of a kind nobody here writes: {kind}")


def plain_item(item: Mapping[str, Typed]) -> Item:
    """An item, value by value."""
    return {name: plain(value) for name, value in item.items()}


def typed_key(table: Table, key: Key) -> dict[str, Typed]:
    """The key of an item."""
    return {table.partition: typed(key[0]), table.sort: typed(key[1])}


class Expression:
    """Names and values by placeholders, so that no attribute is taken for a keyword."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: list[Typed] = []

    def name(self, name: str) -> str:
        """The placeholder of an attribute's name."""
        return self._names.setdefault(name, f"#{len(self._names)}")

    def value(self, value: Any) -> str:
        """The placeholder of a value."""
        self._values.append(typed(value))
        return f":{len(self._values) - 1}"

    def attributes(self) -> dict[str, Any]:
        """What the request says the placeholders stand for; it refuses empty ones."""
        found: dict[str, Any] = {}
        if self._names:
            names = {mark: name for name, mark in self._names.items()}
            found["ExpressionAttributeNames"] = names
        if self._values:
            values = {f":{place}": value for place, value in enumerate(self._values)}
            found["ExpressionAttributeValues"] = values
        return found


def action(operation: Operation, table_name: str) -> tuple[str, dict[str, Any]]:
    """One operation of a transaction: what is done, and to what."""
    expression = Expression()
    table = operation.table
    request: dict[str, Any] = {"TableName": table_name}
    if isinstance(operation, Put):
        request["Item"] = typed_item(operation.item)
    else:
        request["Key"] = typed_key(table, operation.key)
    if isinstance(operation, Patch):
        request["UpdateExpression"] = _update(expression, operation)
    if operation.when:
        request["ConditionExpression"] = " AND ".join(
            _condition(expression, table, each) for each in operation.when
        )
        request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return _ACTIONS[type(operation)], request | expression.attributes()


def key_condition(
    index: Index | None, table: Table, partition: str, asked: Range
) -> dict[str, Any]:
    """Which items a query is about."""
    expression = Expression()
    where = index or table
    sort = (
        expression.name(where.sort) if any(part is not None for part in asked) else ""
    )
    prefix, lo, hi = asked
    parts = [f"{expression.name(where.partition)} = {expression.value(partition)}"]
    if prefix is not None:
        parts.append(f"begins_with({sort}, {expression.value(prefix)})")
    elif lo is not None and hi is not None:
        low, high = expression.value(lo), expression.value(hi)
        parts.append(f"{sort} BETWEEN {low} AND {high}")
    elif lo is not None:
        parts.append(f"{sort} >= {expression.value(lo)}")
    elif hi is not None:
        parts.append(f"{sort} <= {expression.value(hi)}")
    return {"KeyConditionExpression": " AND ".join(parts)} | expression.attributes()


def _update(expression: Expression, patch: Patch) -> str:
    name, value = expression.name, expression.value
    clauses = {
        "SET": [f"{name(key)} = {value(new)}" for key, new in patch.set.items()],
        "REMOVE": [name(key) for key in patch.remove],
        "ADD": [f"{name(key)} {value(number)}" for key, number in patch.add.items()],
    }
    return " ".join(f"{verb} {', '.join(of)}" for verb, of in clauses.items() if of)


def _condition(expression: Expression, table: Table, condition: Condition) -> str:
    name = expression.name(condition.name or table.partition)
    if isinstance(condition, Missing):
        return f"attribute_not_exists({name})"
    if isinstance(condition, Present):
        return f"attribute_exists({name})"
    value = expression.value
    if isinstance(condition, Equals):
        return f"{name} = {value(condition.value)}"
    if isinstance(condition, MissingOrAtMost):
        return f"(attribute_not_exists({name}) OR {name} <= {value(condition.limit)})"
    low, high = value(condition.low), value(condition.high)
    return f"(attribute_not_exists({name}) OR {name} <= {low} OR {name} >= {high})"
