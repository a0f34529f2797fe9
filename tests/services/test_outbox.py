"""The outbox: each promise is kept once, whatever happens to those who keep it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from jada_flask.domain.errors import DeliveryError
from jada_flask.domain.outbox import LEASE, TRIES, Message, State
from jada_flask.ports import Mailer, Notes, Put
from jada_flask.services import outbox
from jada_flask.services.drain import Drain
from jada_flask.services.worker import Worker
from jada_flask.tables import EVENTS
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests.builders import booking
from tests.callers import Caller, form_token, mails, published, summaries
from tests.conftest import DrainAll, drain_of
from tests.fakes import REFUSED, REFUSED_FOR_GOOD, FailingMailer, HiccupStore, SetClock

PATIENCE = 10  # seconds that a test waits for another thread at most


@pytest.fixture
def taken(scripts: Caller) -> dict[str, Any]:
    """The sample booking, with five messages that nobody has sent yet."""
    answer = scripts.post("/api/bookings", booking())
    assert answer.status_code == 201
    return dict(answer.json)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as made:
        yield made


def with_mailer(parts: Parts, mailer: Mailer) -> Parts:
    return replace(parts, ports=replace(parts.ports, mailer=mailer))


def messages(parts: Parts) -> list[Message]:
    """What waits, and what was given up."""
    work = UnitOfWork(parts.office)
    return outbox.waiting(work) + outbox.waiting(work, dead=True)


def step(scripts: Caller, booking_id: str, name: str) -> dict[str, Any]:
    body = scripts.get(f"/api/bookings/{booking_id}").json
    (found,) = [one for one in body["steps"] if one["name"] == name]
    return dict(found)


class Deliveries:
    """What was delivered, how often; and something to do meanwhile."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, message: Message, notes: Notes) -> State:
        with self._lock:
            self.count[message.message_id] += 1
        return State.DONE


def drain_with(parts: Parts, pool: ThreadPoolExecutor, deliver: Any) -> Drain:
    return Drain(parts.ports.store, deliver, parts.ports.clock, pool, Random(1))


class Telling:
    """An `OperatorSummary` that says when it was told."""

    def __init__(self, arrived: threading.Event) -> None:
        self._arrived = arrived

    def send(self, payload: Mapping[str, Any], *, key: str) -> None:
        self._arrived.set()

    def health(self) -> str:
        return "It is awake."


def test_three_deliveries_run_side_by_side(
    parts: Parts, pool: ThreadPoolExecutor, taken: dict[str, Any]
) -> None:
    """Page, mail and summary wait for each other; in a row none of them would end."""
    meeting = threading.Barrier(3)
    first = set[str]()

    def deliver(message: Message, notes: Notes) -> State:
        if message.step not in first:
            first.add(message.step)
            meeting.wait(PATIENCE)
        return State.DONE

    tally = drain_with(parts, pool, deliver).run()

    assert tally == {State.DONE: 5}


def test_a_delivery_that_hangs_holds_nothing_else_up(
    parts: Parts, pool: ThreadPoolExecutor, scripts: Caller, taken: dict[str, Any]
) -> None:
    """The bridge may take a minute; page and mails are seen to be done meanwhile."""
    others_seen = threading.Event()

    def deliver(message: Message, notes: Notes) -> State:
        if message.step == "operator_summary":
            assert others_seen.wait(PATIENCE)
        return State.DONE

    with ThreadPoolExecutor(1) as one:
        draining = one.submit(drain_with(parts, pool, deliver).run)
        while step(scripts, taken["booking_id"], "guest_page")["state"] != "done":
            assert not draining.done()
        summary = step(scripts, taken["booking_id"], "operator_summary")
        others_seen.set()

    assert summary["state"] == "running"
    assert draining.result() == {State.DONE: 5}


