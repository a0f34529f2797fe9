"""A store that is nothing but its promises: dictionaries, and no thought of speed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy

from jada_flask.ports import (
    Condition,
    ConditionError,
    Delete,
    Equals,
    Item,
    Key,
    Missing,
    MissingOrAtMost,
    MissingOrOutside,
    Operation,
    Page,
    Patch,
    Present,
    Put,
)
from jada_flask.tables import Table


class ReferenceStore:
    """What the engines are held against; in small steps, so that each can be broken."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, Key], Item] = {}

    def get(self, table: Table, partition: str, sort: str | int) -> Item | None:
        return deepcopy(self.items.get((table.name, (partition, sort))))

    def get_many(self, *wanted: tuple[Table, Key]) -> list[Item | None]:
        return [self.get(table, *key) for table, key in wanted]

    def lane(self, name: str) -> AbstractContextManager[None]:
        """Nobody waits here."""
        return nullcontext()

    def everything(self, table: Table) -> Iterator[Item]:
        yield from [
            deepcopy(item)
            for (name, _), item in self.items.items()
            if name == table.name
        ]

    def query(
        self,
        table: Table,
        partition: str,
        *,
        index: str | None = None,
        prefix: str | None = None,
        lo: str | int | None = None,
        hi: str | int | None = None,
        limit: int = 50,
        after: Item | None = None,
        descending: bool = False,
    ) -> Page:
        by = table.index(index) if index else table
        names = [by.sort, table.partition, table.sort]
        found = [
            item
            for item in self.everything(table)
            if item.get(by.partition) == partition
            and by.sort in item
            and self.within(item[by.sort], prefix, lo, hi)
        ]
        found.sort(key=lambda item: self.place(item, names), reverse=descending)
        if after is not None:
            here = self.place(after, names)
            found = [
                item
                for item in found
                if (self.place(item, names) < here) is descending
                and self.place(item, names) != here
            ]
        return self.page(found, limit, [by.partition, *names])

    def write(self, *operations: Operation) -> None:
        before = deepcopy(self.items)
        try:
            for position, operation in enumerate(operations):
                self.take(position, operation)
        except (ConditionError, ValueError):
            self.restore(before)
            raise

    def purge(self, now: int) -> int:
        gone = [
            place
            for place, item in self.items.items()
            if item.get("expires", now + 1) <= now
        ]
        for place in gone:
            del self.items[place]
        return len(gone)

    def close(self) -> None:
        """Nothing is open."""

    def within(
        self,
        sort: str | int,
        prefix: str | None,
        lo: str | int | None,
        hi: str | int | None,
    ) -> bool:
        if prefix is not None:
            return str(sort).startswith(prefix)
        if lo is not None and sort < lo:  # type: ignore[operator]
            return False
        return hi is None or sort <= hi  # type: ignore[operator]

    def place(self, item: Item, names: list[str]) -> list[str | int]:
        return [item[name] for name in names]

    def page(self, found: list[Item], limit: int, names: list[str]) -> Page:
        if len(found) <= limit:
            return Page(found, None)
        last = found[limit - 1]
        return Page(found[:limit], {name: last[name] for name in names})

    def restore(self, before: dict[tuple[str, Key], Item]) -> None:
        self.items = before

    def take(self, position: int, operation: Operation) -> None:
        table = operation.table
        if isinstance(operation, Put):
            key: Key = operation.item[table.partition], operation.item[table.sort]
        else:
            key = operation.key
        there = self.items.get((table.name, key))
        if not all(self.holds(condition, there) for condition in operation.when):
            raise ConditionError(position, deepcopy(there))
        if isinstance(operation, Put):
            self.items[table.name, key] = deepcopy(operation.item)
        elif isinstance(operation, Patch):
            item = there or {table.partition: key[0], table.sort: key[1]}
            self.items[table.name, key] = self.patched(item, operation)
        elif isinstance(operation, Delete):
            self.items.pop((table.name, key), None)

    def patched(self, item: Item, patch: Patch) -> Item:
        item = item | deepcopy(dict(patch.set))
        item = {name: item[name] for name in item if name not in patch.remove}
        for name, number in patch.add.items():
            if type(item.get(name, 0)) is not int:
                raise ValueError(f"{name} is not a number")
            item[name] = item.get(name, 0) + number
        return item

    def holds(self, condition: Condition, item: Item | None) -> bool:
        there = item or {}
        match condition:
            case Missing(name):
                return not there if name is None else name not in there
            case Present(name):
                return bool(there) if name is None else name in there
            case Equals(name, value):
                return self.same(there.get(name), value)
            case MissingOrAtMost(name, limit):
                return name not in there or self.at_most(there[name], limit)
            case MissingOrOutside(name, low, high):
                number = there.get(name)
                if name not in there:
                    return True
                return type(number) is int and not low < number < high

    def same(self, found: object, value: object) -> bool:
        return type(found) is type(value) and found == value

    def at_most(self, found: object, limit: int) -> bool:
        return type(found) is int and found <= limit
