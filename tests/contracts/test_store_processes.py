"""What the store in one SQLite file promises to threads and processes that share it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from jada_flask.adapters.local.sqlite import SqliteStore
from jada_flask.domain.errors import BusyError
from jada_flask.ports import Missing, Patch, Put
from jada_flask.tables import EVENTS, FINANCE, JOBS, PAYMENTS, PUBLIC

ROOT = Path(__file__).parents[2]
PATIENCE = 20  # seconds
KILLS = 10
NEW = (Missing(),)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jada.sqlite3"


@pytest.fixture
def sqlite(path: Path) -> Iterator[SqliteStore]:
    with_all = SqliteStore(path)
    yield with_all
    with_all.close()


def wait_until(true: object) -> None:
    """Wait for what another thread or process is about to do."""
    assert callable(true)
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@contextmanager
def another_process(code: str, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One that carries this out, from when it first says something until it ends."""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stdout.readline()
        yield process


# Threads


def write_behind_the_gate(
    store: SqliteStore, writes: Sequence[tuple[Put, ...]]
) -> list[str]:
    """Have all wait for the gate at once; the commits that this takes, and errors."""
    commits: list[str] = []
    store._pool.writer().set_trace_callback(
        lambda sql: commits.append(sql) if sql == "COMMIT" else None
    )
    with ThreadPoolExecutor(len(writes)) as pool:
        with store._gate:
            written = [pool.submit(store.write, *write) for write in writes]
            wait_until(lambda: len(store._commits._waiting) == len(writes))
            assert not any(each.done() for each in written)
        errors = [each.exception(PATIENCE) for each in written]
    store._pool.writer().set_trace_callback(None)
    return [*commits, *(type(error).__name__ for error in errors if error)]


def test_those_who_wait_together_share_one_commit(sqlite: SqliteStore) -> None:
    writes = [(Put(JOBS, {"pk": "a", "sk": f"{n:02}"}, NEW),) for n in range(16)]

    assert write_behind_the_gate(sqlite, writes) == ["COMMIT"]
    assert len(list(sqlite.everything(JOBS))) == 16


def test_who_is_refused_takes_nobody_along(sqlite: SqliteStore) -> None:
    writes = [
        (
            Put(JOBS, {"pk": "written", "sk": f"{n:02}"}),
            Put(JOBS, {"pk": "wanted", "sk": f"{n % 8}", "by": f"{n:02}"}, NEW),
        )
        for n in range(16)
    ]

    said = write_behind_the_gate(sqlite, writes)

    assert said == ["COMMIT", *["ConditionError"] * 8]
    winners = {each["by"] for each in sqlite.query(JOBS, "wanted").items}
    written = {each["sk"] for each in sqlite.query(JOBS, "written").items}
    assert len(winners) == 8
    assert written == winners


def test_who_reaches_too_far_takes_nobody_along(
    sqlite: SqliteStore, path: Path
) -> None:
    public = SqliteStore(path, only=PUBLIC)
    writes = [(Put(EVENTS, {"pk": "a", "sk": f"{n}"}),) for n in range(4)]
    writes.insert(0, (Put(JOBS, {"pk": "a", "sk": "b"}),))

    said = write_behind_the_gate(public, writes)

    assert said == ["COMMIT", "PermissionError"]
    assert len(list(sqlite.everything(EVENTS))) == 4
    public.close()


def test_a_commit_that_fails_is_told_to_all_who_shared_it(sqlite: SqliteStore) -> None:
    pages = sqlite._pool.writer().execute("PRAGMA page_count").fetchone()[0]
    sqlite._pool.writer().execute(f"PRAGMA max_page_count = {pages}")
    writes = [
        (Put(JOBS, {"pk": "a", "sk": f"{n}", "doc": "x" * 300_000}),) for n in range(4)
    ]

    said = write_behind_the_gate(sqlite, writes)

    assert said.count("BusyError") == 4
    assert list(sqlite.everything(JOBS)) == []


def test_who_reads_does_not_wait_for_who_writes(sqlite: SqliteStore) -> None:
    sqlite.write(Put(JOBS, {"pk": "a", "sk": "b", "n": 1}))
    writer = sqlite._pool.writer()

    with sqlite._gate:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM Jobs")
        found = sqlite.get(JOBS, "a", "b")
        writer.execute("ROLLBACK")

    assert found == {"pk": "a", "sk": "b", "n": 1}


