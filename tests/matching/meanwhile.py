"""A store at which somebody else does something in the middle of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jada_flask.ports import Item, Operation, Page, Store
from jada_flask.tables import Table


@dataclass(slots=True)
class Meanwhile:
    """Does it once, just before the `at`-th call that `is_it` recognises.

    A call is the kind of call and what it is about: the sort key that is read, or the
    table of the first operation that is written.
    """

    store: Store
    is_it: Callable[[str, str], bool]
    act: Callable[[], object]
    at: int = 1

    def get(self, table: Table, partition: str, sort: str | int) -> Item | None:
        self._before("get", str(sort))
        return self.store.get(table, partition, sort)

    def write(self, *operations: Operation) -> None:
        for table in sorted({operation.table.name for operation in operations}):
            self._before("write", table)
        self.store.write(*operations)

    def query(self, table: Table, partition: str, **how: Any) -> Page:
        return self.store.query(table, partition, **how)

    def everything(self, table: Table) -> Any:
        return self.store.everything(table)

    def close(self) -> None:
        self.store.close()

    def _before(self, call: str, what: str) -> None:
        if self.at and self.is_it(call, what):
            self.at -= 1
            if not self.at:
                self.act()
