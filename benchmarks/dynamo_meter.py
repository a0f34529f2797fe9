"""What requests to DynamoDB cost, by the sizes of their items and AWS's rules.

Counted where botocore sends: every try is a request. The units are worked out from the
items themselves, since an emulator's word on them is not AWS's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from jada_flask.adapters.aws.dynamo_values import plain_item
from jada_flask.adapters.limits import size_of
from jada_flask.ports import Item
from jada_flask.tables import ALL, Index

WRITES = ("TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem")
QUERIES = ("Query",)
GETS = ("GetItem", "BatchGetItem")
_READ_UNIT, _WRITE_UNIT = 4096, 1024  # bytes


@dataclass(slots=True)
class Count:
    """What one journey asked of DynamoDB."""

    calls: Counter[str] = field(default_factory=Counter)
    read: float = 0.0  # units, on request
    written: int = 0  # units of the tables, transactions doubled
    indexed: int = 0  # units of their indexes
    items: int = 0  # items written
    mails: int = 0  # that left, but for those to the audit inbox
    asked: list[str] = field(default_factory=list)  # each call in a word, in order

    def of(self, names: tuple[str, ...]) -> int:
        return sum(self.calls[name] for name in names)

    @property
    def writes(self) -> int:
        return self.of(WRITES)

    @property
    def queries(self) -> int:
        return self.of(QUERIES)

    @property
    def gets(self) -> int:
        return self.of(GETS)

    @property
    def write_units(self) -> int:
        return self.written + self.indexed


class Meter:
    """Counts what a client of boto3 asks; `looking` is another, which is not counted.

    Sizes of what a write finds and leaves are looked up around it, so what is counted
    must not run side by side.
    """

    def __init__(self, client: Any, looking: Any, prefix: str) -> None:
        self._looking = looking
        self._tables = {f"{prefix}-{table.name}": table for table in ALL}
        self._count: Count | None = None
        events = client.meta.events
        events.register("before-parameter-build.dynamodb", self._before)
        events.register("before-send.dynamodb", self._sent)
        events.register("after-call.dynamodb", self._after)

    @contextmanager
    def counting(self) -> Iterator[Count]:
        """Count what is asked inside."""
        self._count = count = Count()
        try:
            yield count
        finally:
            self._count = None

    def _before(
        self, params: dict[str, Any], context: dict[str, Any], **_: object
    ) -> None:
        if self._count is None:
            return
        context["asked"] = params
        context["found"] = [self._look(table, key) for table, key in _touched(params)]

    def _sent(self, request: Any, **_: object) -> None:
        if self._count is not None:
            target = request.headers["X-Amz-Target"]
            self._count.calls[_text(target).partition(".")[2]] += 1

    def _after(
        self, model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: object
    ) -> None:
        count = self._count
        if count is None:
            return
        params = context["asked"]
        count.asked.append(self._word(model.name, params))
        count.read += _read_units(model.name, params, parsed)
        if model.name not in WRITES:
            return
        double = 2 if model.name == "TransactWriteItems" else 1
        found = context["found"]
        for (name, key), before in zip(_touched(params), found, strict=True):
            after = self._look(name, key)
            count.items += before != after
            count.written += double * _write_units(before, after)
            count.indexed += sum(
                _index_units(index, before, after)
                for index in self._tables[name].indexes
            )

    def _look(self, name: str, key: Mapping[str, Any]) -> Item | None:
        table = self._tables[name]
        names = (table.partition, table.sort)
        answer = self._looking.get_item(
            TableName=name, Key={one: key[one] for one in names}, ConsistentRead=True
        )
        return plain_item(answer["Item"]) if "Item" in answer else None

    def _word(self, operation: str, params: Mapping[str, Any]) -> str:
        """`Query Events.by_date 2027`, for who looks where the requests come from."""
        table = str(params.get("TableName", "")).rpartition("-")[2]
        where = f"{table}.{params['IndexName']}" if "IndexName" in params else table
        values = params.get("ExpressionAttributeValues") or params.get("Key") or {}
        told = " ".join(str(next(iter(value.values()))) for value in values.values())
        return f"{operation} {where} {told}".strip()


def _touched(params: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The table and the key, or the item, of whatever the request would write."""
    actions = [next(iter(one.values())) for one in params.get("TransactItems", ())]
    if not actions and not ({"ExpressionAttributeValues", "Key"} & params.keys()):
        actions = [params] if "Item" in params else []
    elif not actions and "Key" in params:
        actions = [params]
    return [(one["TableName"], one.get("Item") or one["Key"]) for one in actions]


def _read_units(
    operation: str, params: Mapping[str, Any], parsed: Mapping[str, Any]
) -> float:
    """A unit for each 4 kB begun; half where the answer may be a moment old."""
    if operation == "BatchGetItem":
        return sum(
            _batch_units(asked, parsed.get("Responses", {}).get(name, []))
            for name, asked in params["RequestItems"].items()
        )
    if operation not in ("GetItem", "Query", "Scan"):
        return 0.0
    found = parsed.get("Items") or ([parsed["Item"]] if "Item" in parsed else [])
    size = sum(size_of(plain_item(item)) for item in found)
    return _reads(size) * (1.0 if params.get("ConsistentRead") else 0.5)


def _batch_units(asked: Mapping[str, Any], found: list[Any]) -> float:
    """Each item of a batch is rounded up by itself, one that is missing too."""
    sizes = [size_of(plain_item(item)) for item in found]
    missing = len(asked["Keys"]) - len(found)
    units = sum(map(_reads, sizes)) + missing
    return units * (1.0 if asked.get("ConsistentRead") else 0.5)


def _reads(size: int) -> int:
    return max(ceil(size / _READ_UNIT), 1)


def _write_units(before: Item | None, after: Item | None) -> int:
    """A unit for each kB begun of the larger of what was there and what is there."""
    larger = max(size_of(before or {}), size_of(after or {}))
    return max(ceil(larger / _WRITE_UNIT), 1)


def _index_units(index: Index, before: Item | None, after: Item | None) -> int:
    """What an index that copies whole items takes: nothing where nothing changed.

    A changed key of the index is a deletion and an insertion.
    """
    old, new = _in_index(index, before), _in_index(index, after)
    if before == after or (old is None and new is None):
        return 0
    if old is None or new is None or old == new:
        return _write_units(before if old else None, after if new else None)
    return _write_units(before, None) + _write_units(None, after)


def _in_index(index: Index, item: Item | None) -> tuple[Any, Any] | None:
    if item is None or index.partition not in item or index.sort not in item:
        return None
    return item[index.partition], item[index.sort]


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
