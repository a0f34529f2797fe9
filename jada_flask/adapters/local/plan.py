"""How one table of items lies in SQLite, and every statement that is said to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import chain, product
from typing import Any, NamedTuple

from jada_flask.adapters.limits import pack
from jada_flask.adapters.paging import Range, successor
from jada_flask.ports import Item, Key
from jada_flask.tables import Index, Table

_TYPES = {"S": "TEXT", "N": "INTEGER"}

_NOW = "CAST(strftime('%s', 'now') AS INTEGER)"

# What is not done to a row of a table that is append-only, and when.
_REFUSED = {
    # REPLACE takes the old row away without a word to the trigger for deletions.
    "INSERT": "EXISTS (SELECT 1 FROM {name} WHERE p = NEW.p AND s = NEW.s)",
    "UPDATE": "1",
    "DELETE": f"OLD.expires IS NULL OR OLD.expires > {_NOW}",
}

# How a query may begin and end; `after` stands for the place of a cursor.
_LEAST = ("", ">=", "> after")
_MOST = ("", "<=", "<", "< after")

_MOST_ROWS = 16  # that one statement is about

Row = tuple[Any, ...]


class Told(NamedTuple):
    """A statement about so many rows at once."""

    sql: str
    values: Row
    rows: int


class Plan:
    """One SQLite table: the key, the item as JSON, its expiry, two columns an index."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.name = _quoted(table.name)
        self.columns = {
            "p": "TEXT NOT NULL",
            "s": f"{_TYPES[table.sort_type]} NOT NULL",
            "body": "TEXT NOT NULL",
            "expires": "INTEGER",
        }
        for index in table.indexes:
            partition, sort = _columns(index)
            self.columns |= {partition: "TEXT", sort: _TYPES[index.sort_type]}
        names = ", ".join(map(_quoted, self.columns))
        marks = ", ".join(_mark(name) for name in self.columns)
        changes = ", ".join(
            f"{_quoted(name)} = excluded.{_quoted(name)}" for name in self.columns
        )
        insert = f"INSERT INTO {self.name} ({names}) VALUES ({marks})"
        inserts = [insert + f", ({marks})" * more for more in range(_MOST_ROWS)]
        self._adds = [f"{sql} ON CONFLICT (p, s) DO NOTHING" for sql in inserts]
        self._puts = [
            f"{sql} ON CONFLICT (p, s) DO UPDATE SET {changes}" for sql in inserts
        ]
        self.put = self._puts[0]
        self.get = f"SELECT body FROM {self.name} WHERE p = ? AND s = ?"
        gets = [self.get.replace("body", f"{n}, body") for n in range(_MOST_ROWS)]
        self._gets = [" UNION ALL ".join(gets[: n + 1]) for n in range(_MOST_ROWS)]
        self.delete = f"DELETE FROM {self.name} WHERE p = ? AND s = ?"
        self.first = f"SELECT body FROM {self.name} ORDER BY p, s LIMIT ?"
        self.next = (
            f"SELECT body FROM {self.name} WHERE (p, s) > (?, ?) ORDER BY p, s LIMIT ?"
        )
        # By the caller's clock and by the machine's, so that a wrong time in a call
        # cannot take away what has not expired.
        self.purge = f"DELETE FROM {self.name} WHERE expires <= ? AND expires <= {_NOW}"

        self._selects = {
            (index and index.name, *shape): self._select(index, *shape)
            for index in (None, *table.indexes)
            for shape in product(_LEAST, _MOST, (False, True))
        }
        self.statements = frozenset(
            {self.put, self.get, self.delete, self.first, self.next, self.purge}
            | {*self._adds, *self._puts, *self._gets, *self._selects.values()}
        )

    def row(self, item: Item) -> Row:
        """The item as a row; refuse what no engine would take."""
        table = self.table
        packed = pack(table, item)
        expires = None if table.expires is None else item.get(table.expires)
        row: Row = (item[table.partition], item[table.sort], packed, expires)
        for index in table.indexes:
            if index.partition in item and index.sort in item:
                row += (item[index.partition], item[index.sort])
            else:
                row += (None, None)
        return row

    def adds(self, rows: Sequence[Row]) -> list[Told]:
        """What adds these rows, but for those that are there."""
        return _told(self._adds, rows)

    def puts(self, rows: Sequence[Row]) -> list[Told]:
        """What writes these rows over those that are there, or adds them."""
        return _told(self._puts, rows)

    def gets(self, keys: Sequence[Key]) -> list[Told]:
        """What reads the rows of these keys, each after its place among the keys."""
        return _told(self._gets, keys)

    def ddl(self) -> Iterator[str]:
        """What makes the table, where it is not there yet, with indexes and rules."""
        columns = [f"{_quoted(name)} {kind}" for name, kind in self.columns.items()]
        yield (
            f"CREATE TABLE IF NOT EXISTS {self.name} "
            f"({', '.join(columns)}, PRIMARY KEY (p, s))"
        )
        for index in self.table.indexes:
            partition, sort = map(_quoted, _columns(index))
            yield self._index(index.name, f"{partition}, {sort}, p, s", partition)
        if self.table.expires:
            yield self._index("expires", "expires", "expires")
        if self.table.append_only:
            yield from self._append_only()

    def widen(self, missing: Collection[str]) -> Iterator[str]:
        """What adds columns to the table, whose rows may be written again after it."""
        for name in missing:
            yield f"ALTER TABLE {self.name} ADD {_quoted(name)} {self.columns[name]}"
        for action in _REFUSED if self.table.append_only else ():
            yield f"DROP TRIGGER IF EXISTS {self._trigger(action)}"

    def select(
        self,
        index: Index | None,
        partition: str,
        asked: Range,
        after: Item | None,
        *,
        descending: bool,
    ) -> tuple[str, list[str | int]]:
        """The statement that reads a page, and its values but for the limit."""
        lo, hi, below = asked.lo, asked.hi, "<="
        if asked.prefix is not None:
            lo, hi, below = asked.prefix, successor(asked.prefix), "<"
        lower: tuple[str | int, ...] = () if lo is None else (lo,)
        upper: tuple[str | int, ...] = () if hi is None else (hi,)
        least, most = ">=" if lower else "", below if upper else ""
        if after is not None:
            # The cursor is between the bounds and takes the place of the nearer one.
            place = self._place(index, after)
            if descending:
                upper, most = place, "< after"
            else:
                lower, least = place, "> after"
        sql = self._selects[index and index.name, least, most, descending]
        return sql, [partition, *lower, *upper]

    def _place(self, index: Index | None, after: Item) -> tuple[str | int, ...]:
        key = after[self.table.partition], after[self.table.sort]
        return key[1:] if index is None else (after[index.sort], *key)

    def _select(
        self, index: Index | None, least: str, most: str, descending: bool
    ) -> str:
        partition, sort = map(_quoted, _columns(index)) if index else ("p", "s")
        place, marks = (f"({sort}, p, s)", "(?, ?, ?)") if index else (sort, "?")
        order = f"{sort}, p, s" if index else sort
        if descending:
            order = order.replace(",", " DESC,") + " DESC"
        where = [f"{partition} = ?"]
        for bound in (least, most):
            if bound.endswith(" after"):
                where.append(f"{place} {bound[0]} {marks}")
            elif bound:
                where.append(f"{sort} {bound} ?")
        return (
            f"SELECT body FROM {self.name} WHERE {' AND '.join(where)}"
            f" ORDER BY {order} LIMIT ?"
        )

    def _index(self, name: str, columns: str, first: str) -> str:
        # Partial: an item that is not in the index costs it nothing.
        return (
            f"CREATE INDEX IF NOT EXISTS {_quoted(f'{self.table.name}_{name}')} "
            f"ON {self.name} ({columns}) WHERE {first} IS NOT NULL"
        )

    def _append_only(self) -> Iterator[str]:
        for action, when in _REFUSED.items():
            yield (
                f"CREATE TRIGGER IF NOT EXISTS {self._trigger(action)} "
                f"BEFORE {action} ON {self.name} WHEN {when.format(name=self.name)} "
                f"BEGIN SELECT RAISE(ABORT, '{self.table.name} is append-only'); END"
            )

    def _trigger(self, action: str) -> str:
        return _quoted(f"{self.table.name}_{action}".lower())


def _told(statements: Sequence[str], rows: Sequence[Row]) -> list[Told]:
    """Which of the statements to say about these rows: as few as will do."""
    told = []
    while rows:
        some, rows = rows[:_MOST_ROWS], rows[_MOST_ROWS:]
        values = tuple(chain.from_iterable(some))
        told.append(Told(statements[len(some) - 1], values, len(some)))
    return told


@cache
def plan_of(table: Table) -> Plan:
    """The plan of a table, worked out once."""
    return Plan(table)


def _columns(index: Index) -> tuple[str, str]:
    return f"{index.name}_p", f"{index.name}_s"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _mark(column: str) -> str:
    # The encoder's bytes as they are: they are UTF-8, and so is the file.
    return "CAST(? AS TEXT)" if column == "body" else "?"
