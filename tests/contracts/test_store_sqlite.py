"""What the store in one SQLite file promises besides."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jada_flask.adapters.local.plan import plan_of
from jada_flask.adapters.local.sqlite import SqliteStore
from jada_flask.adapters.paging import Range
from jada_flask.domain.errors import BusyError, ConfigError
from jada_flask.ports import Delete, Item, Missing, Patch, Put, Store
from jada_flask.tables import ALL, EVENTS, FINANCE, JOBS, PAYMENTS, PUBLIC, Index, Table

LONG_AGO, FAR_AHEAD = 1_000_000_000, 9_000_000_000
SECRET: Item = {"pk": "booking", "sk": "#", "net": 28_941}
ENTRY: Item = {"PK": "E1#z@example.com", "SK": 1, "event_id": "E1", "timestamp": 1}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jada.sqlite3"


@pytest.fixture
def sqlite(path: Path) -> Iterator[SqliteStore]:
    with_all = SqliteStore(path)
    yield with_all
    with_all.close()


@pytest.fixture
def public(sqlite: SqliteStore, path: Path) -> Iterator[SqliteStore]:
    """The opening that crew and guests reach, beside one with a secret in it."""
    sqlite.write(Put(FINANCE, SECRET), Put(PAYMENTS, ENTRY, (Missing(),)))
    only_events = SqliteStore(path, only=PUBLIC)
    yield only_events
    only_events.close()


def raw(store: SqliteStore) -> sqlite3.Connection:
    """The connection by which the store writes."""
    return store._pool.writer()


# The file


def test_what_was_written_is_there_after_opening_again(path: Path) -> None:
    for number in range(3):
        store = SqliteStore(path)
        store.write(Patch(EVENTS, ("E", "#"), add={"times": 1}))
        assert store.get(EVENTS, "E", "#") == {
            "pk": "E",
            "sk": "#",
            "times": number + 1,
        }
        store.close()


def test_what_is_read_first_after_opening_is_there(path: Path) -> None:
    store = SqliteStore(path)
    store.write(Put(EVENTS, {"pk": "E", "sk": "#"}))
    store.close()

    again = SqliteStore(path, only=PUBLIC)

    assert again.get(EVENTS, "E", "#") == {"pk": "E", "sk": "#"}
    again.close()


def test_the_folder_is_made_and_the_file_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "jada.sqlite3"

    store = SqliteStore(path)
    store.write(Put(EVENTS, {"pk": "E", "sk": "#"}))

    modes = {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    store.close()
    assert modes == {0o600}


def test_a_file_that_is_no_store_is_a_wrong_setting(path: Path) -> None:
    path.write_text("This is not a database. " * 50)

    with pytest.raises(ConfigError, match="is not a store"):
        SqliteStore(path)


def test_a_write_waits_for_the_disk(sqlite: SqliteStore) -> None:
    connection = raw(sqlite)

    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == (b"wal",)


def test_who_reads_cannot_write(sqlite: SqliteStore) -> None:
    """Nor checkpoint, therefore, when its connection is closed."""
    sqlite.get(EVENTS, "E", "#")

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        sqlite._pool._idle[0].execute("DELETE FROM Events")


def test_a_file_by_two_names_has_one_gate(sqlite: SqliteStore, path: Path) -> None:
    other_name = path.with_name("link.sqlite3")
    other_name.symlink_to(path)

    linked = SqliteStore(other_name)

    assert linked._gate is sqlite._gate
    linked.close()


def test_a_closed_store_says_so(path: Path) -> None:
    store = SqliteStore(path)
    store.close()
    store.close()

    with pytest.raises(ValueError, match="closed"):
        store.get(EVENTS, "E", "#")
    with pytest.raises(ValueError, match="closed"):
        store.write(Put(EVENTS, {"pk": "E", "sk": "#"}))


def test_a_table_that_the_store_was_not_told_of_is_refused(path: Path) -> None:
    store = SqliteStore(path, tables=(EVENTS,))

    with pytest.raises(ValueError, match="no table Jobs"):
        store.get(JOBS, "a", "b")
    store.close()


def test_a_sum_of_over_38_digits_is_refused(sqlite: SqliteStore) -> None:
    great: Item = {"pk": "E", "sk": "#", "great": 10**38 - 1}
    sqlite.write(Put(EVENTS, great))

    with pytest.raises(ValueError, match="38 digits"):
        sqlite.write(Patch(EVENTS, ("E", "#"), add={"great": 1}))

    assert sqlite.get(EVENTS, "E", "#") == great


def test_a_full_disk_is_busy_and_loses_nothing(sqlite: SqliteStore) -> None:
    sqlite.write(Put(EVENTS, {"pk": "E", "sk": "before"}))
    pages = raw(sqlite).execute("PRAGMA page_count").fetchone()[0]
    raw(sqlite).execute(f"PRAGMA max_page_count = {pages + 20}")

    with pytest.raises(BusyError):
        sqlite.write(Put(EVENTS, {"pk": "E", "sk": "great", "doc": "x" * 300_000}))
    raw(sqlite).execute("PRAGMA max_page_count = 1000000")
    sqlite.write(Put(EVENTS, {"pk": "E", "sk": "later"}))

    assert [each["sk"] for each in sqlite.everything(EVENTS)] == ["before", "later"]


def test_everything_is_read_in_chunks_to_the_end(sqlite: SqliteStore) -> None:
    for start in range(0, 1100, 100):
        sqlite.write(
            *[
                Put(EVENTS, {"pk": f"E{n % 7}", "sk": f"{n:04}"})
                for n in range(start, start + 100)
            ]
        )

    found = [item["sk"] for item in sqlite.everything(EVENTS)]

    assert sorted(found) == [f"{n:04}" for n in range(1100)]


def test_a_copy_holds_all_and_replaces_an_older_one(
    sqlite: SqliteStore, tmp_path: Path
) -> None:
    copy = tmp_path / "copies" / "monday.sqlite3"
    sqlite.backup(copy)
    sqlite.write(Put(FINANCE, SECRET))

    sqlite.backup(copy)

    restored = SqliteStore(copy)
    assert list(restored.everything(FINANCE)) == [SECRET]
    restored.close()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not list(copy.parent.glob("*.part"))


# Speed that does not depend on how much is stored

RANGES = [
    Range(None, None, None),
    Range("a", None, None),
    Range("\U0010ffff", None, None),
    Range(None, "a", None),
    Range(None, None, "b"),
    Range(None, "a", "b"),
]


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("goes_on", [False, True])
def test_every_query_goes_straight_to_its_rows(
    sqlite: SqliteStore, table: Table, descending: bool, goes_on: bool
) -> None:
    plan = plan_of(table)
    after: Item = {table.partition: "x", table.sort: "a"}
    for index in (None, *table.indexes):
        if index:
            after |= {index.partition: "x", index.sort: "a"}
        for asked in RANGES:
            sql, values = plan.select(
                index, "x", asked, after if goes_on else None, descending=descending
            )
            steps = raw(sqlite).execute(f"EXPLAIN QUERY PLAN {sql}", [*values, 50])
            said = [row[3].decode() for row in steps]

            assert len(said) == 1
            assert said[0].startswith(f"SEARCH {table.name} USING INDEX")


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_a_purge_goes_straight_to_what_has_expired(
    sqlite: SqliteStore, table: Table
) -> None:
    steps = raw(sqlite).execute(f"EXPLAIN QUERY PLAN {plan_of(table).purge}", [1])

    said = [row[3].decode() for row in steps]
    assert said[0].startswith(f"SEARCH {table.name} USING ")
    assert said[0].endswith(f"INDEX {table.name}_expires (expires<?)")


# Expiry


def test_a_purge_takes_what_has_expired_and_nothing_else(sqlite: SqliteStore) -> None:
    sqlite.write(
        Put(JOBS, {"pk": "a", "sk": "past", "expires": LONG_AGO}),
        Put(JOBS, {"pk": "a", "sk": "now", "expires": LONG_AGO + 5}),
        Put(JOBS, {"pk": "a", "sk": "later", "expires": LONG_AGO + 6}),
        Put(JOBS, {"pk": "a", "sk": "never"}),
        Put(EVENTS, {"pk": "a", "sk": "past", "expires": LONG_AGO}),
    )

    assert sqlite.purge(LONG_AGO + 5) == 3
    assert [each["sk"] for each in sqlite.everything(JOBS)] == ["later", "never"]


def test_a_wrong_clock_purges_nothing_before_its_time(sqlite: SqliteStore) -> None:
    sqlite.write(Put(JOBS, {"pk": "a", "sk": "later", "expires": FAR_AHEAD}))

    assert sqlite.purge(FAR_AHEAD + 1) == 0


def test_the_log_is_purged_of_what_has_expired_only(sqlite: SqliteStore) -> None:
    moments = {1: LONG_AGO, 2: FAR_AHEAD, 3: None}
    for moment, expires in moments.items():
        item = ENTRY | {"SK": moment}
        if expires:
            item["expiration_timestamp"] = expires
        sqlite.write(Put(PAYMENTS, item, (Missing(),)))

    assert sqlite.purge(FAR_AHEAD + 1) == 1
    assert [each["SK"] for each in sqlite.everything(PAYMENTS)] == [2, 3]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM Payments",
        "UPDATE Payments SET body = '{}'",
        "UPDATE Payments SET expires = 1",
        "INSERT OR REPLACE INTO Payments (p, s, body)"
        " VALUES ('E1#z@example.com', 1, '')",
        "REPLACE INTO Payments (p, s, body) VALUES ('E1#z@example.com', 1, '')",
        "INSERT INTO Payments (p, s, body) VALUES ('E1#z@example.com', 1, '')"
        " ON CONFLICT (p, s) DO UPDATE SET body = excluded.body",
    ],
)
def test_the_file_itself_refuses_to_change_an_entry(
    sqlite: SqliteStore, statement: str
) -> None:
    sqlite.write(Put(PAYMENTS, ENTRY, (Missing(),)))

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw(sqlite).execute(statement)

    assert list(sqlite.everything(PAYMENTS)) == [ENTRY]


# The opening for crew and guests


def test_the_public_opening_works_on_its_own_table(public: SqliteStore) -> None:
    public.write(
        Put(EVENTS, {"pk": "E", "sk": "#", "year": "2026", "start_id": "x"}),
        Put(EVENTS, {"pk": "E", "sk": "old", "expires": LONG_AGO}),
    )
    public.write(
        Patch(EVENTS, ("E", "#"), add={"seats": 1}), Delete(EVENTS, ("E", "b"))
    )

    assert public.purge(LONG_AGO) == 1
    assert public.query(EVENTS, "2026", index="by_date", prefix="x").items == [
        {"pk": "E", "sk": "#", "year": "2026", "start_id": "x", "seats": 1}
    ]


@pytest.mark.parametrize("table", [PAYMENTS, FINANCE, JOBS], ids=lambda each: each.name)
def test_the_public_opening_reaches_no_other_table(
    public: SqliteStore, table: Table
) -> None:
    key: Any = ("a", 1 if table is PAYMENTS else "b")
    item = {table.partition: key[0], table.sort: key[1]}
    fine = Put(EVENTS, {"pk": "E", "sk": "#"})

    with pytest.raises(PermissionError):
        public.get(table, *key)
    with pytest.raises(PermissionError):
        public.query(table, "a")
    with pytest.raises(PermissionError):
        list(public.everything(table))
    with pytest.raises(PermissionError):
        public.write(fine, Put(table, item, (Missing(),)))
    assert public.get(EVENTS, "E", "#") is None


def test_an_opening_for_no_table_reaches_none(sqlite: SqliteStore, path: Path) -> None:
    nothing = SqliteStore(path, only=())

    with pytest.raises(PermissionError):
        nothing.get(EVENTS, "E", "#")
    nothing.close()


def test_the_public_opening_cannot_be_copied(
    public: SqliteStore, tmp_path: Path
) -> None:
    with pytest.raises(PermissionError):
        public.backup(tmp_path / "copy.sqlite3")


ATTEMPTS = [
    "SELECT * FROM Payments",
    "SELECT count(*) FROM Payments",
    "SELECT 1 FROM Finance",
    "SELECT rowid FROM main.Finance",
    "SELECT (SELECT body FROM Finance)",
    "SELECT body FROM Events WHERE EXISTS (SELECT 1 FROM Finance)",
    "SELECT Events.body FROM Events JOIN Finance ON Events.p = Finance.p",
    "SELECT body FROM Events NATURAL RIGHT JOIN Finance",
    "SELECT body FROM Events UNION ALL SELECT body FROM Finance",
    "WITH f AS (SELECT body FROM Finance) SELECT * FROM f",
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
    "INSERT INTO Events (p, s, body) SELECT 'E', sk, body FROM Finance",
    "INSERT INTO Events (p, s, body) VALUES ('E', 's', (SELECT body FROM Finance))",
    "INSERT INTO Finance (p, s, body) VALUES ('E', 's', '{}')",
    "UPDATE Events SET body = f.body FROM Finance AS f",
    "UPDATE Finance SET body = '{}'",
    "DELETE FROM Finance",
    "DELETE FROM Events RETURNING (SELECT body FROM Finance)",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM sqlite_schema",
    "SELECT * FROM pragma_table_list",
    "SELECT * FROM pragma_table_info('Finance')",
    "SELECT * FROM dbstat",
    "SELECT * FROM sqlite_dbpage",
    "PRAGMA table_list",
    "PRAGMA table_info(Finance)",
    "PRAGMA writable_schema = ON",
    "PRAGMA query_only = ON",
    "PRAGMA journal_mode = DELETE",
    "ATTACH '{path}' AS other",
    "ATTACH ':memory:' AS other",
    "DETACH main",
    "VACUUM",
    "VACUUM INTO '{path}.copy'",
    "REINDEX Finance",
    "ANALYZE",
    "CREATE VIEW v AS SELECT body FROM Finance",
    "CREATE TEMP VIEW v AS SELECT body FROM main.Finance",
    "CREATE TEMP TABLE Events AS SELECT 1 AS p",
    "CREATE TABLE t AS SELECT 1",
    "CREATE VIRTUAL TABLE t USING fts5(x)",
    "CREATE TRIGGER t AFTER INSERT ON Events BEGIN DELETE FROM Finance; END",
    "CREATE TEMP TRIGGER t AFTER INSERT ON Events BEGIN DELETE FROM Finance; END",
    "CREATE INDEX i ON Finance (body)",
    "ALTER TABLE Finance RENAME TO Events2",
    "ALTER TABLE Events ADD COLUMN x",
    "DROP TABLE Finance",
    "DROP TRIGGER payments_delete",
    "SELECT load_extension('x')",
    "SELECT readfile('{path}')",
    "SELECT writefile('{path}', 'x')",
    "EXPLAIN SELECT body FROM Finance",
]


# SQLite's authorizer is not asked about what USING compares.
UNSEEN = [
    "SELECT 1 FROM Events JOIN Finance USING (p)",
    "SELECT body FROM (SELECT 1 AS body) FULL JOIN Finance USING (body)",
]


def connection(public: SqliteStore, *, reads_only: bool) -> sqlite3.Connection:
    public.get(EVENTS, "E", "#")
    return public._pool._idle[0] if reads_only else raw(public)


@pytest.mark.parametrize("attempt", [*ATTEMPTS, *UNSEEN])
@pytest.mark.parametrize("reads_only", [False, True], ids=["writer", "reader"])
def test_no_statement_goes_through_the_wall(
    public: SqliteStore, path: Path, attempt: str, reads_only: bool
) -> None:
    walled = connection(public, reads_only=reads_only)

    with pytest.raises(PermissionError):
        walled.execute(attempt.replace("{path}", str(path)))


@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("reads_only", [False, True], ids=["writer", "reader"])
def test_behind_the_wall_the_engine_refuses_by_itself(
    public: SqliteStore, path: Path, attempt: str, reads_only: bool
) -> None:
    walled = connection(public, reads_only=reads_only)
    refusal = r"authoriz|prohibited|no such|constructor failed"

    with pytest.raises(sqlite3.Error, match=refusal):
        sqlite3.Cursor(walled).execute(attempt.replace("{path}", str(path))).fetchall()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda raw: raw.backup(sqlite3.connect(":memory:")),
        lambda raw: raw.serialize(),
        lambda raw: raw.deserialize(b""),
        lambda raw: raw.blobopen("Finance", "body", 1),
        lambda raw: list(raw.iterdump()),
        lambda raw: raw.set_authorizer(None),
        lambda raw: raw.cursor().executescript("SELECT 1"),
        lambda raw: raw.executemany("SELECT ?", [(1,)]),
        lambda raw: raw.executescript("SELECT 1"),
        lambda raw: raw.enable_load_extension(True),
    ],
)
def test_no_door_leads_around_the_wall(public: SqliteStore, attempt: Any) -> None:
    with pytest.raises(PermissionError):
        attempt(raw(public))


def test_the_same_statements_reach_everything_without_the_wall(
    sqlite: SqliteStore,
) -> None:
    """So that the refusals above are the wall's and not mistakes in the statements."""
    for attempt in [*ATTEMPTS[:9], *UNSEEN]:
        raw(sqlite).execute(attempt).fetchall()


