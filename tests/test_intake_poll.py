"""Mails that are dropped into a folder, each taken once."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from jada_flask.adapters.local.inbox import FolderInbox
from jada_flask.arrivals import Verdict
from jada_flask.domain.errors import BusyError, DeliveryError, NotFoundError
from jada_flask.intake_poll import INTAKE, Poller, poll
from jada_flask.ports import Batch, InboxMail
from jada_flask.services import mail_intake, quarantine
from jada_flask.services.mail_intake import Standing
from jada_flask.tables import JOBS
from jada_flask.unit_of_work import Opening, UnitOfWork
from jada_flask.web.context import Parts
from tests.callers import stored
from tests.fakes import BrokenStore, SetClock
from tests.mails import approved, mail

QUARANTINED, CREATED = Verdict.QUARANTINED, Verdict.CREATED


class House:
    """An installation with a folder that mails are dropped into."""

    def __init__(self, parts: Parts, clock: SetClock) -> None:
        self.parts = parts
        self.clock = clock
        self.folder = parts.config.data_dir / "inbox"
        self.inbox = FolderInbox(self.folder)

    def begin(self) -> UnitOfWork:
        return UnitOfWork(self.parts.office)

    def drop(self, name: str, content: bytes, age: float = 60) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        path.write_bytes(content)
        os.utime(path, (time.time() - age,) * 2)
        return path

    def polls(self) -> Counter[Verdict]:
        return poll(self.begin, self.inbox, INTAKE, self.clock.now())

    @property
    def left(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*.*"))

    @property
    def taken(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("taken/*"))


@pytest.fixture
def house(parts: Parts, clock: SetClock) -> House:
    return House(parts, clock)


def test_a_mail_that_is_dropped_is_taken_once(house: House) -> None:
    house.drop("a.eml", mail("boatsetter-approved"))

    assert house.polls() == {CREATED: 1}
    assert house.polls() == {}
    assert (house.left, house.taken) == ([], ["a.eml"])


def test_mails_are_taken_in_the_order_in_which_they_came(house: House) -> None:
    house.drop("a.eml", mail("boatsetter-cancelled-by-renter"), age=100)
    house.drop("b.EML", mail("boatsetter-approved"), age=200)

    assert house.polls() == {CREATED: 1, Verdict.AMENDED: 1}


def test_what_is_no_mail_stays_where_it_is(house: House) -> None:
    for name in ("notes.txt", ".hidden.eml", "a.eml.part"):
        house.drop(name, b"x")

    assert house.polls() == {}
    assert len(house.left) == 3
    assert house.taken == []


def test_another_mail_of_the_same_name_is_another_mail(house: House) -> None:
    house.drop("a.eml", approved(1))
    house.polls()
    house.drop("a.eml", approved(2))
    again = house.drop("b.eml", approved(1))

    assert house.polls() == {CREATED: 1}
    assert len(house.taken) == 3
    assert not again.exists()


def test_a_file_that_is_still_being_written_is_not_read(house: House) -> None:
    """Half of a mail could be read as another price."""
    path = house.drop("a.eml", b"")
    whole = mail("boatsetter-approved")
    begun, done = Event(), Event()

    def copy() -> None:
        while not done.wait(0.01):
            path.write_bytes(whole[:300])
            begun.set()
        path.write_bytes(whole)

    copying = Thread(target=copy)
    copying.start()
    begun.wait(5)

    tally = house.polls()
    done.set()
    copying.join()

    assert tally == {}
    os.utime(path, (time.time() - 60,) * 2)
    assert house.polls() == {CREATED: 1}


def test_a_folder_that_is_no_folder_is_said_to_be_so(house: House) -> None:
    house.folder.parent.mkdir(parents=True, exist_ok=True)
    house.folder.write_text("in the way")

    with pytest.raises(DeliveryError, match="inbox folder cannot be read"):
        house.polls()


def test_a_mail_that_is_too_long_is_named_to_a_person(house: House) -> None:
    house.drop("long.eml", b"From: a@b.c\n\n" + b"x" * 2_200_000)

    assert house.polls() == {QUARANTINED: 1}
    (kept,) = quarantine.waiting(house.begin()).values
    assert "over 2 MB" in kept.reason
    assert quarantine.original(house.begin(), kept.arrival_id).startswith("long.eml")
    assert house.taken == ["long.eml"]


def test_a_folder_knows_only_what_it_has_shown(house: House) -> None:
    with pytest.raises(NotFoundError):
        house.inbox.read("no such mail")
    house.inbox.done("no such mail")


# What is remembered


def test_what_was_dealt_with_is_remembered_for_over_a_year(house: House) -> None:
    house.drop("a.eml", mail("boatsetter-approved"))
    house.polls()

    (item,) = [
        i
        for i in stored(house.parts)["Jobs"]
        if i["pk"].startswith("INTAKE#f") and "expires" in i
    ]
    kept_for = timedelta(seconds=item["expires"] - house.clock.now().timestamp())
    assert kept_for == timedelta(days=400)


def test_a_mail_that_cannot_be_moved_is_not_taken_twice(house: House) -> None:
    house.drop("a.eml", mail("boatsetter-approved"))
    (house.folder / "taken").write_text("in the way")
    for _ in range(2):
        with pytest.raises(DeliveryError, match="cannot be moved"):
            house.polls()

    (house.folder / "taken").unlink()

    assert house.polls() == {}
    assert house.taken == ["a.eml"]


def test_fifty_mails_are_taken_at_once_and_then_the_others(house: House) -> None:
    for number in range(52):
        house.drop(f"{number:02}.eml", b"From: x@y.z\n\n%d" % number, age=90 - number)

    assert house.polls() == {QUARANTINED: 50}
    assert house.left == ["50.eml", "51.eml"]
    assert house.polls() == {QUARANTINED: 2}


def test_two_who_look_at_once_take_each_mail_once(house: House) -> None:
    for number in range(4):
        house.drop(f"{number}.eml", approved(number), age=90 - number)
    tallies: list[Counter[Verdict]] = []
    start = Barrier(2)

    def look() -> None:
        inbox = FolderInbox(house.folder)
        start.wait(5)
        tallies.append(poll(house.begin, inbox, INTAKE, house.clock.now()))

    threads = [Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum((tally[CREATED] for tally in tallies), 0) == 4
    assert set().union(*tallies) <= {CREATED, Verdict.UNCHANGED}
    assert len(house.taken) == 4


# How an inbox stands


class Moody:
    """An inbox that answers with what it was given, or fails."""

    name, checked_by = "moody", ""

    def __init__(self, *answers: Batch | DeliveryError) -> None:
        self._answers = iter(answers)
        self.asked: list[str] = []

    def new_mails(self, cursor: str) -> Batch:
        self.asked.append(cursor)
        answer = next(self._answers)
        if isinstance(answer, DeliveryError):
            raise answer
        return answer

    def read(self, mail_id: str) -> bytes:
        if mail_id == "gone":
            raise NotFoundError("Gone.")
        return mail_id.encode()

    def done(self, mail_id: str) -> None:
        """Nothing."""

    def health(self) -> str:
        return "Awake."


def look(house: House, inbox: Moody) -> Counter[Verdict]:
    return poll(house.begin, inbox, INTAKE, house.clock.now())


def test_the_cursor_moves_and_the_answer_is_noted(house: House) -> None:
    inbox = Moody(Batch((), "one"), Batch((), "two"))

    look(house, inbox)
    at = house.clock.forward(minutes=1)
    look(house, inbox)

    assert inbox.asked == ["", "one"]
    assert mail_intake.standing(house.begin(), "moody") == Standing("two", at)


def test_a_mail_that_is_gone_may_come_back(house: House) -> None:
    inbox = Moody(Batch((InboxMail("gone", "gone"),), "one"))

    assert look(house, inbox) == {}
    assert not mail_intake.is_taken(house.begin(), "moody", "gone")
    assert mail_intake.standing(house.begin(), "moody").cursor == "one"


def test_the_cursor_waits_until_all_before_it_are_taken(house: House) -> None:
    mails = tuple(InboxMail(f"m{number}", "") for number in range(51))
    inbox = Moody(*[Batch(mails, "one")] * 2)

    assert look(house, inbox) == {QUARANTINED: 50}
    assert mail_intake.standing(house.begin(), "moody").cursor == ""

    assert look(house, inbox) == {QUARANTINED: 1}
    assert mail_intake.standing(house.begin(), "moody").cursor == "one"


def test_an_inbox_that_wants_to_be_left_alone_is(house: House) -> None:
    inbox = Moody(
        DeliveryError("Too many questions.", retry_after=90.0), Batch((), "one")
    )
    with pytest.raises(DeliveryError, match=r"Too many questions\.$"):
        look(house, inbox)

    house.clock.forward(seconds=89)
    with pytest.raises(DeliveryError, match="asked us to wait until May 01, 19:01 UTC"):
        look(house, inbox)

    assert inbox.asked == [""]
    house.clock.forward(seconds=1)
    assert look(house, inbox) == {}
    assert not mail_intake.standing(house.begin(), "moody").trouble


def test_nobody_is_waited_for_longer_than_a_day(house: House) -> None:
    inbox = Moody(DeliveryError("No.", retry_after=999_999_999.0), Batch((), "one"))
    with pytest.raises(DeliveryError):
        look(house, inbox)

    house.clock.forward(days=1)

    assert look(house, inbox) == {}


def test_a_trouble_is_kept_with_the_last_good_answer(house: House) -> None:
    good = house.clock.now()
    inbox = Moody(Batch((), "one"), DeliveryError("No mailbox.", permanent=True))
    look(house, inbox)
    at = house.clock.forward(minutes=1)
    with pytest.raises(DeliveryError):
        look(house, inbox)

    standing = mail_intake.standing(house.begin(), "moody")

    assert standing == Standing("one", good, "No mailbox.", at)
    assert not standing.waits(at)


def test_a_cursor_that_somebody_else_moved_stays_moved(house: House) -> None:
    mail_intake.advance(house.begin(), "moody", "", "one")
    mail_intake.advance(house.begin(), "moody", "", "late")
    mail_intake.advance(house.begin(), "moody", "one", "two")
    mail_intake.advance(house.begin(), "moody", "one", "late")

    assert mail_intake.standing(house.begin(), "moody").cursor == "two"


# Every minute


@pytest.fixture
def poller() -> Iterator[Poller]:
    poller = Poller()
    yield poller
    poller.stop()


def test_the_poller_looks_at_once(house: House, poller: Poller) -> None:
    house.drop("a.eml", mail("boatsetter-approved"))

    thread = poller.begin(house.parts.office, house.inbox, house.clock)
    while not house.taken:
        assert thread.is_alive()
    poller.stop()
    thread.join(5)

    assert not thread.is_alive()


def test_the_poller_says_a_trouble_once_and_goes_on(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Moody(*[DeliveryError("No mailbox.")] * 2, Batch((), "one"))
    poller = Poller()

    for _ in range(3):
        poller.look(house.parts.office, inbox, house.clock)

    assert [record.message for record in caplog.records] == [
        "the inbox could not be read: No mailbox."
    ]
    assert mail_intake.standing(house.begin(), "moody").cursor == "one"


def test_the_poller_outlives_what_nobody_thought_of(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    poller, inbox = Poller(), Moody()

    poller.look(house.parts.office, inbox, house.clock)

    assert "looking into the inbox failed" in caplog.text


def test_the_poller_outlives_a_busy_store(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    store = BrokenStore(house.parts.ports.store, BusyError("The store is busy."))
    office = replace(house.parts.office, store=store)

    Poller().look(office, Moody(), house.clock)

    assert isinstance(office, Opening)
    assert "The store is busy." in caplog.text
    assert house.parts.ports.store.get(JOBS, "INTAKE#moody", "#") is None
