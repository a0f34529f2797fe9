"""What every store promises, engine by engine."""

from __future__ import annotations

from typing import Any

import pytest

from jada_flask.domain.errors import ConflictError
from jada_flask.ports import (
    Check,
    ConditionError,
    Delete,
    Equals,
    Item,
    Missing,
    MissingOrAtMost,
    MissingOrOutside,
    Operation,
    Patch,
    Present,
    Put,
    Store,
)
from jada_flask.tables import ALL, EVENTS, FINANCE, JOBS, PAYMENTS

KEY = ("EVENT#1", "#")
THERE = {"pk": "EVENT#1", "sk": "#", "seats": 3, "boat": "Nia", "open": True}
EVERY_KIND: Item = {
    "pk": "EVENT#é",
    "sk": "𝄞",
    "text": 'quote " backslash \\ NUL \0 line\u2028',
    "empty": "",
    "number": -12,
    "great": 10**38 - 1,
    "yes": True,
    "no": False,
    "nothing": None,
    "list": [1, "a", None, [], {}],
    "map": {"name": {"deep": [False]}, "two words": 0},
}


def put(store: Store, *sorts: str, **more: Any) -> None:
    store.write(*[Put(EVENTS, {"pk": "EVENT#1", "sk": sort, **more}) for sort in sorts])


def entry(moment: int, event: str = "E1", patron: str = "zoe@example.com") -> Item:
    return {
        "PK": f"{event}#{patron}",
        "SK": moment,
        "event_id": event,
        "patron_email": patron,
        "timestamp": moment,
    }


def sorts(items: list[Item]) -> list[Any]:
    return [item["sk"] for item in items]


# Reading what was written


def test_what_was_written_is_read_as_it_was(store: Store) -> None:
    store.write(Put(EVENTS, EVERY_KIND))

    found = store.get(EVENTS, "EVENT#é", "𝄞")

    assert found == EVERY_KIND
    assert found["yes"] is True
    assert type(found["number"]) is int


def test_what_was_never_written_is_none(store: Store) -> None:
    assert store.get(EVENTS, *KEY) is None


def test_tables_know_nothing_of_each_other(store: Store) -> None:
    put(store, "#")

    assert store.get(FINANCE, *KEY) is None
    assert store.get(JOBS, *KEY) is None


def test_several_items_are_read_in_the_order_asked_for(store: Store) -> None:
    put(store, "a", "b")
    store.write(Put(PAYMENTS, entry(7), (Missing(),)))
    paid = (PAYMENTS, ("E1#zoe@example.com", 7))
    wanted = [(EVENTS, ("EVENT#1", sort)) for sort in ("b", "none", "a", "b")]

    found = store.get_many(*wanted, paid, (JOBS, ("EVENT#1", "a")))

    b, nothing, a, again, payment, elsewhere = found
    assert (a, b, again) == (
        {"pk": "EVENT#1", "sk": "a"},
        {"pk": "EVENT#1", "sk": "b"},
        b,
    )
    assert payment == entry(7)
    assert nothing is elsewhere is None
    assert store.get_many() == []


def test_more_items_are_read_than_one_request_may_name(store: Store) -> None:
    names = [f"{number:03}" for number in range(130)]
    put(store, *names[:99])
    put(store, *names[99:])

    found = store.get_many(*[(EVENTS, ("EVENT#1", name)) for name in names])

    assert [item and item["sk"] for item in found] == names


def test_what_has_no_key_is_not_looked_for_among_others(store: Store) -> None:
    with pytest.raises(ValueError, match="sk"):
        store.get_many((EVENTS, KEY), (EVENTS, ("EVENT#1", "")))


def test_a_put_takes_the_place_of_the_whole_item(store: Store) -> None:
    put(store, "#", year="2026", start_id="05-01#1")

    put(store, "#", boat="Nia")

    assert store.get(EVENTS, *KEY) == {"pk": "EVENT#1", "sk": "#", "boat": "Nia"}
    assert store.query(EVENTS, "2026", index="by_date").items == []


