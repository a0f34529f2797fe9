"""The process ends at any point of a payment: it is logged wholly or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from jada_flask.app import create_app
from jada_flask.domain.mail import Mail
from jada_flask.domain.outbox import LEASE
from jada_flask.ports import AuditMailer, Notes
from jada_flask.services.ledger import verify
from jada_flask.web.context import Parts
from tests.builders import booking
from tests.callers import Caller, mails
from tests.conftest import DrainAll, Keys, drain_of
from tests.fakes import Crash, Doom, DoomedMailer, DoomedStore, SetClock

ROOT = Path(__file__).parents[2]
NOTHING = {"entries": 0, "count": 0, "guards": 0, "messages": 0, "lines": 0}
ALL = {"entries": 1, "count": 1, "guards": 1, "messages": 2, "lines": 1}
WRITES = 2  # the lease of both mails, and their end


def crashes(folder: Path, way: str) -> list[dict[str, Any]]:
    """What is left by a process that ends before the first, second, … statement."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.payment_crasher", str(folder), way],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_payment_is_there_wholly_or_not_at_all(tmp_path: Path) -> None:
    found = crashes(tmp_path, "together")

    *ended, done = found
    assert len(ended) >= 10
    assert all(one["before"] == NOTHING | {"breaks": []} for one in ended)
    assert done["before"] == ALL | {"breaks": []}
    for one in found:
        assert one["after"] == ALL | {"breaks": []}
        assert one["cents"] == 6000
        assert one["duplicate"] is not one["ended"]


def test_a_store_without_transactions_would_not_pass(tmp_path: Path) -> None:
    found = crashes(tmp_path, "apart")

    halves = [one["before"] for one in found if one["ended"]]
    assert any(half not in (NOTHING, ALL) and half["breaks"] for half in halves)


@dataclass(slots=True)
class Till:
    """An office that logs one payment, in a process that may end."""

    parts: Parts
    office: Caller
    url: str

    def pay(self, caller: Caller) -> Any:
        body = {"amount": "60.00", "method": "cash"}
        return caller.post(self.url, body, headers={"Idempotency-Key": "the same"})


@pytest.fixture
def till(parts: Parts, office: Caller, scripts: Caller, drain: DrainAll) -> Till:
    event = scripts.post("/api/bookings", booking()).json["event_id"]
    body = {"name": "Ana", "email": "ana@example.com", "amount_due": 60}
    added = office.post(f"/api/events/{event}/patrons", body).json
    drain()
    return Till(parts, office, f"/api/events/{event}/{added['patron_id']}/payment")


def doomed(parts: Parts, doom: Doom) -> Parts:
    store = DoomedStore(parts.ports.store, doom)
    return replace(
        parts,
        ports=replace(parts.ports, store=store),
        office=replace(parts.office, store=store),
    )


class DoomedAudit:
    """An `AuditMailer` whose process ends at one of its mails."""

    def __init__(self, mailer: AuditMailer, doom: Doom) -> None:
        self._mailer = mailer
        self._doom = doom

    def health(self) -> str:
        return self._mailer.health()

    def send(self, mail: Mail, *, key: str, thread: str, notes: Notes) -> None:
        self._doom.over(
            lambda: self._mailer.send(mail, key=key, thread=thread, notes=notes)
        )


def assert_kept_once(till: Till, clock: SetClock) -> None:
    status = till.office.get(till.url).json
    told = [str(mail["to"]) for mail in mails(till.parts)]
    assert [entry["amount"] for entry in status["entries"]] == ["60.00"]
    assert status["payment_cleared"] is True
    assert sum("ana@example.com" in one for one in told) == 1
    assert sum("audit@example.com" in one for one in told) == 1
    assert verify(till.parts.ports.store, at=clock.at).breaks == []


@pytest.mark.parametrize("after", [False, True])
def test_who_asks_again_gets_what_the_first_try_wrote(
    till: Till, keys: Keys, drain: DrainAll, clock: SetClock, after: bool
) -> None:
    doom = Doom(10**6, after=after)
    victim = Caller(create_app(doomed(till.parts, doom)))
    victim.sign_in(keys.password)
    doom.at = doom.calls + 1

    with pytest.raises(Crash):
        till.pay(victim)
    clock.forward(minutes=2)
    again = till.pay(till.office)
    drain()

    assert again.status_code == 200
    assert ("Idempotent-Replayed" in again.headers) is after
    assert again.json["duplicate"] is False
    assert_kept_once(till, clock)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", range(1, WRITES + 1))
def test_a_crash_while_its_mails_leave_loses_and_doubles_none(
    till: Till, drain: DrainAll, clock: SetClock, write: int, after: bool
) -> None:
    till.pay(till.office)

    with ThreadPoolExecutor(1) as one, pytest.raises(Crash):
        drain_of(doomed(till.parts, Doom(write, after=after)), one).run()
    clock.at += LEASE
    drain()

    assert_kept_once(till, clock)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("port", ["mailer", "audit_mailer"])
def test_a_crash_around_a_mail_loses_and_doubles_none(
    till: Till, drain: DrainAll, clock: SetClock, port: str, after: bool
) -> None:
    till.pay(till.office)
    ports, doom = till.parts.ports, Doom(1, after=after)
    doomed_ports = (
        replace(ports, mailer=DoomedMailer(ports.mailer, doom))
        if port == "mailer"
        else replace(ports, audit_mailer=DoomedAudit(ports.audit_mailer, doom))
    )

    with ThreadPoolExecutor(1) as one, pytest.raises(Crash):
        drain_of(replace(till.parts, ports=doomed_ports), one).run()
    clock.at += LEASE
    drain()

    assert_kept_once(till, clock)
