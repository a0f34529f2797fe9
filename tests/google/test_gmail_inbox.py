"""Booking mails from Gmail, by the real client library, each taken once."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest

from jada_flask.adapters.google.account import READING, Account
from jada_flask.adapters.google.gmail_inbox import GmailInbox
from jada_flask.adapters.local.sqlite import SqliteStore
from jada_flask.arrivals import Verdict
from jada_flask.domain.errors import DeliveryError, NotFoundError
from jada_flask.intake_poll import INTAKE, poll
from jada_flask.links import Links
from jada_flask.ports import Store
from jada_flask.records.operations import EVENT
from jada_flask.services import mail_intake, outbox, quarantine
from jada_flask.tables import FINANCE, JOBS
from jada_flask.unit_of_work import Opening, UnitOfWork
from tests.fakes import Crash, Doom, DoomedStore, SetClock
from tests.google.fake_google import EMAIL, MAILBOX, CutError, FakeGoogle, Fault
from tests.google.fake_mailbox import LABEL, LABEL_ID
from tests.mails import approved, mail

CREATED, QUARANTINED = Verdict.CREATED, Verdict.QUARANTINED
AT = datetime(2026, 5, 5, 12, tzinfo=UTC)
LINKS = Links("http://a", "http://b", "of the tests, and long enough: 0123456789")


class Office:
    """A store, and an inbox that looks into the fake Google's mailbox."""

    def __init__(
        self,
        google: FakeGoogle,
        folder: Path,
        *,
        label: str = LABEL,
        timeout: float = 5.0,
    ) -> None:
        self.google = google
        self.clock = SetClock(AT)
        self.store = SqliteStore(folder / "jada.sqlite3")
        account = Account(EMAIL, MAILBOX, google.info(), READING)
        self.inbox = GmailInbox(
            account,
            label,
            clock=self.clock,
            timeout=timeout,
            api_endpoint=google.url,
        )

    def work(self, store: Store | None = None) -> UnitOfWork:
        return UnitOfWork(Opening(store or self.store, LINKS, JOBS))

    def polls(self, store: Store | None = None) -> Counter[Verdict]:
        begin: Callable[[], UnitOfWork] = lambda: self.work(store)  # noqa: E731
        return poll(begin, self.inbox, INTAKE, self.clock.now())

    def failure(self) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            self.polls()
        return caught.value

    @property
    def outcome(self) -> tuple[int, int, int, int]:
        """How many bookings, events, messages and arrivals in quarantine there are."""
        finance = [item["pk"] for item in self.store.everything(FINANCE)]
        bookings = [pk for pk in finance if pk.startswith("BOOKING#")]
        events = [
            item
            for item in self.store.everything(EVENT.table)
            if item["pk"].startswith("EVENT#") and item["sk"] == "#"
        ]
        waiting = outbox.waiting(self.work(), limit=100)
        kept = quarantine.waiting(self.work()).values
        return len(bookings), len(events), len(waiting), len(kept)

    @property
    def trouble(self) -> str:
        return mail_intake.standing(self.work(), self.inbox.name).trouble


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    with FakeGoogle() as google:
        yield google


@pytest.fixture
def office(google: FakeGoogle, tmp_path: Path) -> Iterator[Office]:
    office = Office(google, tmp_path)
    yield office
    office.store.close()


def warm_up(office: Office) -> None:
    """Have a token, and history to go on from."""
    office.polls()
    office.google.calls.clear()


# What is taken


def test_a_mail_of_the_label_is_taken_once(office: Office) -> None:
    warm_up(office)
    office.google.mailbox.arrive(mail("boatsetter-approved"))

    assert office.polls() == {CREATED: 1}
    assert office.polls() == {}
    assert office.outcome[:2] == (1, 1)


def test_a_look_at_nothing_new_asks_two_things(office: Office) -> None:
    warm_up(office)

    office.polls()

    assert office.google.calls == {"labels": 1, "history": 1}