def test_a_deleted_item_is_gone_and_may_be_deleted_again(store: Store) -> None:
    put(store, "#")

    store.write(Delete(EVENTS, KEY))
    store.write(Delete(EVENTS, KEY))

    assert store.get(EVENTS, *KEY) is None


def test_everything_is_every_item_of_the_table(store: Store) -> None:
    put(store, "a", "b", "c")
    store.write(Put(FINANCE, {"pk": "x", "sk": "y"}))

    assert sorted(sorts(list(store.everything(EVENTS)))) == ["a", "b", "c"]
    assert list(store.everything(JOBS)) == []


# Patching


def test_a_patch_changes_only_what_it_names(store: Store) -> None:
    store.write(Put(EVENTS, {**THERE, "left": "x"}))

    store.write(
        Patch(
            EVENTS,
            KEY,
            set={"boat": "Ada", "list": [1]},
            remove=("left", "absent"),
            add={"seats": -5, "new": 2},
        )
    )

    changed = {"boat": "Ada", "list": [1], "seats": -2, "new": 2}
    assert store.get(EVENTS, *KEY) == THERE | changed


@pytest.mark.parametrize(
    ("patch", "made"),
    [
        (Patch(EVENTS, KEY, set={"boat": "Ada"}), {"boat": "Ada"}),
        (Patch(EVENTS, KEY, add={"seats": 2}), {"seats": 2}),
        (Patch(EVENTS, KEY, remove=("boat",)), {}),
    ],
)
def test_a_patch_makes_what_is_missing(store: Store, patch: Patch, made: Item) -> None:
    store.write(patch)

    assert store.get(EVENTS, *KEY) == {"pk": "EVENT#1", "sk": "#"} | made


def test_a_patch_moves_the_item_in_its_indexes(store: Store) -> None:
    put(store, "#", year="2026", start_id="05-01#1", due="due", due_at=5)

    store.write(Patch(EVENTS, KEY, set={"year": "2027"}, remove=("due",)))

    assert store.query(EVENTS, "2026", index="by_date").items == []
    assert sorts(store.query(EVENTS, "2027", index="by_date").items) == ["#"]
    assert store.query(EVENTS, "due", index="due").items == []


@pytest.mark.parametrize("word", ["text", "bool", "list"])
def test_nothing_is_added_to_what_is_not_a_number(store: Store, word: str) -> None:
    values: Item = {"text": "3", "bool": True, "list": [3]}
    put(store, "#", **values)

    with pytest.raises(ValueError, match=r"\w"):
        store.write(Patch(EVENTS, KEY, add={word: 1}))

    assert store.get(EVENTS, *KEY) == {"pk": "EVENT#1", "sk": "#", **values}


# Conditions


@pytest.mark.parametrize(
    "condition",
    [
        Present(),
        Present("boat"),
        Missing("crew"),
        Equals("seats", 3),
        Equals("boat", "Nia"),
        Equals("open", True),
        MissingOrAtMost("seats", 3),
        MissingOrAtMost("crew", 0),
        MissingOrOutside("seats", 3, 5),
        MissingOrOutside("seats", 1, 3),
        MissingOrOutside("crew", 1, 3),
    ],
)
def test_a_condition_that_holds_lets_the_write_through(
    store: Store, condition: Any
) -> None:
    store.write(Put(EVENTS, THERE))

    store.write(Patch(EVENTS, KEY, set={"went": "through"}, when=(condition,)))

    assert store.get(EVENTS, *KEY) == THERE | {"went": "through"}


