"""What is taken out of one store and put into another, whatever the engines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jada_flask.adapters.aws.dynamo import DynamoStore
from jada_flask.adapters.local.sqlite import SqliteStore
from jada_flask.domain.errors import ConflictError, UnreadableError
from jada_flask.ports import Item, Missing, Put, Store
from jada_flask.tables import ALL, EVENTS, FINANCE, JOBS, PAYMENTS
from jada_flask.transfer import export_lines, import_lines

NEW = (Missing(),)
MADE: Item = {
    "pk": "E",
    "sk": "Zoë",
    "year": "2026",
    "start_id": "x",
    "doc": '{"a":[1,null]}',
    "list": [{"b": True, "a": None}, 10**30, ""],
}


@pytest.fixture
def other(
    tmp_path: Path, store: Store, request: pytest.FixtureRequest
) -> Iterator[Store]:
    """An empty store on the other engine."""
    if isinstance(store, SqliteStore):
        make: Callable[[], DynamoStore] = request.getfixturevalue("new_dynamo")
        yield make()
        return
    with_file = SqliteStore(tmp_path / "other.sqlite3")
    yield with_file
    with_file.close()


def fill(store: Store) -> None:
    store.write(Put(EVENTS, MADE), Put(JOBS, {"pk": "j", "sk": "1", "due_at": 5}))
    for number in range(60):
        item = {"PK": "E#p", "SK": number, "event_id": "E", "timestamp": number}
        store.write(Put(PAYMENTS, item, NEW))


def line(table: str = "Events", **item: Any) -> str:
    return json.dumps({"table": table, "item": item})


def end(lines: int) -> str:
    return json.dumps({"lines": lines})


def test_what_one_engine_gives_the_other_takes(store: Store, other: Store) -> None:
    fill(store)

    counts = import_lines(other, export_lines(store))

    assert counts == {"Events": 1, "Payments": 60, "Finance": 0, "Jobs": 1}
    assert sorted(export_lines(other)) == sorted(export_lines(store))
    assert other.query(EVENTS, "2026", index="by_date").items == [MADE]
    assert len(other.query(PAYMENTS, "E", index="GSI2", lo=5, limit=100).items) == 55


def test_a_line_is_json_with_the_table_and_the_item(store: Store) -> None:
    store.write(Put(FINANCE, {"sk": "#", "pk": "é"}))

    assert list(export_lines(store)) == [
        '{"item":{"pk":"é","sk":"#"},"table":"Finance"}\n',
        '{"lines":1}\n',
    ]


def test_an_import_can_be_repeated(store: Store) -> None:
    fill(store)
    lines = list(export_lines(store))

    counts = import_lines(store, lines)

    assert set(counts.values()) == {0}
    assert sorted(export_lines(store)) == sorted(lines)


def test_an_import_that_was_interrupted_goes_on(store: Store, other: Store) -> None:
    fill(store)
    for number in (3, 30, 59):
        item = {"PK": "E#p", "SK": number, "event_id": "E", "timestamp": number}
        other.write(Put(PAYMENTS, item, NEW))

    counts = import_lines(other, export_lines(store))

    assert counts["Payments"] == 57
    assert sorted(export_lines(other)) == sorted(export_lines(store))


def test_nothing_that_is_there_is_overwritten(store: Store) -> None:
    store.write(Put(EVENTS, {"pk": "E", "sk": "#", "boat": "Nia"}))

    with pytest.raises(ConflictError, match="Events already has another 'E', '#'"):
        import_lines(store, [line(pk="E", sk="#", boat="Ada"), end(1)])

    assert store.get(EVENTS, "E", "#") == {"pk": "E", "sk": "#", "boat": "Nia"}


def test_great_items_are_taken_in_small_portions(store: Store) -> None:
    lines = [line(pk="E", sk=f"{n:02}", doc="x" * 390_000) for n in range(12)]

    import_lines(store, [*lines, end(12)])

    assert len(list(store.everything(EVENTS))) == 12


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "end is missing"),
        ([line(pk="E", sk="#")], "end is missing"),
        ([line(pk="E", sk="#"), end(2)], "end is missing"),
        ([line(pk="E", sk="#"), end(0)], "end is missing"),
        ([end(0), line(pk="E", sk="#")], "Line 2 comes after the end"),
        (
            [line(pk="E", sk="#"), line(pk="E", sk="b")[:-1], end(2)],
            "Line 2 is not JSON",
        ),
        ([line(pk="E", sk="#"), "[]", end(2)], "Line 2 is not an item"),
        (
            [line(pk="E", sk="#"), '{"table": "Events"}', end(2)],
            "Line 2 is not an item",
        ),
        ([line("Moons", pk="E", sk="#"), end(1)], "unknown table, 'Moons'"),
        ([line(pk="E"), end(1)], "Line 1 has no key of Events"),
        ([line(pk="E", sk=""), end(1)], "Line 1 has no key of Events"),
        ([line(pk="E", sk=7), end(1)], "Line 1 has no key of Events"),
        ([line("Payments", PK="E", SK="7"), end(1)], "Line 1 has no key of Payments"),
        ([line("Payments", PK="E", SK=True), end(1)], "Line 1 has no key of Payments"),
        ([line(pk="E", sk="#", price=[1.5]), end(1)], "cannot be stored"),
        ([line(pk="E", sk="#", price={"a": 1.5}), end(1)], "cannot be stored"),
        ([line(pk="E", sk="#"), line(pk="E", sk="#", n=1), end(2)], "Line 2 repeats"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_of_a_broken_file_nothing_is_written(
    tmp_path: Path, lines: list[str], said: str
) -> None:
    store = SqliteStore(tmp_path / "jada.sqlite3")

    with pytest.raises(UnreadableError, match=said):
        import_lines(store, lines)

    assert all(not list(store.everything(table)) for table in ALL)
    store.close()