def test_the_first_look_takes_what_came_lately_oldest_first(office: Office) -> None:
    mailbox, now = office.google.mailbox, int(AT.timestamp())
    mailbox.arrive(approved(1), at=now - 15 * 86_400)
    mailbox.arrive(mail("boatsetter-approved"), at=now - 13 * 86_400)
    mailbox.arrive(mail("boatsetter-cancelled-by-renter"), at=now - 60)

    assert office.polls() == {CREATED: 1, Verdict.AMENDED: 1}
    assert office.polls() == {}


def test_other_labels_are_none_of_our_business(office: Office) -> None:
    warm_up(office)
    office.google.mailbox.arrive(mail("boatsetter-approved"), "Label_3")

    assert office.polls() == {}
    assert office.google.calls["message"] == 0


@pytest.mark.parametrize("system", ["SPAM", "TRASH", "SENT", "DRAFT"])
def test_what_was_not_received_is_not_taken(office: Office, system: str) -> None:
    warm_up(office)
    mailbox = office.google.mailbox
    mail_id = mailbox.arrive(mail("boatsetter-approved"), LABEL_ID, system)

    assert office.polls() == {}
    mailbox.unlabel(mail_id, system)
    assert office.polls() == {CREATED: 1}


def test_a_mail_that_loses_its_label_meanwhile_is_passed_over(office: Office) -> None:
    warm_up(office)
    mail_id = office.google.mailbox.arrive(mail("boatsetter-approved"))

    def unlabel(step: str) -> None:
        if step == "before message":
            office.google.mailbox.unlabel(mail_id)

    office.google.reach = unlabel

    assert office.polls() == {}
    assert office.google.calls["message"] == 1


def test_a_mail_that_a_person_labels_later_is_taken(office: Office) -> None:
    mail_id = office.google.mailbox.arrive(mail("boatsetter-approved"), "Label_3")
    warm_up(office)

    office.google.mailbox.label(mail_id)

    assert office.polls() == {CREATED: 1}


def test_a_mail_that_was_deleted_meanwhile_is_passed_over(office: Office) -> None:
    warm_up(office)
    office.google.mailbox.arrive(mail("boatsetter-approved"))
    office.google.fail("message", Fault(status=404, reason="notFound"))

    assert office.polls() == {}
    with pytest.raises(NotFoundError):
        office.inbox.read("no-such-mail")


@pytest.mark.parametrize("most", [1, 2, 3])
def test_many_pages_are_read_to_the_end(office: Office, most: int) -> None:
    office.google.mailbox.most = most
    for number in range(2):
        office.google.mailbox.arrive(approved(number))
    assert office.polls() == {CREATED: 2}

    for number in range(2, 7):
        office.google.mailbox.arrive(approved(number))

    assert office.polls() == {CREATED: 5}
    assert office.polls() == {}


def test_what_arrives_between_two_pages_is_not_missed(office: Office) -> None:
    warm_up(office)
    google, mailbox = office.google, office.google.mailbox
    mailbox.most = 1
    mailbox.arrive(approved(1))
    mailbox.arrive(approved(2))
    seen: list[str] = []

    def arrive(step: str) -> None:
        if step == "before history" and seen.count(step) == 1:
            mailbox.arrive(approved(3))
        seen.append(step)

    google.reach = arrive

    tally = office.polls() + office.polls()

    assert tally[CREATED] == 3


def test_history_that_was_forgotten_is_made_up_for_by_the_list(office: Office) -> None:
    """However long nobody has looked: from a day before the last look on."""
    mailbox = office.google.mailbox
    office.polls()
    looked_at = office.clock.now()
    mailbox.arrive(approved(8), at=int((looked_at + timedelta(hours=1)).timestamp()))
    mailbox.arrive(approved(9), at=int((looked_at + timedelta(days=20)).timestamp()))
    mailbox.forget_history()
    office.clock.forward(days=21)

    assert office.polls() == {CREATED: 2}
    office.google.calls.clear()
    assert office.polls() == {}
    assert office.google.calls == {"labels": 1, "history": 1}


