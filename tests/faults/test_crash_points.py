"""The process ends before or after any write: each promise is kept, visibly once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jada_flask.app import create_app
from jada_flask.domain.outbox import LEASE
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests.builders import booking, deckhands
from tests.callers import Caller, mails, published, stored, summaries
from tests.conftest import DrainAll, Keys, drain_of
from tests.fakes import Crash, Doom, DoomedMailer, DoomedStore, DoomedSummary, SetClock

WRITES = 2  # the lease of all five messages, and their end
ROOT = Path(__file__).parents[2]


def doomed(parts: Parts, doom: Doom) -> Parts:
    """The same installation, whose process ends at one of its writes."""
    store = DoomedStore(parts.ports.store, doom)
    return replace(
        parts,
        ports=replace(parts.ports, store=store),
        office=replace(parts.office, store=store),
    )


def end_in(parts: Parts) -> None:
    """Drain in one thread, so that the n-th write is always the same, until the end."""
    with ThreadPoolExecutor(1) as one, pytest.raises(Crash):
        drain_of(parts, one).run()


def restart(parts: Parts, clock: SetClock, drain: DrainAll) -> None:
    """What runs next finds the leases of the dead over, and sends what is due."""
    clock.at += LEASE
    drain()


def assert_kept_once(parts: Parts, scripts: Caller, booking_id: str) -> None:
    """One mail a member, one page, one line for the operator, every step done."""
    told = sorted(mail["to"].addresses[0].username for mail in mails(parts))
    assert told == ["marisol.reyes", "nia.okafor", "tom.whitfield"]
    assert len(published(parts)) == 1
    assert [line["revision"] for line in summaries(parts)] == [1]
    steps = scripts.get(f"/api/bookings/{booking_id}").json["steps"]
    assert {step["state"] for step in steps} == {"done"}


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_while_a_booking_is_taken_takes_it_wholly_or_not(
    parts: Parts,
    keys: Keys,
    scripts: Caller,
    drain: DrainAll,
    after: bool,
) -> None:
    """Who sends it again, with the same key, gets what the first try would have got."""
    doom = Doom(1, after=after)
    victim = Caller(create_app(doomed(parts, doom)), X_Dashboard_Token=keys.dashboard)
    key = {"Idempotency-Key": "the same"}
    empty = stored(parts)

    with pytest.raises(Crash):
        victim.post("/api/bookings", booking(), headers=key)
    assert (stored(parts) == empty) is not after
    again = scripts.post("/api/bookings", booking(), headers=key)
    drain()

    assert doom.calls == 1
    assert again.status_code == 201
    assert ("Idempotent-Replayed" in again.headers) is after
    assert_kept_once(parts, scripts, again.json["booking_id"])


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(1, WRITES + 1))
def test_a_crash_while_messages_leave_loses_and_doubles_none(
    parts: Parts,
    scripts: Caller,
    drain: DrainAll,
    clock: SetClock,
    write: int,
    after: bool,
) -> None:
    taken = scripts.post("/api/bookings", booking()).json

    end_in(doomed(parts, Doom(write, after=after)))
    restart(parts, clock, drain)

    assert_kept_once(parts, scripts, taken["booking_id"])


def test_there_are_no_more_writes_than_those_that_are_tried(
    parts: Parts, scripts: Caller
) -> None:
    scripts.post("/api/bookings", booking())
    doom = Doom(10**6)

    with ThreadPoolExecutor(1) as one:
        drain_of(doomed(parts, doom), one).run()

    assert doom.calls == WRITES


def mailing(parts: Parts, doom: Doom) -> Parts:
    mailer = DoomedMailer(parts.ports.mailer, doom)
    return replace(parts, ports=replace(parts.ports, mailer=mailer))


def summarizing(parts: Parts, doom: Doom) -> Parts:
    summary = DoomedSummary(parts.ports.summary, doom)
    return replace(parts, ports=replace(parts.ports, summary=summary))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("of", "call"), [(mailing, 1), (mailing, 2), (mailing, 3), (summarizing, 1)]
)
def test_a_crash_around_what_leaves_loses_and_doubles_none(
    parts: Parts,
    scripts: Caller,
    drain: DrainAll,
    clock: SetClock,
    of: Callable[[Parts, Doom], Parts],
    call: int,
    after: bool,
) -> None:
    """The mail is out, but nobody noted it: it goes out again as the same mail."""
    taken = scripts.post("/api/bookings", booking()).json

    end_in(of(parts, Doom(call, after=after)))
    restart(parts, clock, drain)

    assert_kept_once(parts, scripts, taken["booking_id"])


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_while_a_booking_is_amended_amends_it_wholly_or_not(
    parts: Parts, keys: Keys, scripts: Caller, drain: DrainAll, after: bool
) -> None:
    scripts.post("/api/bookings", booking())
    drain()
    before = stored(parts)
    changed = booking(start_time="12:00", crew=deckhands("CREW_001", "CREW_003"))
    victim = Caller(
        create_app(doomed(parts, Doom(1, after=after))),
        X_Dashboard_Token=keys.dashboard,
    )

    with pytest.raises(Crash):
        victim.post("/api/bookings", changed)
    assert (stored(parts) == before) is not after
    again = scripts.post("/api/bookings", changed)
    drain()

    assert again.json["outcome"] == ("unchanged" if after else "amended")
    assert again.json["revision"] == 2
    assert [line["revision"] for line in summaries(parts)] == [1, 2]
    # Nia and the captain hear of the time, Keiko is asked, Tom is thanked.
    assert len(mails(parts)) == 3 + 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("job", "write", "after"),
    [
        ("take", 1, False),
        ("take", 1, True),
        ("drain", 1, True),
        ("drain", 2, False),
    ],
)
def test_a_process_that_is_killed_loses_and_doubles_nothing(
    keys: Keys, clock: SetClock, tmp_path: Path, job: str, write: int, after: bool
) -> None:
    """SIGKILL, so that nothing of the process gets to clean up."""
    settings = keys.settings | {"JADA_DATA_DIR": str(tmp_path / "var")}
    if job == "drain":
        assert run_victim(settings, keys, "take", 10**6, after=False) == 0

    code = run_victim(settings, keys, job, write, after=after)

    assert code == -signal.SIGKILL
    parts = build(keys.config(tmp_path / "var"), clock=clock)
    scripts = Caller(create_app(parts), X_Dashboard_Token=keys.dashboard)
    again = scripts.post("/api/bookings", booking())
    with ThreadPoolExecutor(4) as pool:
        clock.at += LEASE
        drain_of(parts, pool).run()
    assert_kept_once(parts, scripts, again.json["booking_id"])
    parts.ports.store.close()
    parts.ports.public_store.close()


def run_victim(
    settings: dict[str, str], keys: Keys, job: str, write: int, *, after: bool
) -> int:
    """Let another process do a job until it kills itself at one of its writes."""
    asked: dict[str, Any] = {"job": job, "write": write, "after": after}
    asked |= {"settings": settings, "token": keys.dashboard, "body": booking()}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.victim"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        input=json.dumps(asked),
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode
