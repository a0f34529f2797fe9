"""A store at which somebody else does something in the middle of it."""

from __future__ import annotations

from collections.abc import Callable

from jada_flask.ports import Item, Operation, Store
from jada_flask.tables import Table
from tests.fakes import Doom, DoomedStore

NEVER = 10**9


class Meanwhile(DoomedStore):
    """Does it once, just before the `at`-th call that `is_it` recognises.

    A call is the kind of call and what it is about: the sort key that is read, or a
    table that is written.
    """

    def __init__(
        self,
        store: Store,
        is_it: Callable[[str, str], bool],
        act: Callable[[], object],
        at: int = 1,
    ) -> None:
        super().__init__(store, Doom(NEVER))
        self._is_it, self._act, self._left = is_it, act, at

    def get(self, table: Table, partition: str, sort: str | int) -> Item | None:
        self._before("get", str(sort))
        return super().get(table, partition, sort)

    def write(self, *operations: Operation) -> None:
        for table in sorted({operation.table.name for operation in operations}):
            self._before("write", table)
        super().write(*operations)

    def _before(self, call: str, what: str) -> None:
        if self._left and self._is_it(call, what):
            self._left -= 1
            if not self._left:
                self._act()