def test_who_waits_too_long_at_the_gate_is_told_to_try_again(
    sqlite: SqliteStore, path: Path
) -> None:
    public = SqliteStore(path, only=PUBLIC)
    sqlite._gate.patience = 0.01

    with sqlite._gate, pytest.raises(BusyError, match="try again"):
        public.write(Put(EVENTS, {"pk": "a", "sk": "b"}))
    public.write(Put(EVENTS, {"pk": "a", "sk": "c"}))

    assert [each["sk"] for each in sqlite.everything(EVENTS)] == ["c"]
    public.close()


def test_two_openings_of_one_file_take_turns(sqlite: SqliteStore, path: Path) -> None:
    public = SqliteStore(path, only=PUBLIC)

    def count(store: SqliteStore) -> None:
        for _ in range(20):
            store.write(Patch(EVENTS, ("E", "#"), add={"times": 1}))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, [sqlite, public] * 4))

    assert public.get(EVENTS, "E", "#") == {"pk": "E", "sk": "#", "times": 160}
    public.close()


# Processes


def count_to(path: Path, times: int, ready: object) -> None:
    """What a process of its own does: add one, again and again."""
    store = SqliteStore(path)
    ready.wait(PATIENCE)  # type: ignore[attr-defined]
    for number in range(times):
        store.write(
            Patch(EVENTS, ("E", "#"), add={"times": 1}),
            Put(JOBS, {"pk": f"{os.getpid()}", "sk": f"{number:03}"}, NEW),
        )
    store.close()


def test_processes_take_turns_and_lose_nothing(path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(3)
    workers = [spawn.Process(target=count_to, args=(path, 40, ready)) for _ in range(3)]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)

    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    store = SqliteStore(path)
    assert store.get(EVENTS, "E", "#") == {"pk": "E", "sk": "#", "times": 120}
    assert len(list(store.everything(JOBS))) == 120
    store.close()


HOLD = """
import sys, time
from jada_flask.adapters.local.gate import Gate

class Nobody:
    def before_fork(self): pass
    def after_fork(self, *, in_child): pass

nobody = Nobody()
with Gate.at(sys.argv[1], nobody):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_process_that_hangs_makes_others_busy_until_it_is_killed(
    sqlite: SqliteStore, path: Path
) -> None:
    sqlite._gate.patience = 0.01
    hanging = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert hanging.stdout
    with hanging, hanging.stdout:
        assert hanging.stdout.readline() == b"held\n"

        with pytest.raises(BusyError, match="try again"):
            sqlite.write(Put(EVENTS, {"pk": "a", "sk": "b"}))
        hanging.kill()
        hanging.wait()

    sqlite.write(Put(EVENTS, {"pk": "a", "sk": "c"}))
    assert [each["sk"] for each in sqlite.everything(EVENTS)] == ["c"]


LET_GO = HOLD.replace("time.sleep(60)", "sys.stdin.read()")


def test_who_waits_at_the_gate_is_woken_when_it_opens(
    sqlite: SqliteStore, path: Path
) -> None:
    sqlite._gate.breath = PATIENCE
    with another_process(LET_GO, path) as holding:
        begun = time.monotonic()
        writing = threading.Thread(
            target=sqlite.write, args=(Put(EVENTS, {"pk": "a", "sk": "after"}),)
        )
        writing.start()
        writing.join(0.1)
        assert writing.is_alive()
        holding.communicate()
        writing.join()

    assert time.monotonic() - begun < PATIENCE / 2


WAIT = """
import fcntl, sys, time

with open(f"{sys.argv[1]}-lock", "rb+") as file:
    fcntl.lockf(file, fcntl.LOCK_EX, 1, 1)
    print("waiting", flush=True)
    time.sleep(60)
"""


def test_who_waits_in_another_process_comes_first(
    sqlite: SqliteStore, path: Path
) -> None:
    sqlite._gate.patience = 0.01
    waiting = subprocess.Popen(
        [sys.executable, "-c", WAIT, str(path)], stdout=subprocess.PIPE
    )
    assert waiting.stdout
    with waiting, waiting.stdout:
        assert waiting.stdout.readline() == b"waiting\n"

        with pytest.raises(BusyError):
            sqlite.write(Put(EVENTS, {"pk": "a", "sk": "b"}))
        waiting.kill()
        waiting.wait()


LOG = """
import sys, threading
from jada_flask.adapters.local.sqlite import SqliteStore
from jada_flask.ports import Missing, Patch, Put
from jada_flask.tables import FINANCE, PAYMENTS

store, run = SqliteStore(sys.argv[1]), int(sys.argv[2])