@pytest.mark.parametrize(
    "condition",
    [
        Missing(),
        Missing("boat"),
        Present("crew"),
        Equals("seats", 4),
        Equals("seats", "3"),
        Equals("seats", True),
        Equals("open", 1),
        Equals("crew", ""),
        MissingOrAtMost("seats", 2),
        MissingOrAtMost("boat", 2),
        MissingOrAtMost("open", 2),
        MissingOrOutside("seats", 2, 4),
        MissingOrOutside("boat", 2, 4),
    ],
)
@pytest.mark.parametrize("verb", [Patch, Put, Delete, Check])
def test_a_condition_that_does_not_hold_shows_what_is_there(
    store: Store, condition: Any, verb: Any
) -> None:
    store.write(Put(EVENTS, THERE))
    other: Item = {"pk": "EVENT#1", "sk": "#"}
    operations: dict[Any, Operation] = {
        Put: Put(EVENTS, other, when=(condition,)),
        Patch: Patch(EVENTS, KEY, set={"seats": 9}, when=(condition,)),
        Delete: Delete(EVENTS, KEY, when=(condition,)),
        Check: Check(EVENTS, KEY, when=(condition,)),
    }

    with pytest.raises(ConditionError) as refusal:
        store.write(operations[verb])

    assert refusal.value.position == 0
    assert refusal.value.item == THERE
    assert store.get(EVENTS, *KEY) == THERE


@pytest.mark.parametrize("condition", [Present(), Present("boat"), Equals("seats", 3)])
def test_where_nothing_is_a_condition_shows_nothing(
    store: Store, condition: Any
) -> None:
    with pytest.raises(ConditionError) as refusal:
        store.write(Patch(EVENTS, KEY, set={"seats": 9}, when=(condition,)))

    assert refusal.value.item is None
    assert store.get(EVENTS, *KEY) is None


@pytest.mark.parametrize(
    "condition",
    [Missing(), Missing("boat"), MissingOrAtMost("a", 1), MissingOrOutside("a", 1, 2)],
)
def test_where_nothing_is_what_may_be_missing_holds(
    store: Store, condition: Any
) -> None:
    store.write(Put(EVENTS, THERE, when=(condition,)))

    assert store.get(EVENTS, *KEY) == THERE


def test_an_attribute_that_is_none_is_there(store: Store) -> None:
    put(store, "#", crew=None)

    with pytest.raises(ConditionError):
        store.write(Check(EVENTS, KEY, when=(Missing("crew"),)))


def test_every_condition_of_an_operation_has_to_hold(store: Store) -> None:
    store.write(Put(EVENTS, THERE))
    when = (Present(), Equals("seats", 3), Equals("boat", "Ada"))

    with pytest.raises(ConditionError):
        store.write(Delete(EVENTS, KEY, when=when))

    assert store.get(EVENTS, *KEY) == THERE


def test_a_failed_condition_is_a_conflict(store: Store) -> None:
    with pytest.raises(ConflictError, match="Somebody else"):
        store.write(Check(EVENTS, KEY, when=(Present(),)))


# All or nothing


def test_one_failed_condition_keeps_everything_from_being_written(
    store: Store,
) -> None:
    store.write(Put(EVENTS, THERE), Put(FINANCE, {"pk": "a", "sk": "b", "owed": 1}))

    with pytest.raises(ConditionError) as refusal:
        store.write(
            Put(JOBS, {"pk": "new", "sk": "1"}),
            Patch(FINANCE, ("a", "b"), add={"owed": 1}),
            Put(EVENTS, {"pk": "EVENT#1", "sk": "#"}, when=(Missing(),)),
            Delete(EVENTS, ("EVENT#1", "other")),
        )

    assert (refusal.value.position, refusal.value.item) == (2, THERE)
    assert store.get(JOBS, "new", "1") is None
    assert store.get(FINANCE, "a", "b") == {"pk": "a", "sk": "b", "owed": 1}


def test_of_many_new_items_the_one_that_is_there_is_named(store: Store) -> None:
    there: Item = {"pk": "E", "sk": "17"}
    store.write(Put(EVENTS, there))
    new = [Put(EVENTS, {"pk": "E", "sk": f"{n:02}"}, (Missing(),)) for n in range(20)]

    with pytest.raises(ConditionError) as refusal:
        store.write(Put(JOBS, {"pk": "a", "sk": "b"}), *new)

    assert (refusal.value.position, refusal.value.item) == (18, there)
    assert store.query(EVENTS, "E").items == [there]
    assert store.get(JOBS, "a", "b") is None


