"""Everything a store holds, as lines of JSON, and back into an empty one.

The lines are the same whatever the engine, so that this is both the backup of a stage
and the way from one machine to AWS and back. The last line counts the others: a file
that was cut off is noticed before anything of it is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from jada_flask.domain.errors import ConflictError, UnreadableError
from jada_flask.ports import NEW, ConditionError, Item, Put, Store
from jada_flask.tables import ALL, Table

_MOST_TOGETHER = 25
_MOST_CHARACTERS = 1_000_000
_TABLES = {table.name: table for table in ALL}

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder().decode


def export_lines(store: Store) -> Iterator[str]:
    """A line for each item, table by table, and one that says how many there were."""
    count = 0
    for table in ALL:
        for item in store.everything(table):
            yield _line({"table": table.name, "item": item})
            count += 1
    yield _line({"lines": count})


def import_lines(store: Store, lines: Iterable[str]) -> dict[str, int]:
    """Write what is not there yet; how many items of each table that were.

    Nothing is overwritten: what is there already and the same is passed over, so that
    an import that was interrupted can be repeated. Raises `UnreadableError`, with
    nothing written, when a line is broken or the end is missing, and `ConflictError` at
    the first item that is there and is another.
    """
    puts = list(_read(lines))
    written = Counter(dict.fromkeys(_TABLES, 0))
    for together in _portions(puts):
        try:
            store.write(*[put for put, _ in together])
        except ConditionError:
            together = [(put, size) for put, size in together if _write(store, put)]
        written.update(put.table.name for put, _ in together)
    return dict(written)


def _line(content: dict[str, Any]) -> str:
    return _encode(content).decode() + "\n"


def _read(lines: Iterable[str]) -> Iterator[tuple[Put, int]]:
    seen: set[tuple[object, ...]] = set()
    announced: int | None = None
    for number, line in enumerate(lines, 1):
        if announced is not None:
            raise UnreadableError(f"Line {number} comes after the end.")
        content = _parse(number, line)
        if content.keys() == {"lines"}:
            announced = content["lines"]
            continue
        table, item = _entry(number, content)
        seen.add((table.name, item[table.partition], item[table.sort]))
        if len(seen) != number:
            raise UnreadableError(f"Line {number} repeats an item.")
        yield Put(table, item, NEW), len(line)
    if announced != len(seen):
        raise UnreadableError("The end is missing: the file has been cut off.")


def _parse(number: int, line: str) -> dict[str, Any]:
    try:
        content = _decode(line)
    except msgspec.DecodeError as error:
        raise UnreadableError(f"Line {number} is not JSON: {error}.") from None
    if not isinstance(content, dict):
        raise UnreadableError(f"Line {number} is not an item.")
    return content


def _entry(number: int, content: dict[str, Any]) -> tuple[Table, Item]:
    if content.keys() != {"table", "item"}:
        raise UnreadableError(f"Line {number} is not an item.")
    name, item = content["table"], content["item"]
    if name not in _TABLES:
        raise UnreadableError(f"Line {number} is of an unknown table, {name!r}.")
    table = _TABLES[name]
    types = {table.partition: str, table.sort: str if table.sort_type == "S" else int}
    if not isinstance(item, dict) or _has_fractions(item):
        raise UnreadableError(f"Line {number} holds what cannot be stored.")
    if any(
        type(item.get(key)) is not kind or item[key] == ""
        for key, kind in types.items()
    ):
        raise UnreadableError(f"Line {number} has no key of {name}.")
    return table, item


def _has_fractions(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_fractions, value.values()))
    if isinstance(value, list):
        return any(map(_has_fractions, value))
    return isinstance(value, float)


def _portions(puts: list[tuple[Put, int]]) -> Iterator[list[tuple[Put, int]]]:
    portion: list[tuple[Put, int]] = []
    characters = 0
    for put, size in puts:
        if len(portion) == _MOST_TOGETHER or characters + size > _MOST_CHARACTERS:
            yield portion
            portion, characters = [], 0
        portion.append((put, size))
        characters += size
    if portion:
        yield portion


def _write(store: Store, put: Put) -> bool:
    """Write one item, unless it is there; whether it was not."""
    try:
        store.write(put)
    except ConditionError as error:
        if error.item == put.item:
            return False
        table, item = put.table, put.item
        raise ConflictError(
            f"{table.name} already has another {item[table.partition]!r},"
            f" {item[table.sort]!r}. Import into an empty store."
        ) from None
    return True
