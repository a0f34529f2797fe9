"""What a store accepts, the same for every engine: the stricter one's rules for all.

DynamoDB refuses empty and overlong keys, index attributes of the wrong type, items over
400 kB, numbers over 38 digits, an item twice in one write; SQLite refuses sort keys
over 64 bits. Asked here first, so that a test on one engine finds what another refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from jada_flask.ports import (
    NEW,
    Check,
    Condition,
    Equals,
    Item,
    Key,
    Missing,
    MissingOrAtMost,
    MissingOrOutside,
    Operation,
    Patch,
    Present,
    Put,
)
from jada_flask.tables import Index, KeyType, Table

MOST_OPERATIONS = 100
MOST_BYTES = 400 * 1024
MOST_BYTES_IN_A_WRITE = 4 * 1024 * 1024
MOST_BYTES_IN_A_PARTITION_KEY = 2048
MOST_BYTES_IN_A_SORT_KEY = 1024
DEEPEST = 32
_ABOVE_EVERY_NUMBER = 10**38
_ABOVE_EVERY_KEY = 2**63

# An item whose JSON is below this is below 400 kB as DynamoDB counts, whatever is in
# it: a list of digits takes two bytes an element in JSON and three there.
_SURELY_SMALL = MOST_BYTES // 2

_PLAIN = frozenset({str, bool, type(None)})

_encode = msgspec.json.encode


def check_write(operations: tuple[Operation, ...]) -> list[Key]:
    """The keys of what is to be written, if all of it is fit to be written together.

    What is in the items is looked at by `pack`.
    """
    if not 1 <= len(operations) <= MOST_OPERATIONS:
        raise ValueError(f"a write has 1 to {MOST_OPERATIONS} operations")
    keys = [_check_operation(operation) for operation in operations]
    names = [operation.table.name for operation in operations]
    if len(set(zip(names, keys, strict=True))) != len(keys):
        raise ValueError("an item appears twice in one write")
    return keys


def _check_operation(operation: Operation) -> Key:
    table = operation.table
    if table.append_only:
        _check_append(operation)
    if operation.when and operation.when != NEW:
        _check_conditions(operation.when)
    if isinstance(operation, Put):
        return key_of(table, operation.item)
    check_key(table, *operation.key)
    if isinstance(operation, Patch):
        _check_patch(operation)
    elif isinstance(operation, Check) and not operation.when:
        raise ValueError("a check without a condition")
    return operation.key


def key_of(table: Table, item: Item) -> Key:
    """The key of an item; refuse one that is missing, empty or of the wrong type."""
    try:
        key = item[table.partition], item[table.sort]
    except KeyError as error:
        raise ValueError(f"{table.name}: the item has no {error}") from None
    check_key(table, *key)
    return key


def check_key(table: Table, partition: object, sort: object) -> None:
    """Refuse a key that is empty, too long or of the wrong type."""
    # Nearly all are short texts of plain letters, and asked here they are spared calls.
    if not (
        type(partition) is str
        and 0 < len(partition) <= MOST_BYTES_IN_A_PARTITION_KEY
        and partition.isascii()
    ):
        check_partition(table.partition, partition)
    if not (
        type(sort) is str
        and table.sort_type == "S"
        and 0 < len(sort) <= MOST_BYTES_IN_A_SORT_KEY
        and sort.isascii()
    ):
        check_sort(table.sort, sort, table.sort_type)


def pack(table: Table, item: Item) -> bytes:
    """The item as JSON, once everything in it has been found fit."""
    _check_map(item, depth=1)
    for index in table.indexes:
        if index.partition in item or index.sort in item:
            _check_index(index, item)
    if table.expires in item:
        check_sort(table.expires, item[table.expires], "N")
    packed = _encode(item)
    if len(packed) > _SURELY_SMALL and size_of(item) > MOST_BYTES:
        raise ValueError(f"{table.name}: the item is over 400 kB")
    return packed


def size_of(item: Mapping[str, Any]) -> int:
    """The size of an item as DynamoDB counts it, or a little more."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def check_total(operations: Iterable[Operation], packed: int) -> None:
    """Refuse a write of more than 4 MB, which is the most DynamoDB takes at once."""
    if packed <= MOST_BYTES_IN_A_WRITE // 2:
        return
    items = [operation.item for operation in operations if isinstance(operation, Put)]
    if sum(map(size_of, items)) > MOST_BYTES_IN_A_WRITE:
        raise ValueError("the write is over 4 MB")