def test_the_first_of_the_failed_conditions_is_named(store: Store) -> None:
    with pytest.raises(ConditionError) as refusal:
        store.write(
            Put(EVENTS, THERE, when=(Missing(),)),
            Check(FINANCE, ("a", "b"), when=(Present(),)),
            Check(JOBS, ("a", "b"), when=(Present(),)),
        )

    assert refusal.value.position == 1


def test_a_hundred_operations_over_all_tables_are_one_write(store: Store) -> None:
    store.write(
        *[Put(EVENTS, {"pk": "E", "sk": f"{n:03}"}) for n in range(40)],
        *[Put(FINANCE, {"pk": "E", "sk": f"{n:03}"}) for n in range(30)],
        *[Put(JOBS, {"pk": "E", "sk": f"{n:03}"}) for n in range(29)],
        Put(PAYMENTS, entry(1), when=(Missing(),)),
    )

    assert [len(list(store.everything(table))) for table in ALL] == [40, 1, 30, 29]


# Queries


def test_a_query_is_one_partition_in_the_order_of_the_sort_key(store: Store) -> None:
    put(store, "b", "a", "Ω", "C", "𝄞", "\uffee")
    store.write(Put(EVENTS, {"pk": "EVENT#2", "sk": "a"}))

    page = store.query(EVENTS, "EVENT#1")

    assert sorts(page.items) == ["C", "a", "b", "Ω", "\uffee", "𝄞"]
    assert page.after is None


def test_a_query_may_begin_at_the_end(store: Store) -> None:
    put(store, "a", "b", "c")

    assert sorts(store.query(EVENTS, "EVENT#1", descending=True).items) == [*"cba"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"lo": "b"}, "bcd"),
        ({"hi": "c"}, "abc"),
        ({"lo": "b", "hi": "c"}, "bc"),
        ({"lo": "b", "hi": "b"}, "b"),
        ({"lo": "bb", "hi": "bc"}, ""),
        ({"lo": "b", "hi": "c", "descending": True}, "cb"),
        ({"lo": "e"}, ""),
    ],
)
def test_both_bounds_of_a_query_are_in_it(store: Store, asked: Any, found: str) -> None:
    put(store, "a", "b", "c", "d")

    assert sorts(store.query(EVENTS, "EVENT#1", **asked).items) == [*found]


def test_a_prefix_is_taken_letter_by_letter(store: Store) -> None:
    put(store, "CREW", "CREW#", "CREW#a", "CREW#\U0010ffff", "CREW$", "crew#b", "CREW_")

    page = store.query(EVENTS, "EVENT#1", prefix="CREW#")

    assert sorts(page.items) == ["CREW#", "CREW#a", "CREW#\U0010ffff"]


@pytest.mark.parametrize("prefix", ["\ud7ff", "\U0010ffff", "a\U0010ffff"])
def test_a_prefix_may_end_with_the_last_letter_there_is(
    store: Store, prefix: str
) -> None:
    put(store, "a", "b", "\ue000", "\ud7ff", f"{prefix}!", f"{prefix}\U0010ffff")

    page = store.query(EVENTS, "EVENT#1", prefix=prefix)

    expected = {f"{prefix}!", f"{prefix}\U0010ffff"}
    assert set(sorts(page.items)) - {prefix} == expected


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_are_the_whole_without_gap_or_repetition(
    store: Store, limit: int, descending: bool
) -> None:
    put(store, *"abcdef")

    pages, after = [], None
    while True:
        page = store.query(
            EVENTS, "EVENT#1", limit=limit, after=after, descending=descending
        )
        pages.append(sorts(page.items))
        if (after := page.after) is None:
            break

    expected = [*"fedcba"] if descending else [*"abcdef"]
    assert [sort for page in pages for sort in page] == expected
    assert all(pages)