def log(thread):
    for number in range(100_000):
        moment = (run * 10 + thread) * 100_000 + number
        entry = {"PK": "E#p", "SK": moment, "event_id": "E", "timestamp": moment}
        account = Patch(FINANCE, ("account", "E"), add={"entries": 1})
        store.write(Put(PAYMENTS, entry, (Missing(),)), account)
        sys.stdout.write(f"{moment}\\n")
        sys.stdout.flush()

for thread in range(4):
    threading.Thread(target=log, args=(thread,)).start()
"""


def acknowledged_until_killed(path: Path, run: int) -> set[int]:
    """Let a process log payments; kill it; what it had said was written."""
    process = subprocess.Popen(
        [sys.executable, "-c", LOG, str(path), str(run)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    with process, process.stdout:
        said = [process.stdout.readline() for _ in range(20 + 13 * run)]
        process.send_signal(signal.SIGKILL)
        said += process.stdout.readlines()
    # A line cut off by the kill is no acknowledgement.
    return {int(line) for line in said if line.endswith(b"\n")}


def test_no_payment_that_was_acknowledged_is_lost_when_killed(path: Path) -> None:
    acknowledged: set[int] = set()
    for run in range(KILLS):
        acknowledged |= acknowledged_until_killed(path, run)

    store = SqliteStore(path)
    kept = {entry["SK"] for entry in store.everything(PAYMENTS)}
    account = store.get(FINANCE, "account", "E")

    assert account == {"pk": "account", "sk": "E", "entries": len(kept)}
    assert acknowledged <= kept
    assert len(kept) - len(acknowledged) <= 4 * KILLS  # one on its way per thread
    store.close()


# Forks


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_both_sides_of_a_fork_read_and_write(sqlite: SqliteStore) -> None:
    def child() -> int:
        try:
            seen = sqlite.get(EVENTS, "E", "#")
            for number in range(20):
                sqlite.write(Put(JOBS, {"pk": "child", "sk": f"{number:02}"}, NEW))
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(add, range(20)))
        except Exception:  # noqa: BLE001 the parent learns of it by the code
            return 1
        return 0 if seen else 2

    def add(_number: int) -> None:
        sqlite.write(Patch(EVENTS, ("E", "#"), add={"times": 1}))

    add(0)
    pid = os.fork()
    if not pid:
        os._exit(child())
    for number in range(20):
        add(number)
    _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert sqlite.get(EVENTS, "E", "#") == {"pk": "E", "sk": "#", "times": 41}
    assert len(sqlite.query(JOBS, "child").items) == 20


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_in_the_midst_of_writes_leaves_nobody_waiting(
    sqlite: SqliteStore,
) -> None:
    codes = []
    with ThreadPoolExecutor(5) as pool:
        stop: list[bool] = []

        def keep_writing(number: int) -> int:
            times = 0
            while not stop:
                sqlite.write(Patch(EVENTS, ("E", f"{number}"), add={"times": 1}))
                sqlite.get(EVENTS, "E", f"{number}")
                times += 1
            return times

        written = [pool.submit(keep_writing, number) for number in range(4)]
        for _ in range(5):
            pid = os.fork()
            if not pid:
                sqlite.write(Patch(EVENTS, ("E", "child"), add={"times": 1}))
                os._exit(0 if sqlite.get(EVENTS, "E", "child") else 1)
            codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        stop.append(True)
        times = [each.result(PATIENCE) for each in written]

    assert codes == [0] * 5
    found = {item["sk"]: item["times"] for item in sqlite.everything(EVENTS)}
    assert found == {"child": 5} | {str(n): times[n] for n in range(4)}


LANE = """
import sys
from jada_flask.adapters.local.sqlite import SqliteStore

store = SqliteStore(sys.argv[1])
with store.lane("a charter"):
    print("in it", flush=True)
    sys.stdin.read()
"""


def test_a_lane_is_for_one_process_at_a_time(sqlite: SqliteStore, path: Path) -> None:
    came = threading.Event()

    def come() -> None:
        with sqlite.lane("a charter"):
            came.set()

    sqlite._gate.lanes.patience = PATIENCE
    with another_process(LANE, path) as other:
        coming = threading.Thread(target=come)
        coming.start()
        with sqlite.lane("another charter"):
            assert not came.wait(0.1)
        other.communicate()
        assert came.wait(PATIENCE)
    coming.join()


def test_nobody_waits_for_a_lane_for_long(sqlite: SqliteStore, path: Path) -> None:
    sqlite._gate.lanes.patience = 0.01
    with another_process(LANE, path) as other:
        with sqlite.lane("a charter"), sqlite.lane("a charter"):
            sqlite.write(Put(EVENTS, {"pk": "a", "sk": "b"}))
        other.communicate()
    assert sqlite.get(EVENTS, "a", "b")