def test_a_message_that_cannot_be_read_holds_nothing_else_up(
    parts: Parts,
    pool: ThreadPoolExecutor,
    taken: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = {"pk": "MSG#EV_1", "sk": "old", "due": "due", "due_at": 1, "doc": "{"}
    parts.ports.store.write(Put(EVENTS, broken))

    tally = drain_with(parts, pool, Deliveries()).run()

    assert tally == {State.DONE: 5}
    assert "message MSG#EV_1 old cannot be read" in caplog.text


def test_of_two_workers_one_delivers(
    parts: Parts, pool: ThreadPoolExecutor, scripts: Caller, clock: SetClock
) -> None:
    for number in range(8):
        scripts.post("/api/bookings", booking(source_ref=f"BS-{number}"))
    deliveries, start = Deliveries(), threading.Barrier(2)
    others = build(parts.config, clock=clock)

    def work(at: Parts) -> Counter[State]:
        start.wait(PATIENCE)
        return drain_with(at, pool, deliveries).run()

    with ThreadPoolExecutor(2) as workers:
        tallies = list(workers.map(work, (parts, others)))
    others.ports.store.close()
    others.ports.public_store.close()

    assert len(deliveries.count) == 40
    assert set(deliveries.count.values()) == {1}
    assert sum(tallies, Counter()) == {State.DONE: 40}


def test_what_a_dead_worker_took_comes_due_again(
    parts: Parts, pool: ThreadPoolExecutor, taken: dict[str, Any], clock: SetClock
) -> None:
    deliveries = Deliveries()

    def die(message: Message, notes: Notes) -> State:
        raise SystemExit

    with pytest.raises(SystemExit):
        drain_with(parts, pool, die).run()
    clock.at += LEASE - timedelta(seconds=1)
    early = drain_with(parts, pool, deliveries).run()
    clock.forward(seconds=1)
    late = drain_with(parts, pool, deliveries).run()

    assert early[State.DONE] + late[State.DONE] == 5
    assert late[State.DONE] >= 1
    assert set(deliveries.count.values()) == {1}


def test_the_result_of_a_worker_who_took_too_long_is_refused(
    parts: Parts,
    pool: ThreadPoolExecutor,
    scripts: Caller,
    taken: dict[str, Any],
    clock: SetClock,
    drain: DrainAll,
) -> None:
    """Somebody else has taken the message meanwhile, and says how it ended."""

    def take_long(message: Message, notes: Notes) -> State:
        clock.at += LEASE
        with ThreadPoolExecutor(8) as others:
            drain_with(parts, others, Deliveries()).run()
        raise DeliveryError("I was too slow.", permanent=True)

    with ThreadPoolExecutor(1) as one:
        tally = drain_with(parts, one, take_long).run()

    assert tally[State.DEAD] == 0
    for name in ("guest_page", "crew_invitations", "operator_summary"):
        assert step(scripts, taken["booking_id"], name)["state"] == "done"


def test_a_mail_server_that_is_away_does_not_hold_up_the_guest_page(
    parts: Parts, drain: DrainAll, scripts: Caller, taken: dict[str, Any]
) -> None:
    tally = drain(with_mailer(parts, FailingMailer(parts.ports.mailer, REFUSED)))

    assert tally == {State.DONE: 2, State.FAILED: 3}
    assert len(published(parts)) == 1
    assert len(summaries(parts)) == 1
    invitations = step(scripts, taken["booking_id"], "crew_invitations")
    assert (invitations["state"], invitations["attempts"]) == ("failed", 1)
    assert invitations["last_error"] == "The mail server does not answer."
    assert invitations["next_try"]


def test_what_failed_is_tried_again_later_and_then_sent_once(
    parts: Parts,
    drain: DrainAll,
    scripts: Caller,
    taken: dict[str, Any],
    clock: SetClock,
) -> None:
    mailer = FailingMailer(parts.ports.mailer, REFUSED, tries=3)
    drain(with_mailer(parts, mailer))
    at_once = drain(with_mailer(parts, mailer))

    clock.forward(seconds=15)
    later = drain(with_mailer(parts, mailer))

    assert at_once == {}
    assert later == {State.DONE: 3}
    assert len(mails(parts)) == 3
    assert step(scripts, taken["booking_id"], "crew_invitations")["state"] == "done"


def test_pauses_grow_and_after_eight_tries_it_is_given_up(
    parts: Parts,
    drain: DrainAll,
    scripts: Caller,
    taken: dict[str, Any],
    clock: SetClock,
) -> None:
    mailer = FailingMailer(parts.ports.mailer, REFUSED)
    waits, tallies = [], []
    for _ in range(TRIES):
        tallies.append(drain(with_mailer(parts, mailer)))
        due = [one.due_at for one in messages(parts) if one.due_at]
        if due:
            waits.append(max(due) - clock.at)
            clock.at = max(due)

    assert [tally[State.FAILED] for tally in tallies] == [3] * 7 + [0]
    assert tallies[-1][State.DEAD] == 3
    assert mailer.tried == 3 * TRIES
    assert waits[0] <= timedelta(seconds=15)
    assert timedelta(hours=1) < sum(waits, timedelta()) < timedelta(hours=12)
    clock.forward(days=30)
    assert drain(with_mailer(parts, mailer)) == {}
    invitations = step(scripts, taken["booking_id"], "crew_invitations")
    assert (invitations["state"], invitations["attempts"]) == ("dead", TRIES)


def test_what_can_never_be_sent_is_given_up_at_once(
    parts: Parts, drain: DrainAll, scripts: Caller, taken: dict[str, Any]
) -> None:
    mailer = FailingMailer(parts.ports.mailer, REFUSED_FOR_GOOD)

    tally = drain(with_mailer(parts, mailer))

    assert tally == {State.DONE: 2, State.DEAD: 3}
    assert step(scripts, taken["booking_id"], "crew_invitations")["state"] == "dead"


def test_the_other_side_may_ask_for_a_longer_pause(
    parts: Parts, drain: DrainAll, taken: dict[str, Any], clock: SetClock
) -> None:
    asked = DeliveryError("Too many.", retry_after=3600)

    drain(with_mailer(parts, FailingMailer(parts.ports.mailer, asked)))

    due = [one.due_at for one in messages(parts)]
    assert min(one for one in due if one) == clock.at + timedelta(hours=1)


def test_a_fault_of_ours_loses_no_message(
    parts: Parts,
    drain: DrainAll,
    scripts: Caller,
    taken: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = FailingMailer(parts.ports.mailer, ZeroDivisionError("by us"))

    tally = drain(with_mailer(parts, broken))

    assert tally == {State.DONE: 2, State.FAILED: 3}
    error = step(scripts, taken["booking_id"], "crew_invitations")["last_error"]
    assert error == "ZeroDivisionError: by us"
    assert "Traceback" in caplog.text


def test_what_was_given_up_is_seen_and_sent_again_from_the_page(
    parts: Parts, drain: DrainAll, office: Caller, taken: dict[str, Any]
) -> None:
    drain(with_mailer(parts, FailingMailer(parts.ports.mailer, REFUSED_FOR_GOOD)))
    page = office.get("/dispatch/outbox")
    assert page.text.count("This address does not exist.") == 3
    assert "3 messages could not be sent" in office.get("/dispatch").text

    dead = [one for one in messages(parts) if one.state is State.DEAD]
    for message in dead:
        again = office.call(
            "POST",
            f"/dispatch/outbox/{message.subject}/{message.message_id}/replay",
            data={"csrf_token": form_token(page)},
        )
        assert again.status_code == 303
    tally = drain()

    assert tally == {State.DONE: 3}
    assert len(mails(parts)) == 3
    assert "could not be sent" not in office.get("/dispatch").text
    assert messages(parts) == []


def test_every_button_of_the_outbox_leads_somewhere(
    parts: Parts, drain: DrainAll, office: Caller, taken: dict[str, Any]
) -> None:
    drain(with_mailer(parts, FailingMailer(parts.ports.mailer, REFUSED_FOR_GOOD)))
    page = office.get("/dispatch/outbox")
    actions = [
        part.partition('"')[0] for part in page.text.split('action="/dispatch')[1:]
    ]
    replays = [f"/dispatch{action}" for action in actions if "replay" in action]

    statuses = [
        office.call("POST", url, data={"csrf_token": form_token(page)}).status_code
        for url in replays
    ]

    assert statuses == [303] * 3


def test_a_step_is_sent_again_through_the_api(
    parts: Parts, drain: DrainAll, scripts: Caller, taken: dict[str, Any]
) -> None:
    drain(with_mailer(parts, FailingMailer(parts.ports.mailer, REFUSED_FOR_GOOD)))

    answer = scripts.post(
        f"/api/bookings/{taken['booking_id']}/steps/crew_invitations/retry"
    )
    tally = drain()

    assert answer.status_code == 200
    assert {one["name"]: one["state"] for one in answer.json["steps"]}[
        "crew_invitations"
    ] == "pending"
    assert tally == {State.DONE: 3}
    assert len(mails(parts)) == 3


def test_a_step_that_is_done_can_be_wanted_once_more(
    parts: Parts,
    drain: DrainAll,
    scripts: Caller,
    taken: dict[str, Any],
    clock: SetClock,
) -> None:
    """Somebody has lost the mail; staff send it once more, and it does arrive."""
    drain()
    clock.forward(hours=1)
    url = f"/api/bookings/{taken['booking_id']}/steps/crew_invitations/retry"

    scripts.post(url)
    scripts.post(url)
    drain()

    assert len(mails(parts)) == 6


def test_a_step_that_is_under_way_is_left_alone(
    parts: Parts, pool: ThreadPoolExecutor, scripts: Caller, taken: dict[str, Any]
) -> None:
    statuses = []

    def deliver(message: Message, notes: Notes) -> State:
        url = f"/api/bookings/{taken['booking_id']}/steps/{message.step}/retry"
        statuses.append(scripts.post(url).status_code)
        return State.DONE

    drain_with(parts, pool, deliver).run()

    assert set(statuses) == {409}


def test_an_outbox_message_that_is_not_there_is_404(
    office: Caller, taken: dict[str, Any]
) -> None:
    for url in ("/dispatch/outbox/EV_x/y/replay", "/dispatch/outbox/a%23/b:c/replay"):
        assert office.post(url).status_code == 404


def test_an_invitation_to_what_is_cancelled_is_not_sent(
    parts: Parts, drain: DrainAll, scripts: Caller, taken: dict[str, Any]
) -> None:
    """The booking came and went before anybody was told of it."""
    scripts.post(f"/api/bookings/{taken['booking_id']}/cancel", {})

    tally = drain()

    assert tally[State.SKIPPED] == 3
    assert all("ancelled" in str(mail["subject"]) for mail in mails(parts))


def test_a_late_page_does_not_replace_a_newer_one(
    parts: Parts,
    drain: DrainAll,
    pool: ThreadPoolExecutor,
    scripts: Caller,
    taken: dict[str, Any],
) -> None:
    scripts.post("/api/bookings", booking(start_time="12:00"))

    drain()

    (page,) = published(parts)
    assert "12:00 PM" in page.read_text()
    assert "4:30 PM" not in page.read_text()


def test_the_worker_goes_on_after_any_fault(
    parts: Parts, taken: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """A store that breaks in a way nobody foresaw must not silence the outbox."""
    store = HiccupStore(parts.ports.store, RuntimeError("nobody foresaw this"))
    arrived = threading.Event()

    worker = Worker()
    worker.bell.ring()
    thread = worker.begin(
        parts.office, replace(parts.ports, store=store, summary=Telling(arrived))
    )

    assert arrived.wait(PATIENCE)
    worker.stop()
    thread.join(PATIENCE)
    assert "nobody foresaw this" in caplog.text


def test_a_worker_that_is_woken_sends_at_once(
    parts: Parts, taken: dict[str, Any]
) -> None:
    arrived = threading.Event()

    worker = Worker()
    summary = Telling(arrived)
    thread = worker.begin(parts.office, replace(parts.ports, summary=summary))

    assert arrived.wait(PATIENCE)
    worker.stop()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_worker_ends_without_a_word_when_python_ends(
    parts: Parts, taken: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    words = "cannot schedule new futures after interpreter shutdown"
    store = HiccupStore(parts.ports.store, RuntimeError(words))

    thread = Worker().begin(parts.office, replace(parts.ports, store=store))

    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert caplog.text == ""


def test_promises_that_never_pause_do_not_hold_the_outbox_up(
    parts: Parts, taken: dict[str, Any]
) -> None:
    arrived = threading.Event()
    worker = Worker(patience=0.05)

    def promise() -> None:
        while not arrived.wait(0.001):
            worker.bell.ring()

    busy = threading.Thread(target=promise, daemon=True)
    busy.start()
    summary = Telling(arrived)
    thread = worker.begin(parts.office, replace(parts.ports, summary=summary))

    assert arrived.wait(PATIENCE)
    worker.stop()
    thread.join(PATIENCE)
    busy.join(PATIENCE)


def test_drain_says_how_many_ended_how_and_fails_when_one_was_given_up(
    app: Any, parts: Parts, taken: dict[str, Any]
) -> None:
    shell = app.test_cli_runner()

    first = shell.invoke(args=["drain"])
    again = shell.invoke(args=["drain"])

    assert first.exit_code == 0
    assert first.output.split() == [
        "done", "5", "skipped", "0", "failed", "0", "dead", "0",
    ]  # fmt: skip
    assert (again.exit_code, set(again.output.split()) & set("123456789")) == (0, set())


def test_drain_fails_when_a_message_was_given_up(
    app: Any, parts: Parts, taken: dict[str, Any]
) -> None:
    mailer = FailingMailer(parts.ports.mailer, REFUSED_FOR_GOOD)
    app.extensions["jada"] = with_mailer(parts, mailer)

    answer = app.test_cli_runner().invoke(args=["drain"])

    assert answer.exit_code == 1
    assert "dead        3" in answer.output


def test_drain_does_not_fail_for_what_is_tried_again(
    app: Any, parts: Parts, taken: dict[str, Any]
) -> None:
    mailer = FailingMailer(parts.ports.mailer, REFUSED)
    app.extensions["jada"] = with_mailer(parts, mailer)

    answer = app.test_cli_runner().invoke(args=["drain"])

    assert answer.exit_code == 0
    assert "failed      3" in answer.output


def test_what_is_due_is_found_beyond_the_first_page(
    parts: Parts, scripts: Caller, pool: ThreadPoolExecutor
) -> None:
    for number in range(30):
        scripts.post("/api/bookings", booking(source_ref=f"BS-{number}"))
    deliveries = Deliveries()

    tally = drain_with(parts, pool, deliveries).run()

    assert tally == {State.DONE: 150}
    assert drain_of(parts, pool).next_due() is None