@pytest.mark.parametrize("asked", [{"prefix": "a"}, {"lo": "a1", "hi": "a4"}])
def test_a_page_goes_on_within_what_was_asked(store: Store, asked: Any) -> None:
    put(store, "a1", "a2", "a3", "a4", "b1")

    first = store.query(EVENTS, "EVENT#1", limit=2, **asked)
    rest = store.query(EVENTS, "EVENT#1", limit=2, after=first.after, **asked)

    assert sorts(first.items + rest.items) == ["a1", "a2", "a3", "a4"]
    assert rest.after is None


def test_the_last_page_says_so_when_it_is_full(store: Store) -> None:
    put(store, "a", "b")

    assert store.query(EVENTS, "EVENT#1", limit=2).after is None


def test_a_cursor_holds_the_keys_and_nothing_of_the_item(store: Store) -> None:
    put(store, "a", "b", year="2026", start_id="x", secret="s")

    page = store.query(EVENTS, "2026", index="by_date", limit=1)

    assert page.after is not None
    assert page.after.keys() == {"pk", "sk", "year", "start_id"}


def test_a_page_goes_on_where_its_last_item_was_deleted(store: Store) -> None:
    put(store, "a", "b", "c")
    first = store.query(EVENTS, "EVENT#1", limit=2)

    store.write(Delete(EVENTS, ("EVENT#1", "b")))

    rest = store.query(EVENTS, "EVENT#1", after=first.after)
    assert sorts(rest.items) == ["c"]


def test_great_items_fill_a_page_all_the_same(store: Store) -> None:
    """An answer of DynamoDB's ends at 1 MB; a page does not."""
    for sort in "abcdef":
        put(store, sort, doc=sort * 300_000)

    page = store.query(EVENTS, "EVENT#1", limit=5)

    assert sorts(page.items) == [*"abcde"]
    assert page.after == {"pk": "EVENT#1", "sk": "e"}


# Indexes


def test_an_index_has_only_items_with_both_of_its_attributes(store: Store) -> None:
    put(store, "both", due="due", due_at=2)
    put(store, "first", due="due")
    put(store, "second", due_at=1)

    assert sorts(store.query(EVENTS, "due", index="due").items) == ["both"]


def test_numbers_are_sorted_as_numbers(store: Store) -> None:
    moments = [10, 9, -1, 1_700_000_000_000, 100]
    store.write(*[Put(PAYMENTS, entry(n), when=(Missing(),)) for n in moments])

    by_key = store.query(PAYMENTS, "E1#zoe@example.com").items
    by_event = store.query(PAYMENTS, "E1", index="GSI2", lo=9, hi=100).items

    assert [item["SK"] for item in by_key] == sorted(moments)
    assert [item["SK"] for item in by_event] == [9, 10, 100]