def test_too_much_history_is_not_followed(office: Office) -> None:
    warm_up(office)
    mailbox = office.google.mailbox
    mailbox.arrive(approved(1))
    mailbox.most = 1
    mail_id = mailbox.arrive(approved(2))
    for _ in range(20):
        mailbox.label(mail_id)

    assert office.polls() == {CREATED: 2}
    assert office.google.calls["messages"] == 2


def test_more_mails_than_anybody_gets_are_refused(office: Office) -> None:
    office.google.mailbox.most = 1
    for number in range(21):
        office.google.mailbox.arrive(b"From: a@b.c\n\n%d" % number)

    assert "holds over 10,000 new mails" in str(office.failure())


def test_a_cursor_of_somebody_elses_making_is_none(office: Office) -> None:
    office.google.mailbox.arrive(mail("boatsetter-approved"))

    batch = office.inbox.new_mails("1@2@3")

    assert len(batch.mails) == 1
    assert office.google.calls["history"] == 0


# Who wrote it, and what it is


def test_a_forged_mail_does_nothing(office: Office) -> None:
    genuine = mail("boatsetter-approved", results="mx.google.com; dmarc=none")
    claim = b"Authentication-Results: mx.google.com; dmarc=pass\n"
    office.google.mailbox.arrive(genuine.replace(b"From: ", claim + b"From: ", 1))

    assert office.polls() == {QUARANTINED: 1}
    assert office.outcome == (0, 0, 0, 1)


def test_each_kind_of_mail_has_its_way(office: Office) -> None:
    for name in ("marketing", "payout", "unknown", "trigger"):
        office.google.mailbox.arrive(mail(f"boatsetter-{name}"))
    office.google.mailbox.arrive(
        b"Authentication-Results: mx.google.com; dmarc=pass\n"
        b"From: avery@example.com\nIn-Reply-To: <x@y>\nSubject: Re: Hi\n\nThanks!"
    )

    assert office.polls() == {Verdict.UNCHANGED: 3, QUARANTINED: 2}
    assert office.polls() == {}
    assert office.outcome == (0, 0, 0, 2)


def test_a_huge_mail_is_named_and_not_fetched(office: Office) -> None:
    huge = b"From: Boats <a@b.c>\nSubject: Our photos\n\n" + b"x" * 5_000_000
    mail_id = office.google.mailbox.arrive(huge)

    assert office.polls() == {QUARANTINED: 1}

    (kept,) = quarantine.waiting(office.work()).values
    assert kept.name == f"{mail_id}.eml"
    assert kept.reason == (
        "A mail of 5 MB is longer than any booking: “Our photos” from Boats <a@b.c>."
        f" Look at it in {MAILBOX}."
    )
    assert office.google.calls["message"] == 1


@pytest.mark.parametrize(
    "raw", [b"\n", b"\0\xff" * 9000, b"no mail at all", b"From: a@b.c\n" * 40_000]
)
def test_a_broken_mail_stops_no_other(office: Office, raw: bytes) -> None:
    office.google.mailbox.arrive(raw)
    office.google.mailbox.arrive(mail("boatsetter-approved"))

    assert office.polls() == {QUARANTINED: 1, CREATED: 1}


# Exactly once


def test_no_crash_and_no_lost_answer_doubles_or_loses_a_mail(
    google: FakeGoogle, tmp_path: Path
) -> None:
    """Every write of ours and every step of Google's is the last one once."""
    google.mailbox.arrive(mail("boatsetter-approved"))
    google.mailbox.arrive(mail("boatsetter-unknown"))
    clean = Office(google, tmp_path / "clean")
    clean.polls()
    wanted = clean.outcome
    clean.store.close()
    met: Counter[str] = Counter()

    def ends(kind: str, point: int) -> bool:
        """Whether there was such a point; what came of it is looked at."""
        office = Office(google, tmp_path / f"{kind}{point}")
        came = _meet(office, kind, point)
        for _ in range(2):
            office.polls()
        assert office.outcome == wanted, (kind, point)
        office.store.close()
        met[kind] += came
        return came

    for kind in ("write", "written", "before", "after"):
        for point in count(1):
            if not ends(kind, point):
                break

    assert wanted == (1, 1, 5, 1)
    assert met["write"] == met["written"] >= 6
    assert met["before"] == met["after"] >= 7


