"""What DynamoDB decides by itself and SQLite does not: conditions and patches."""

from __future__ import annotations

from jada_flask.ports import (
    Condition,
    Equals,
    Item,
    Missing,
    MissingOrAtMost,
    Patch,
    Present,
)


def holds(condition: Condition, item: Item | None) -> bool:
    """Whether the condition holds for the item that is there, or for none."""
    if isinstance(condition, Missing | Present):
        there = item is not None and (condition.name is None or condition.name in item)
        return there is isinstance(condition, Present)
    if isinstance(condition, Equals):
        value = condition.value
        found = None if item is None else item.get(condition.name)
        # True is not 1: DynamoDB tells them apart.
        return type(found) is type(value) and found == value
    if item is None or condition.name not in item:
        return True
    number = item[condition.name]
    if type(number) is not int:
        return False
    if isinstance(condition, MissingOrAtMost):
        return number <= condition.limit
    return number <= condition.low or number >= condition.high


def patched(item: Item | None, patch: Patch) -> Item:
    """The item as the patch makes it; refuse to add to what is not a number."""
    table = patch.table
    if item is None:
        item = {table.partition: patch.key[0], table.sort: patch.key[1]}
    item |= patch.set
    for name in patch.remove:
        item.pop(name, None)
    for name, number in patch.add.items():
        before = item.get(name, 0)
        if type(before) is not int:
            raise ValueError(f"cannot add to {name}: it is not a number")
        item[name] = before + number
    return item