def check_partition(name: str, value: object) -> None:
    """Refuse a partition key that is empty, too long or no text."""
    if type(value) is not str or not value:
        raise ValueError(f"{name} must be a text that is not empty, not {value!r}")
    # Four bytes are the most that one character takes.
    if len(value) > MOST_BYTES_IN_A_PARTITION_KEY // 4 or not value.isascii():
        _check_length(name, value, MOST_BYTES_IN_A_PARTITION_KEY)


def check_sort(name: str, value: object, kind: KeyType) -> None:
    """Refuse a sort key that is empty, too long or of the wrong type."""
    if kind == "N":
        if type(value) is not int or not -_ABOVE_EVERY_KEY <= value < _ABOVE_EVERY_KEY:
            raise ValueError(f"{name} must be a whole number of 64 bits, not {value!r}")
        return
    if type(value) is not str or not value:
        raise ValueError(f"{name} must be a text that is not empty, not {value!r}")
    if len(value) > MOST_BYTES_IN_A_SORT_KEY // 4 or not value.isascii():
        _check_length(name, value, MOST_BYTES_IN_A_SORT_KEY)


def _check_length(name: str, value: str, most: int) -> None:
    if len(value.encode()) > most:  # a lone surrogate fails here, as a ValueError
        raise ValueError(f"{name} is over {most} bytes")


def _check_index(index: Index, item: Item) -> None:
    if index.partition in item:
        check_partition(index.partition, item[index.partition])
    if index.sort in item:
        check_sort(index.sort, item[index.sort], index.sort_type)


def _check_map(values: Mapping[str, Any], depth: int) -> None:
    for name, value in values.items():
        if type(name) is not str or not name:
            raise ValueError(f"not a name of an attribute: {name!r}")
        if type(value) is not str:  # the most frequent kind, spared a call
            _check_value(value, depth)


def _check_value(value: Any, depth: int) -> None:
    kind = type(value)
    if kind is int:
        if not -_ABOVE_EVERY_NUMBER < value < _ABOVE_EVERY_NUMBER:
            raise ValueError("a number has at most 38 digits")
    elif kind is dict:
        _check_depth(depth)
        _check_map(value, depth + 1)
    elif kind is list:
        _check_depth(depth)
        for part in value:
            _check_value(part, depth + 1)
    elif kind not in _PLAIN:
        raise ValueError(f"{kind.__name__} cannot be stored")


def _check_depth(depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError(f"lists and maps go at most {DEEPEST} levels deep")


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode())
    if value is None or isinstance(value, bool):
        return 1
    if isinstance(value, int):
        return len(str(value)) // 2 + 2
    if isinstance(value, list):
        return 3 + sum(1 + _size(part) for part in value)
    return 3 + len(value) + size_of(value)


def _check_conditions(conditions: tuple[Condition, ...]) -> None:
    for condition in conditions:
        if condition.name is not None and not condition.name:
            raise ValueError("a condition on an attribute without a name")
        if isinstance(condition, Missing | Present):
            continue
        if isinstance(condition, Equals):
            if type(condition.value) not in (str, int, bool):
                raise ValueError(f"no condition can equal {condition.value!r}")
            _check_value(condition.value, depth=1)
        elif isinstance(condition, MissingOrAtMost):
            _check_whole(condition.limit)
        elif isinstance(condition, MissingOrOutside):
            _check_whole(condition.low)
            _check_whole(condition.high)


def _check_whole(limit: object) -> None:
    if type(limit) is not int:
        raise ValueError(f"a limit is a whole number, not {limit!r}")
    _check_value(limit, depth=1)


def _check_patch(patch: Patch) -> None:
    names = [*patch.set, *patch.remove, *patch.add]
    if not names:
        raise ValueError("a patch without a change")
    if len(set(names)) != len(names):
        raise ValueError("a patch changes one attribute twice")
    if patch.table.partition in names or patch.table.sort in names:
        raise ValueError("a patch cannot change the key")
    if "" in names:
        raise ValueError("a patch of an attribute without a name")
    for number in patch.add.values():
        _check_whole(number)
    pack(patch.table, dict(patch.set))


def _check_append(operation: Operation) -> None:
    """Refuse whatever could change or take away an entry that is already there."""
    if isinstance(operation, Check):
        return
    if not isinstance(operation, Put) or Missing() not in operation.when:
        name = operation.table.name
        raise ValueError(f"{name} is append-only: it takes a Put when Missing() only")