def _meet(office: Office, kind: str, point: int) -> bool:
    """Look once, and end at this point if there is such a one."""
    if kind in ("write", "written"):
        doom = Doom(point, after=kind == "written")
        with suppress(Crash):
            office.polls(DoomedStore(office.store, doom))
        return doom.came
    steps: list[str] = []

    def cut(step: str) -> None:
        if step.startswith(kind):
            steps.append(step)
        if len(steps) == point:
            steps.append("")
            raise CutError(step)

    office.google.reach = cut
    with suppress(DeliveryError):
        office.polls()
    office.google.reach = lambda _step: None
    return len(steps) > point


def test_two_who_look_at_once_take_a_mail_once(
    google: FakeGoogle, tmp_path: Path
) -> None:
    one, other = (Office(google, tmp_path) for _ in range(2))
    one.polls()
    google.mailbox.arrive(mail("boatsetter-approved"))
    google.mailbox.arrive(mail("boatsetter-unknown"))
    meeting = Barrier(2, timeout=5)
    met: list[str] = []

    def meet(step: str) -> None:
        if step == "after message" and len(met) < 2:
            met.append(step)
            meeting.wait()

    google.reach = meet

    with ThreadPoolExecutor(2) as pool:
        tallies = list(pool.map(lambda office: office.polls(), (one, other)))

    assert sum(tally[CREATED] for tally in tallies) == 1
    assert one.outcome == (1, 1, 5, 1)
    assert one.polls() == other.polls() == {}
    for office in (one, other):
        office.store.close()


def test_many_threads_read_many_mails(office: Office) -> None:
    """One library for all of them mixes no answers up."""
    raws = [b"From: a@b.c\n\n%d" % number for number in range(24)]
    ids = [office.google.mailbox.arrive(raw) for raw in raws]
    office.inbox.new_mails("")

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(office.inbox.read, ids)) == raws
    assert office.google.calls["token"] == 1


# How Google fails


@pytest.mark.parametrize("operation", ["labels", "history", "message"])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(drop=True),
        Fault(status=500),
        Fault(status=503, html=True),
        Fault(status=200, html=True),
        Fault(status=404, html=True),
        Fault(status=303, headers={"Location": "http://127.0.0.1:1/"}),
    ],
    ids=["drop", "500", "503 page", "200 page", "404 page", "303"],
)
def test_a_lost_answer_is_asked_for_at_the_next_look(
    office: Office, operation: str, fault: Fault
) -> None:
    warm_up(office)
    office.google.mailbox.arrive(mail("boatsetter-approved"))
    office.google.fail(operation, replace(fault, acts=True))

    error = office.failure()

    assert "answer was lost; the next look asks again" in str(error)
    assert not error.permanent
    assert office.google.calls[operation] == 1
    assert office.trouble == str(error)
    assert office.polls() == {CREATED: 1}
    assert office.trouble == ""


def test_who_does_not_answer_in_time_is_not_waited_for(
    google: FakeGoogle, tmp_path: Path
) -> None:
    office = Office(google, tmp_path, timeout=0.3)
    google.fail("labels", Fault(delay=9))

    assert "was lost" in str(office.failure())
    office.store.close()


def test_too_many_questions_are_not_asked_before_the_time(office: Office) -> None:
    warm_up(office)
    office.google.mailbox.arrive(mail("boatsetter-approved"))
    wait = {"Retry-After": "300"}
    fault = Fault(status=429, reason="rateLimitExceeded", headers=wait)
    office.google.fail("history", fault)
    assert office.failure().retry_after == 300

    office.clock.forward(seconds=299)
    assert "wait until May 05, 12:05 UTC" in str(office.failure())

    assert office.google.calls["history"] == 1
    office.clock.forward(seconds=1)
    assert office.polls() == {CREATED: 1}