@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_an_index_keep_apart_what_sorts_alike(
    store: Store, descending: bool
) -> None:
    for number in range(7):
        put(store, f"s{number}", due="due", due_at=number // 5)

    found, after = [], None
    while True:
        page = store.query(
            EVENTS, "due", index="due", limit=2, after=after, descending=descending
        )
        found += page.items
        if (after := page.after) is None:
            break

    moments = [item["due_at"] for item in found]
    assert moments == sorted(moments, reverse=descending)
    assert sorted(sorts(found)) == [f"s{number}" for number in range(7)]


# What is refused


@pytest.mark.parametrize(
    "item",
    [
        {"pk": "E", "sk": "s", "float": 1.0},
        {"pk": "E", "sk": "s", "deep": [{"float": 1.5}]},
        {"pk": "E", "sk": "s", "bytes": b"x"},
        {"pk": "E", "sk": "s", "set": {"x"}},
        {"pk": "E", "sk": "s", "great": 10**38},
        {"pk": "E", "sk": "s", "surrogate": "\ud800"},
        {"pk": "E", "sk": "s", "": "no name"},
        {"pk": "E", "sk": "s", 7: "no text"},
        {"pk": "E", "sk": "s", "map": {7: "no text"}},
        {"pk": "", "sk": "s"},
        {"pk": "E", "sk": ""},
        {"pk": "E", "sk": 7},
        {"pk": 7, "sk": "s"},
        {"pk": "E"},
        {"sk": "s"},
        {"pk": "E" * 2049, "sk": "s"},
        {"pk": "é" * 1025, "sk": "s"},
        {"pk": "E", "sk": "s" * 1025},
        {"pk": "E", "sk": "é" * 513},
        {"pk": "E\ud800", "sk": "s"},
        {"pk": "E", "sk": "s", "year": ""},
        {"pk": "E", "sk": "s", "year": None},
        {"pk": "E", "sk": "s", "year": 2026},
        {"pk": "E", "sk": "s", "due_at": "soon"},
        {"pk": "E", "sk": "s", "due_at": True},
        {"pk": "E", "sk": "s", "due_at": 2**63},
        {"pk": "E", "sk": "s", "expires": "2026"},
        {"pk": "E", "sk": "s", "doc": "x" * (400 * 1024)},
        {"pk": "E", "sk": "s", "doc": [1] * 150_000},
    ],
    ids=lambda item: repr(item)[-40:],
)
def test_an_item_that_one_engine_refuses_is_refused(store: Store, item: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        store.write(Put(EVENTS, item))

    assert list(store.everything(EVENTS)) == []


def nested(levels: int) -> list[Any]:
    return [nested(levels - 1)] if levels > 1 else []


@pytest.mark.parametrize(
    "item",
    [
        {"pk": "E" * 2048, "sk": "s" * 1024},
        {"pk": "é" * 1024, "sk": "é" * 512},
        {"pk": "E", "sk": "s", "doc": "x" * (400 * 1024 - 9)},
        {"pk": "E", "sk": "s", "least": -(10**38) + 1},
        {"pk": "E", "sk": "s", "due_at": -(2**63), "due": "due"},
        {"pk": "E", "sk": "s", "deep": nested(32)},
    ],
    ids=lambda item: repr(item)[-40:],
)
def test_an_item_just_within_the_limits_is_taken(store: Store, item: Item) -> None:
    store.write(Put(EVENTS, item))

    assert store.get(EVENTS, item["pk"], item["sk"]) == item


def test_lists_deeper_than_32_levels_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="deep"):
        store.write(Put(EVENTS, THERE | {"deep": nested(33)}))


@pytest.mark.parametrize(
    "operations",
    [
        (),
        tuple(Put(EVENTS, {"pk": "E", "sk": str(n)}) for n in range(101)),
        (Put(EVENTS, THERE), Delete(EVENTS, KEY)),
        (Check(EVENTS, KEY, when=(Missing(),)), Put(EVENTS, THERE)),
        (Check(EVENTS, KEY, when=()),),
        (Delete(EVENTS, ("", "x")),),
        (Delete(PAYMENTS, ("E1", "not a number")),),
        (Patch(EVENTS, KEY),),
        (Patch(EVENTS, KEY, set={"a": 1}, remove=("a",)),),
        (Patch(EVENTS, KEY, remove=("a", "a")),),
        (Patch(EVENTS, KEY, set={"pk": "other"}),),
        (Patch(EVENTS, KEY, remove=("sk",)),),
        (Patch(EVENTS, KEY, set={"a": 1.5}),),
        (Patch(EVENTS, KEY, set={"year": 2026}),),
        (Patch(EVENTS, KEY, set={"": 1}),),
        (Patch(EVENTS, KEY, add={"a": True}),),
        (Patch(EVENTS, KEY, add={"a": 10**38}),),
        (Put(EVENTS, THERE, when=(Equals("a", None),)),),  # type: ignore[arg-type]
        (Put(EVENTS, THERE, when=(Equals("a", 1.5),)),),  # type: ignore[arg-type]
        (Put(EVENTS, THERE, when=(Equals("", 1),)),),
        (Put(EVENTS, THERE, when=(MissingOrAtMost("a", True),)),),
        (Put(EVENTS, THERE, when=(MissingOrOutside("a", 1, 10**38),)),),
    ],
    ids=lambda operations: repr(operations)[:60],
)
def test_a_write_that_one_engine_refuses_is_refused(
    store: Store, operations: Any
) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        store.write(*operations)

    assert list(store.everything(EVENTS)) == []


def test_a_write_of_more_than_four_megabytes_is_refused(store: Store) -> None:
    items = [{"pk": "E", "sk": str(n), "doc": "x" * 390_000} for n in range(11)]

    with pytest.raises(ValueError, match="4 MB"):
        store.write(*[Put(EVENTS, item) for item in items])


def test_no_patch_makes_an_item_too_great(store: Store) -> None:
    put(store, "#", one="x" * 300_000)

    with pytest.raises(ValueError, match=r"\w"):
        store.write(Patch(EVENTS, KEY, set={"two": "x" * 300_000}))

    assert store.get(EVENTS, *KEY) == {"pk": KEY[0], "sk": "#", "one": "x" * 300_000}


@pytest.mark.parametrize(
    "asked",
    [
        {"partition": ""},
        {"limit": 0},
        {"limit": True},
        {"prefix": ""},
        {"prefix": "a", "lo": "a"},
        {"lo": "b", "hi": "a"},
        {"lo": 1},
        {"hi": ""},
        {"index": "by_moon"},
        {"index": "due", "prefix": "1"},
        {"index": "due", "lo": "1"},
    ],
    ids=repr,
)
def test_a_query_that_one_engine_refuses_is_refused(store: Store, asked: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        store.query(EVENTS, **{"partition": "EVENT#1", **asked})


@pytest.mark.parametrize(
    "asked",
    [
        {"partition": "EVENT#2"},
        {"index": "by_date"},
        {"prefix": "b"},
        {"lo": "b"},
        {"hi": "A"},
    ],
    ids=repr,
)
def test_a_cursor_of_another_query_is_refused(store: Store, asked: Any) -> None:
    put(store, "a", "b", year="2026", start_id="x")
    after = store.query(EVENTS, "EVENT#1", limit=1).after

    with pytest.raises(ValueError, match="cursor"):
        store.query(EVENTS, **{"partition": "EVENT#1", "after": after, **asked})


@pytest.mark.parametrize(
    "change",
    [
        {"sk": ""},
        {"sk": 7},
        {"pk": None},
        {"year": "2027"},
        {"start_id": 1},
        {"more": "x"},
    ],
    ids=repr,
)
def test_a_cursor_that_was_changed_is_refused(store: Store, change: Item) -> None:
    put(store, "a", "b", year="2026", start_id="x")
    after = store.query(EVENTS, "2026", index="by_date", limit=1).after
    assert after is not None

    with pytest.raises(ValueError, match=r"\w"):
        store.query(EVENTS, "2026", index="by_date", after=after | change)


# Money


@pytest.mark.parametrize(
    "operation",
    [
        Put(PAYMENTS, entry(1)),
        Put(PAYMENTS, entry(1), when=(Missing("amount"),)),
        Patch(PAYMENTS, ("E1#zoe@example.com", 1), set={"amount": 1}),
        Delete(PAYMENTS, ("E1#zoe@example.com", 1)),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_an_entry_of_the_log_cannot_be_changed_or_taken_away(
    store: Store, operation: Operation
) -> None:
    store.write(Put(PAYMENTS, entry(1), when=(Missing(),)))

    with pytest.raises(ValueError, match="append-only"):
        store.write(operation)

    assert list(store.everything(PAYMENTS)) == [entry(1)]


def test_a_second_entry_of_the_same_moment_is_a_conflict(store: Store) -> None:
    store.write(Put(PAYMENTS, entry(1), when=(Missing(),)))

    with pytest.raises(ConditionError) as refusal:
        store.write(Put(PAYMENTS, entry(1) | {"amount": 5}, when=(Missing(),)))

    assert refusal.value.item == entry(1)
