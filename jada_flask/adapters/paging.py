"""What a query may ask and where its next page begins, the same for every engine."""

from __future__ import annotations

from typing import Any, NamedTuple

from jada_flask.adapters.limits import check_partition, check_sort, key_of
from jada_flask.ports import Item
from jada_flask.tables import Index, Table


class Range(NamedTuple):
    """Which sort keys a query asks for; `successor` ends the keys with the prefix."""

    prefix: str | None
    lo: str | int | None
    hi: str | int | None


def check_query(
    table: Table, index: Index | None, partition: str, asked: Range, limit: int
) -> None:
    """Refuse a query that DynamoDB would refuse."""
    where = index or table
    check_partition(where.partition, partition)
    if type(limit) is not int or limit < 1:
        raise ValueError("a query asks for at least one item")
    prefix, lo, hi = asked
    if prefix is not None:
        if lo is not None or hi is not None:
            raise ValueError("a query has a prefix or bounds, not both")
        check_sort(where.sort, prefix, "S")
        if where.sort_type != "S":
            raise ValueError(f"{where.sort} is a number: it has no prefix")
    for bound in (lo, hi):
        if bound is not None:
            check_sort(where.sort, bound, where.sort_type)
    if lo is not None and hi is not None and lo > hi:  # type: ignore[operator]
        raise ValueError("the bounds of the query are the wrong way round")


def check_cursor(
    table: Table, index: Index | None, partition: str, asked: Range, after: Item
) -> None:
    """Refuse a cursor that did not come from the same query."""
    if after.keys() != set(cursor_names(table, index)):
        raise ValueError("the cursor is of another query: other attributes")
    key_of(table, after)
    where = index or table
    check_sort(where.sort, after[where.sort], where.sort_type)
    if after[where.partition] != partition or not _within(asked, after[where.sort]):
        raise ValueError("the cursor is of another query: outside of it")


def cursor_names(table: Table, index: Index | None) -> tuple[str, ...]:
    """The attributes that say where in a query an item stands."""
    if index is None:
        return table.partition, table.sort
    return index.partition, index.sort, table.partition, table.sort


def cursor_of(table: Table, index: Index | None, item: Item) -> Item:
    """Where to go on after this item."""
    return {name: item[name] for name in cursor_names(table, index)}


def successor(prefix: str) -> str | None:
    """The least string above all that begin so; None where there is no such string."""
    stem = prefix.rstrip("\U0010ffff")
    if not stem:
        return None
    following = ord(stem[-1]) + 1
    # No text has surrogates: what follows U+D7FF is U+E000.
    return stem[:-1] + chr(0xE000 if following == 0xD800 else following)


def index_of(table: Table, name: str | None) -> Index | None:
    """The index a query names; refuse one that the table does not have."""
    if name is None:
        return None
    try:
        return table.index(name)
    except KeyError as error:
        raise ValueError(str(error)) from None


def _within(asked: Range, sort: Any) -> bool:
    prefix, lo, hi = asked
    if prefix is not None:
        return bool(sort.startswith(prefix))
    return (lo is None or sort >= lo) and (hi is None or sort <= hi)