@pytest.mark.parametrize(
    ("status", "reason", "permanent", "sentence"),
    [
        (400, "failedPrecondition", True, f"JADA_INTAKE_MAILBOX: {MAILBOX} has no"),
        (403, "rateLimitExceeded", False, "refused to show the mails"),
        (403, "insufficientPermissions", True, "gmail.readonly"),
        (403, "accessNotConfigured", True, "switched off"),
        (403, "domainPolicy", True, "Workspace administrator"),
    ],
)
def test_each_refusal_is_said_in_words(
    office: Office, status: int, reason: str, permanent: bool, sentence: str
) -> None:
    office.google.fail("labels", Fault(status=status, reason=reason))

    error = office.failure()

    assert error.permanent is permanent
    assert sentence in str(error)


def test_a_token_that_has_expired_is_renewed_unseen(office: Office) -> None:
    warm_up(office)
    office.google.tokens.clear()
    office.google.mailbox.arrive(mail("boatsetter-approved"))

    assert office.polls() == {CREATED: 1}


@pytest.mark.parametrize(
    ("operation", "content"),
    [
        ("labels", b"[]"),
        ("labels", b'{"labels": "none"}'),
        ("labels", b'{"labels": ["Label_7"]}'),
        ("history", b'{"history": [{"messagesAdded": [{}]}], "historyId": "9"}'),
        ("history", b'{"historyId": 9}'),
        ("message", b'{"labelIds": ["Label_7"]}'),
        ("message", b'{"labelIds": ["Label_7"], "raw": 7}'),
        ("message", b'{"labelIds": ["Label_7"], "raw": "QQ"}'),
    ],
)
def test_an_answer_of_another_shape_counts_as_lost(
    office: Office, operation: str, content: bytes
) -> None:
    warm_up(office)
    office.google.mailbox.arrive(mail("boatsetter-approved"))
    office.google.fail(operation, *[Fault(status=200, content=content)] * 2)

    assert "was lost" in str(office.failure())
    office.google.forgive()
    assert office.polls() == {CREATED: 1}


# Settings and `doctor`


def test_a_label_that_is_missing_is_named(google: FakeGoogle, tmp_path: Path) -> None:
    office = Office(google, tmp_path, label="Nowhere")

    error = office.failure()

    assert error.permanent
    assert str(error).startswith(
        f"JADA_INTAKE_LABEL: {MAILBOX} has no label 'Nowhere'; make it"
    )
    with pytest.raises(DeliveryError, match="JADA_INTAKE_LABEL"):
        office.inbox.health()
    office.store.close()


def test_a_label_that_was_made_anew_is_found_again(office: Office) -> None:
    warm_up(office)
    mailbox = office.google.mailbox
    del mailbox.labels[LABEL_ID]
    mailbox.labels["Label_9"] = LABEL
    mailbox.arrive(mail("boatsetter-approved"), "Label_9")

    assert office.polls() == {CREATED: 1}


def test_the_doctor_hears_that_the_inbox_is_awake(office: Office) -> None:
    assert office.inbox.health() == (
        f"The inbox is awake: booking mails are those that {MAILBOX} labels {LABEL!r}."
    )


def test_the_doctor_hears_what_the_administrator_has_to_do(office: Office) -> None:
    office.google.scopes = {"https://www.googleapis.com/auth/gmail.compose"}

    with pytest.raises(DeliveryError, match="Workspace administrator") as caught:
        office.inbox.health()

    assert "https://www.googleapis.com/auth/gmail.readonly" in str(caught.value)


def test_raw_mails_come_as_they_lie_there(office: Office) -> None:
    raw = bytes(range(256)) * 40
    mail_id = office.google.mailbox.arrive(raw)

    assert office.inbox.read(mail_id) == raw
    assert b"-" in urlsafe_b64encode(raw)
