"""What every store promises to those who come at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread
from typing import TypeVar

from jada_flask.domain.errors import BusyError
from jada_flask.ports import (
    ConditionError,
    Equals,
    Item,
    Missing,
    MissingOrAtMost,
    Patch,
    Put,
    Store,
)
from jada_flask.tables import EVENTS, FINANCE, JOBS, PAYMENTS

Result = TypeVar("Result")
MOMENT = 1_767_225_600_000
PATRON = "E1#zoe@example.com"


def at_once(threads: int, do: Callable[[int], Result]) -> list[Result]:
    """Do it in so many threads that begin together."""
    start = Barrier(threads)

    def begin(number: int) -> Result:
        start.wait()
        return do(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(begin, range(threads)))


def insist(do: Callable[[], None]) -> None:
    """Do it again while the store is busy, as its error says one may."""
    for _ in range(50):
        try:
            return do()
        except BusyError:
            continue
    raise AssertionError("the store was busy fifty times")


def entry(moment: int, number: int) -> Item:
    return {
        "PK": PATRON,
        "SK": moment,
        "event_id": "E1",
        "patron_email": "zoe@example.com",
        "timestamp": moment,
        "number": number,
    }


def test_of_32_who_want_one_place_one_gets_it(store: Store) -> None:
    def take(number: int) -> Item | None:
        guard = Put(FINANCE, {"pk": "guard", "sk": "1", "by": number}, (Missing(),))
        record = Put(JOBS, {"pk": "taken", "sk": f"{number:02}"})
        try:
            insist(lambda: store.write(record, guard))
        except ConditionError as error:
            return error.item
        return None

    answers = at_once(32, take)

    guard = store.get(FINANCE, "guard", "1")
    assert guard is not None
    assert answers.count(None) == 1
    assert [each for each in answers if each] == [guard] * 31
    assert [each["sk"] for each in store.everything(JOBS)] == [f"{guard['by']:02}"]


def test_sixteen_entries_of_one_millisecond_are_all_kept(store: Store) -> None:
    def append(number: int) -> int:
        moment = MOMENT
        while True:
            put = Put(PAYMENTS, entry(moment, number), (Missing(),))
            try:
                insist(lambda put=put: store.write(put))  # type: ignore[misc]
            except ConditionError:
                moment += 1
            else:
                return moment

    moments = at_once(16, append)

    log = store.query(PAYMENTS, PATRON).items
    assert sorted(moments) == [MOMENT + number for number in range(16)]
    assert {each["number"] for each in log} == set(range(16))


def test_no_addition_is_lost_or_counted_twice(store: Store) -> None:
    def add(number: int) -> None:
        for _ in range(8):
            insist(
                lambda: store.write(
                    Patch(FINANCE, ("account", "1"), add={"paid": number}),
                    Patch(JOBS, ("counter", "1"), add={"times": 1}),
                )
            )

    at_once(8, add)

    account, counter = (
        store.get(FINANCE, "account", "1"),
        store.get(JOBS, "counter", "1"),
    )
    assert account == {"pk": "account", "sk": "1", "paid": 8 * sum(range(8))}
    assert counter == {"pk": "counter", "sk": "1", "times": 64}


def test_a_version_goes_up_by_one_for_each_who_saw_the_last(store: Store) -> None:
    store.write(Put(EVENTS, {"pk": "E", "sk": "#", "version": 0}))

    def change(_number: int) -> None:
        while True:
            seen = store.get(EVENTS, "E", "#")
            assert seen is not None
            changed = Put(
                EVENTS,
                seen | {"version": seen["version"] + 1},
                (Equals("version", seen["version"]),),
            )
            try:
                return insist(lambda put=changed: store.write(put))  # type: ignore[misc]
            except ConditionError:
                continue

    at_once(8, change)

    assert store.get(EVENTS, "E", "#") == {"pk": "E", "sk": "#", "version": 8}


def test_a_guard_that_slides_lets_one_through_a_minute(store: Store) -> None:
    def log(minute: int) -> int:
        def one(_number: int) -> bool:
            now = MOMENT + minute * 60_000
            last = MissingOrAtMost("last", now - 60_000)
            guard = {"pk": "alike", "sk": "#", "last": now}
            try:
                insist(lambda: store.write(Put(FINANCE, guard, (last,))))
            except ConditionError:
                return False
            return True

        return sum(at_once(8, one))

    assert [log(minute) for minute in range(3)] == [1, 1, 1]


def test_a_lane_is_for_one_thread_at_a_time(store: Store) -> None:
    came = Event()

    def come() -> None:
        with store.lane("a charter"):
            came.set()

    with store.lane("a charter"), store.lane("a charter"):
        coming = Thread(target=come)
        coming.start()
        assert not came.wait(0.1)
    assert came.wait(10)
    coming.join()