# A release with another index


@pytest.mark.parametrize("table", [EVENTS, PAYMENTS], ids=lambda each: each.name)
def test_an_index_that_is_new_knows_what_was_there_before(
    path: Path, table: Table
) -> None:
    key: Any = ("a", 1 if table is PAYMENTS else "b")
    item = {table.partition: key[0], table.sort: key[1], "boat": "Nia", "hull": "x"}
    old = SqliteStore(path)
    old.write(Put(table, item, (Missing(),)))
    old.close()

    wider = replace(table, indexes=(*table.indexes, Index("by_boat", "boat", "hull")))
    new = SqliteStore(path, tables=(wider,))

    assert new.query(wider, "Nia", index="by_boat").items == [item]
    if table.append_only:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw(new).execute("DELETE FROM Payments")
    new.close()


def test_the_release_before_still_opens_the_file(path: Path) -> None:
    wider = replace(EVENTS, indexes=(*EVENTS.indexes, Index("by_boat", "boat", "hull")))
    new = SqliteStore(path, tables=(wider,))
    new.write(Put(wider, {"pk": "a", "sk": "b", "boat": "Nia", "hull": "x"}))
    new.close()

    old: Store = SqliteStore(path)

    assert old.get(EVENTS, "a", "b") is not None
    old.close()
