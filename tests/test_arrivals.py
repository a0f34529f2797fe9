"""What mails may do to bookings, by a person's hand and by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from jada_flask.arrivals import Arrival, Desk, Verdict
from jada_flask.domain.audit import Actor
from jada_flask.domain.booking import Booking, Status
from jada_flask.domain.errors import BusyError
from jada_flask.domain.ids import booking_id
from jada_flask.domain.money import Money
from jada_flask.records.money import BOOKING
from jada_flask.services import bookings, quarantine
from jada_flask.services.bookings import Taken
from jada_flask.unit_of_work import Opening, UnitOfWork
from jada_flask.web.context import Parts
from tests.fakes import Doom, DoomedStore
from tests.intake.builders import terms
from tests.mails import GOOGLE, SENT, mail

KEY = booking_id("boatsetter", "BS-1048213")
ANA = Actor("staff", "ana")
INTAKE = Actor("intake")
LATER = SENT + timedelta(hours=1)


class Office:
    """A desk that mails reach in one of two ways, and the staff beside it."""

    def __init__(self, parts: Parts, checked_by: str) -> None:
        self._parts = parts
        self._checked_by = checked_by

    def begin(self) -> UnitOfWork:
        return UnitOfWork(self._parts.office)

    def gets(self, content: bytes, at: datetime = LATER) -> Arrival:
        desk = Desk(self.begin, INTAKE, at, self._checked_by)
        return desk.receive_mail("mail.eml", content)

    def changes(self, at: datetime, **changes: object) -> Taken:
        changed = terms(**changes)
        return bookings.take_booking(self.begin(), changed, by=ANA, at=at)

    def cancels(self, at: datetime) -> Taken:
        return bookings.cancel_booking(self.begin(), KEY, by=ANA, at=at)

    @property
    def booking(self) -> Booking:
        return self.begin().need(BOOKING, KEY, otherwise="none")

    @property
    def kept(self) -> list[str]:
        return [one.reason for one in quarantine.waiting(self.begin()).values]


@pytest.fixture
def by_hand(parts: Parts) -> Office:
    return Office(parts, "")


@pytest.fixture
def gmail(parts: Parts) -> Office:
    return Office(parts, GOOGLE)


# A cancelled booking stays cancelled, unless it is approved anew


@pytest.mark.parametrize("how", ["by_hand", "gmail"])
def test_a_later_approval_brings_a_cancelled_booking_back(
    how: str, request: pytest.FixtureRequest
) -> None:
    office: Office = request.getfixturevalue(how)
    office.gets(mail("boatsetter-approved"))
    office.gets(mail("boatsetter-cancelled-by-renter", at=LATER))
    again = mail("boatsetter-approved", at=LATER + timedelta(minutes=1))

    arrival = office.gets(again, LATER + timedelta(minutes=2))

    assert arrival.verdict is Verdict.AMENDED
    assert office.booking.terms.status is Status.APPROVED


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("boatsetter-approved", SENT),
        ("boatsetter-approved", LATER),
        ("boatsetter-approved", LATER + timedelta(days=9)),
        ("boatsetter-time-change", LATER + timedelta(minutes=1)),
        ("boatsetter-request", LATER + timedelta(minutes=1)),
    ],
    ids=["older", "of that moment", "of next week", "a change", "a request"],
)
def test_nothing_else_brings_it_back(
    by_hand: Office, name: str, sent: datetime
) -> None:
    by_hand.gets(mail("boatsetter-approved"))
    by_hand.cancels(LATER)

    arrival = by_hand.gets(mail(name, at=sent), LATER + timedelta(minutes=2))

    assert arrival.verdict is Verdict.QUARANTINED
    assert "was cancelled here on May 4; only an approval" in arrival.reason
    assert by_hand.kept == [arrival.reason]
    assert by_hand.booking.cancelled


def test_an_approval_without_a_date_brings_nothing_back(by_hand: Office) -> None:
    undated = mail("boatsetter-approved", ("Date: Mon", "X-Date: Mon"))
    by_hand.gets(undated)
    by_hand.cancels(LATER)

    assert by_hand.gets(undated, LATER).verdict is Verdict.QUARANTINED
    assert by_hand.booking.cancelled


def test_files_from_the_shell_keep_to_it_too(parts: Parts, by_hand: Office) -> None:
    by_hand.gets(mail("boatsetter-approved"))
    by_hand.cancels(LATER)
    desk = Desk(by_hand.begin, Actor("shell"), LATER)

    (arrival,) = desk.receive("a.eml", mail("boatsetter-approved"))

    assert arrival.verdict is Verdict.QUARANTINED
    assert by_hand.booking.cancelled


# Mails that come by themselves


@pytest.mark.parametrize("name", ["approved", "cancelled-by-renter", "request"])
@pytest.mark.parametrize("results", ["", f"{GOOGLE}; spf=pass; dmarc=none"])
def test_who_is_not_vouched_for_starts_and_ends_nothing(
    gmail: Office, name: str, results: str
) -> None:
    if name != "approved":
        gmail.changes(SENT)

    arrival = gmail.gets(mail(f"boatsetter-{name}", results=results))

    assert arrival.verdict is Verdict.QUARANTINED
    assert arrival.reason == f"{GOOGLE} does not vouch for its sender."
    assert (gmail.begin().get(BOOKING, KEY) is None) is (name == "approved")


def test_who_brings_a_mail_by_hand_vouches_for_it(by_hand: Office) -> None:
    arrival = by_hand.gets(mail("boatsetter-approved", results=""))

    assert arrival.verdict is Verdict.CREATED


def test_a_mail_undoes_nothing_that_staff_did_since(gmail: Office) -> None:
    gmail.gets(mail("boatsetter-approved"))
    gmail.changes(LATER, party_size=6)

    arrival = gmail.gets(mail("boatsetter-time-change", at=SENT), LATER)

    assert arrival.verdict is Verdict.QUARANTINED
    assert "has changed this booking since" in arrival.reason
    assert gmail.booking.terms.party_size == 6


def test_an_old_cancellation_does_not_end_what_staff_approved_since(
    gmail: Office,
) -> None:
    gmail.gets(mail("boatsetter-approved"))
    gmail.cancels(LATER)
    gmail.changes(LATER + timedelta(hours=1))

    arrival = gmail.gets(mail("boatsetter-cancelled-by-renter", at=LATER))

    assert arrival.verdict is Verdict.QUARANTINED
    assert not gmail.booking.cancelled


def test_a_mail_that_says_what_staff_typed_is_the_same_booking(gmail: Office) -> None:
    gmail.changes(LATER)

    assert gmail.gets(mail("boatsetter-approved")).verdict is Verdict.UNCHANGED


def test_a_newer_mail_changes_what_staff_entered(gmail: Office) -> None:
    gmail.changes(SENT - timedelta(days=1), gross_revenue=800, platform_fee="150.00")

    assert gmail.gets(mail("boatsetter-approved")).verdict is Verdict.AMENDED
    assert gmail.booking.terms.gross == Money(84_075)


def test_many_mails_of_one_booking_at_once_follow_each_other(gmail: Office) -> None:
    for name in ("request", "approved", "time-change", "guest-change"):
        gmail.gets(mail(f"boatsetter-{name}", at=SENT), LATER)

    assert gmail.booking.revision == 4
    assert gmail.booking.terms.party_size == 6
    assert gmail.kept == []


def test_a_charter_that_is_over_starts_no_work(gmail: Office, by_hand: Office) -> None:
    june = datetime(2026, 6, 1, tzinfo=SENT.tzinfo)

    arrival = gmail.gets(mail("boatsetter-approved"), june)

    assert arrival.verdict is Verdict.QUARANTINED
    assert arrival.reason == "The charter it tells of is over."
    by_a_person = by_hand.gets(mail("boatsetter-approved"), june)
    assert by_a_person.verdict is Verdict.CREATED


@pytest.mark.parametrize("name", ["inquiry", "inquiry-masked"])
def test_a_guests_message_about_a_known_booking_is_passed_over(
    gmail: Office, name: str
) -> None:
    gmail.gets(mail("boatsetter-approved"))

    arrival = gmail.gets(mail(f"boatsetter-{name}"))

    assert arrival.verdict is Verdict.UNCHANGED
    assert "guest's message" in arrival.reason
    assert gmail.kept == []


def test_somebodys_answer_is_passed_over_and_a_forwarded_mail_is_not(
    gmail: Office,
) -> None:
    answer = b"From: Avery <avery@example.com>\nIn-Reply-To: <a@b>\nSubject: Re: Trip\n"

    assert gmail.gets(answer + b"\nThanks!").verdict is Verdict.UNCHANGED
    forwarded = answer.replace(b"Re:", b"Fwd:")
    assert gmail.gets(forwarded + b"\nLook!").verdict is Verdict.QUARANTINED


# What cannot be taken is kept


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 300_000, b"\xff" * 300_000, b"From: a@b.c\n\n" + b'"\n' * 1_500_000],
    ids=["empty", "nothing but zeros", "no text", "longer than any"],
)
def test_what_is_no_mail_is_kept_for_a_person(gmail: Office, content: bytes) -> None:
    assert gmail.gets(content).verdict is Verdict.QUARANTINED
    assert len(gmail.kept) == 1


def test_what_contradicts_what_is_known_is_kept_for_a_person(by_hand: Office) -> None:
    by_hand.gets(mail("boatsetter-approved"))

    arrival = by_hand.gets(mail("boatsetter-request"))

    assert arrival.verdict is Verdict.QUARANTINED
    assert "cannot become an open request again" in arrival.reason


def test_a_busy_store_is_no_fault_of_the_mail(parts: Parts) -> None:
    troubles = [BusyError("The store is busy.")]

    def be_busy() -> None:
        if troubles:
            raise troubles.pop()

    store = DoomedStore(parts.ports.store, Doom(1, end=be_busy))
    opening = Opening(store, parts.office.links, parts.office.home)
    desk = Desk(lambda: UnitOfWork(opening), INTAKE, LATER)

    with pytest.raises(BusyError):
        desk.receive_mail("mail.eml", mail("boatsetter-approved"))
