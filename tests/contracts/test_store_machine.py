"""Any store against the reference, with random writes and queries.

Few keys and few values, so that conditions meet items, pages fill up and sort keys
coincide; the faults at the end show that what may go wrong is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jada_flask.adapters.aws.dynamo import DynamoStore
from jada_flask.adapters.local.sqlite import SqliteStore
from jada_flask.ports import (
    Check,
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
    Store,
)
from jada_flask.tables import EVENTS, FINANCE, Table
from tests.contracts.reference import ReferenceStore

SORTS = ["a", "A", "ab", "b", "ba"]
KEYS: list[Key] = [*(("E", sort) for sort in SORTS), ("F", "a")]
VALUES: dict[str, list[Any]] = {
    "year": ["2026"],
    "start_id": ["x", "y", "yy"],
    "due": ["due"],
    "due_at": [1, 2],
    "n": [0, 1, 2, True, "1", None],
    "m": [1, [1], {"a": None}],
}
INDEXES: list[tuple[str | None, str]] = [
    (None, "E"),
    (None, "E"),
    (None, "F"),
    ("by_date", "2026"),
    ("due", "due"),
]
BOUNDS: dict[str | None, list[Any]] = {
    None: SORTS,
    "by_date": ["x", "y", "yy"],
    "due": [1, 2],
}

tables = st.sampled_from([EVENTS, EVENTS, EVENTS, FINANCE])
keys = st.sampled_from(KEYS)
values = {name: st.sampled_from(each) for name, each in VALUES.items()}
some = st.fixed_dictionaries({}, optional=values)
numbers = st.integers(0, 2)
conditions: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Missing, st.sampled_from([None, "n", "m"])),
    st.builds(Present, st.sampled_from([None, "n", "m"])),
    st.builds(Equals, st.just("n"), st.sampled_from([1, True, "1"])),
    st.builds(MissingOrAtMost, st.just("n"), numbers),
    st.builds(
        lambda low, wide: MissingOrOutside("n", low, low + wide), numbers, numbers
    ),
)
when = st.lists(conditions, max_size=1).map(tuple) | st.lists(
    conditions, max_size=2
).map(tuple)


@st.composite
def patches(draw: st.DrawFn, table: Table, key: Key) -> Patch:
    """A patch that changes something, and nothing twice."""
    change = draw(some.filter(bool))
    removed = draw(st.sets(st.sampled_from(sorted(VALUES)), max_size=2))
    added = draw(
        st.dictionaries(st.sampled_from(["n", "n", "new"]), numbers, max_size=1)
    )
    for name in removed | added.keys():
        change.pop(name, None)
    gone = tuple(sorted(removed - added.keys()))
    if not (change or gone or added):
        added = {"new": 1}
    return Patch(table, key, change, gone, added, draw(when))


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    """One operation on one of the few items."""
    table, key = draw(tables), draw(keys)
    kind = draw(st.sampled_from([Put, Put, Put, Patch, Patch, Delete, Check]))
    if kind is Put:
        item = {table.partition: key[0], table.sort: key[1], **draw(some)}
        return Put(table, item, draw(when))
    if kind is Patch:
        return draw(patches(table, key))
    if kind is Delete:
        return Delete(table, key, draw(when))
    return Check(table, key, (draw(conditions), *draw(when)))


def item_of(operation: Operation) -> tuple[str, Key]:
    """Which item an operation is about."""
    if isinstance(operation, Put):
        return operation.table.name, (operation.item["pk"], operation.item["sk"])
    return operation.table.name, operation.key


writes = st.lists(operations(), min_size=1, max_size=4, unique_by=item_of)


class StoreMachine(RuleBasedStateMachine):
    """Does the same to a store and to the reference, and compares what they say."""

    def __init__(self, make: Callable[[], Store]) -> None:
        super().__init__()
        self.store = make()
        self.reference = ReferenceStore()

    @rule(write=writes)
    def write(self, write: list[Operation]) -> None:
        expected = outcome(self.reference, write)

        assert outcome(self.store, write) == expected
        for operation in write:
            _, key = item_of(operation)
            self.read(operation.table, key)

    @rule(table=tables, more=st.lists(some, min_size=len(SORTS), max_size=len(SORTS)))
    def fill(self, table: Table, more: list[Item]) -> None:
        """Put an item everywhere in one partition, so that there are pages to turn."""
        self.write(
            [
                Put(table, {"pk": "E", "sk": sort, **each})
                for sort, each in zip(SORTS, more, strict=True)
            ]
        )

    @rule(table=tables, key=keys)
    def read(self, table: Table, key: Key) -> None:
        found = self.store.get(table, *key)

        # By what is written, for True is 1 in a comparison.
        assert written(found) == written(self.reference.get(table, *key))

    @rule(
        table=tables,
        by=st.sampled_from(INDEXES),
        bounds=st.data(),
        limit=st.sampled_from([1, 1, 2, 2, 3, 4, 5]),
        descending=st.booleans(),
    )
    @precondition(lambda self: self.reference.items)
    def query(
        self,
        table: Table,
        by: tuple[str | None, str],
        bounds: st.DataObject,
        limit: int,
        descending: bool,
    ) -> None:
        index, partition = by
        if table is FINANCE and index == "due":
            index, partition = "by_date", "2026"
        asked = bounds.draw(ranges(index))
        asked |= {"index": index, "limit": limit, "descending": descending}

        self.compare_pages(table, partition, asked)

    def compare_pages(self, table: Table, partition: str, asked: Item) -> None:
        mine = list(pages(self.store, table, partition, asked))
        theirs = list(pages(self.reference, table, partition, asked))

        assert [len(page) for page in mine] == [len(page) for page in theirs]
        found, expected = [*chain(*mine)], [*chain(*theirs)]
        if asked["index"] is not None:
            # What sorts alike stands in any order, but all of it and once.
            sort = table.index(asked["index"]).sort
            assert [item[sort] for item in found] == [item[sort] for item in expected]
            found, expected = sorted(found, key=written), sorted(expected, key=written)
        assert written(found) == written(expected)

    def teardown(self) -> None:
        try:
            for table in (EVENTS, FINANCE):
                mine = sorted(self.store.everything(table), key=written)
                theirs = sorted(self.reference.everything(table), key=written)
                assert written(mine) == written(theirs)
        finally:
            self.store.close()


def ranges(index: str | None) -> st.SearchStrategy[Item]:
    """What a query may leave out."""
    bound = st.sampled_from(BOUNDS[index])
    kinds: list[st.SearchStrategy[Item]] = [
        st.just({}),
        st.builds(lambda lo: {"lo": lo}, bound),
        st.builds(lambda hi: {"hi": hi}, bound),
        st.builds(lambda *both: {"lo": min(both), "hi": max(both)}, bound, bound),
    ]
    if index != "due":
        kinds.append(st.builds(lambda prefix: {"prefix": prefix}, bound))
    return st.one_of(kinds)


def outcome(store: Store, write: list[Operation]) -> object:
    """What became of a write."""
    try:
        store.write(*write)
    except ConditionError as error:
        return error.position, written(error.item)
    except ValueError:
        return ValueError
    return None


def pages(
    store: Store, table: Table, partition: str, asked: Item
) -> Iterator[list[Item]]:
    """Page after page to the end."""
    after: Item | None = None
    for _ in range(20):
        page = store.query(table, partition, after=after, **asked)
        yield page.items
        if (after := page.after) is None:
            return
    pytest.fail("the pages have no end")


def written(value: Any) -> str:
    """A value by all that tells it from others."""
    if isinstance(value, dict):
        return repr(sorted((name, written(part)) for name, part in value.items()))
    if isinstance(value, list):
        return repr([written(part) for part in value])
    return repr(value)


def run(make: Callable[[], Store], *, examples: int, steps: int = 30) -> None:
    """Try many histories on new stores."""
    run_state_machine_as_test(
        lambda: StoreMachine(make),  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_sqlite_does_what_the_reference_does(tmp_path: Path) -> None:
    number = count()
    run(lambda: SqliteStore(tmp_path / f"{next(number)}.sqlite3"), examples=60)


def test_dynamodb_does_what_the_reference_does(
    new_dynamo: Callable[[], DynamoStore],
) -> None:
    run(new_dynamo, examples=20)


# What the machine has to find


class HalfWrites(ReferenceStore):
    def restore(self, before: Any) -> None:
        """Keep what came before the condition that failed."""


class LosesTheLastOfSeveral(ReferenceStore):
    def write(self, *operations: Operation) -> None:
        super().write(*(operations[:-1] if len(operations) > 2 else operations))


class NamesTheFirst(ReferenceStore):
    def write(self, *operations: Operation) -> None:
        try:
            super().write(*operations)
        except ConditionError as error:
            raise ConditionError(0, error.item) from None


class HidesWhatIsThere(ReferenceStore):
    def write(self, *operations: Operation) -> None:
        try:
            super().write(*operations)
        except ConditionError as error:
            raise ConditionError(error.position, None) from None


class TakesTrueForOne(ReferenceStore):
    def same(self, found: object, value: object) -> bool:
        return found == value


class LeavesOutTheLimit(ReferenceStore):
    def at_most(self, found: object, limit: int) -> bool:
        return type(found) is int and found < limit


class TakesNoneForMissing(ReferenceStore):
    def holds(self, condition: Condition, item: Item | None) -> bool:
        kept = {
            name: value for name, value in (item or {}).items() if value is not None
        }
        return super().holds(condition, kept)


class ReadsOneCondition(ReferenceStore):
    def holds(self, condition: Condition, item: Item | None) -> bool:
        if isinstance(condition, MissingOrOutside):
            return True
        return super().holds(condition, item)


class AddsWhatIsNoNumber(ReferenceStore):
    def patched(self, item: Item, patch: Patch) -> Item:
        numbers = {
            k: v for k, v in item.items() if type(v) is int or k not in patch.add
        }
        return super().patched(numbers, patch)


class KeepsWhatIsRemoved(ReferenceStore):
    def patched(self, item: Item, patch: Patch) -> Item:
        return super().patched(
            item, Patch(patch.table, patch.key, patch.set, (), patch.add)
        )


class MergesAPut(ReferenceStore):
    def take(self, position: int, operation: Operation) -> None:
        there = self.items.get(item_of(operation), {})
        super().take(position, operation)
        if isinstance(operation, Put):
            self.items[item_of(operation)] = there | operation.item


class DeletesWhateverTheCondition(ReferenceStore):
    def take(self, position: int, operation: Operation) -> None:
        if isinstance(operation, Delete):
            operation = Delete(operation.table, operation.key)
        super().take(position, operation)


class EndsBelowTheBound(ReferenceStore):
    def within(self, sort: Any, prefix: str | None, lo: Any, hi: Any) -> bool:
        return super().within(sort, prefix, lo, hi) and sort != hi


class ForgetsCaseInAPrefix(ReferenceStore):
    def within(self, sort: Any, prefix: str | None, lo: Any, hi: Any) -> bool:
        if prefix is None:
            return super().within(sort, prefix, lo, hi)
        return super().within(sort.lower(), prefix.lower(), lo, hi)


class AnswersAnEmptyLastPage(ReferenceStore):
    def page(self, found: list[Item], limit: int, names: list[str]) -> Page:
        if len(found) != limit:
            return super().page(found, limit, names)
        return Page(found, {name: found[-1][name] for name in names})


class SkipsWhatSortsAlike(ReferenceStore):
    def place(self, item: Item, names: list[str]) -> list[str | int]:
        return super().place(item, names[:1])


class ForgetsTheBoundsOnTheSecondPage(ReferenceStore):
    def query(self, table: Table, partition: str, **asked: Any) -> Page:
        if asked["after"] is not None:
            asked |= {"hi": None}
        return super().query(table, partition, **asked)


class NeverTurnsRound(ReferenceStore):
    def query(self, table: Table, partition: str, **asked: Any) -> Page:
        return super().query(table, partition, **(asked | {"descending": False}))


class MixesTables(ReferenceStore):
    def everything(self, table: Table) -> Iterator[Item]:
        yield from super().everything(table)
        if table is FINANCE:
            yield from super().everything(EVENTS)


# Other modules build on the reference too, and mean no harm.
FAULTY = [one for one in ReferenceStore.__subclasses__() if one.__module__ == __name__]


@pytest.mark.parametrize("faulty", FAULTY, ids=lambda faulty: faulty.__name__)
def test_the_machine_finds_a_store_that(faulty: Callable[[], Store]) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run_state_machine_as_test(
            lambda: StoreMachine(faulty),  # type: ignore[arg-type]
            settings=settings(
                max_examples=200,
                stateful_step_count=30,
                derandomize=True,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
