from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jada_flask.domain.booking import CharterType, Status
from jada_flask.domain.errors import UnreadableError
from jada_flask.intake.mail import Action, Reading, read_mail
from jada_flask.intake.markets import MailKind
from tests.intake.builders import OPERATIONS, terms

MAILS = Path(__file__).with_name("mails")
IN_MAY = datetime(2026, 5, 4, 16, tzinfo=UTC)


def mail(name: str) -> bytes:
    """A mail of the collection."""
    return (MAILS / f"{name}.eml").read_bytes()


def changed(old: str, new: str, name: str = "boatsetter-approved") -> Reading:
    """What a mail comes to with one passage changed, which must be there."""
    raw = mail(name)
    assert old.encode() in raw
    return read_mail(raw.replace(old.encode(), new.encode()), OPERATIONS, at=IN_MAY)


def read(name: str) -> Reading:
    return read_mail(mail(name), OPERATIONS, at=IN_MAY)


def test_the_approved_mail_is_the_sample_booking() -> None:
    assert read("boatsetter-approved").terms == terms()


@pytest.mark.parametrize(
    "name",
    ["approved-again", "approved-html", "approved-alternative"],
)
def test_the_same_booking_is_the_same_in_every_layout(name: str) -> None:
    assert read(f"boatsetter-{name}") == read("boatsetter-approved")


@pytest.mark.parametrize(
    ("name", "kind", "action"),
    [
        ("boatsetter-inquiry", MailKind.INQUIRY, Action.TAKE),
        ("boatsetter-inquiry-masked", MailKind.INQUIRY, Action.QUARANTINE),
        ("boatsetter-request", MailKind.REQUEST, Action.TAKE),
        ("boatsetter-approved", MailKind.APPROVED, Action.TAKE),
        ("boatsetter-time-change", MailKind.CHANGED, Action.TAKE),
        ("boatsetter-guest-change", MailKind.CHANGED, Action.TAKE),
        ("boatsetter-cancelled-by-renter", MailKind.CANCELLED, Action.CANCEL),
        ("boatsetter-cancelled-balance", MailKind.CANCELLED, Action.CANCEL),
        ("boatsetter-payout", MailKind.PAYOUT, Action.IGNORE),
        ("boatsetter-marketing", MailKind.MARKETING, Action.IGNORE),
        ("boatsetter-trigger", MailKind.APPROVED, Action.QUARANTINE),
        ("boatsetter-unknown", MailKind.UNKNOWN, Action.QUARANTINE),
        ("getmyboat-approved", MailKind.APPROVED, Action.TAKE),
    ],
)
def test_each_kind_of_mail_has_its_way(
    name: str, kind: MailKind, action: Action
) -> None:
    reading = read(name)

    assert (reading.kind, reading.action) == (kind, action)
    assert bool(reading.terms) is (action is Action.TAKE)


@pytest.mark.parametrize(
    ("name", "status"),
    [("inquiry", Status.INQUIRY), ("request", Status.PENDING)],
)
def test_what_is_not_approved_yet_is_kept_with_its_status(
    name: str, status: Status
) -> None:
    email = "r-7f3k2@messages.boatsetter.com"
    guest = replace(terms().guest, email=email)

    assert read(f"boatsetter-{name}").terms == replace(
        terms(), status=status, guest=guest
    )


def test_a_time_change_differs_in_the_start_alone() -> None:
    later = read("boatsetter-time-change").terms

    assert later
    assert later.changed(terms()) == {"start"}
    assert later.start == datetime(2026, 5, 31, 0, 0, tzinfo=UTC)


def test_a_guest_change_differs_in_the_party_alone() -> None:
    larger = read("boatsetter-guest-change").terms

    assert larger
    assert larger.changed(terms()) == {"party_size"}


@pytest.mark.parametrize("name", ["cancelled-by-renter", "cancelled-balance"])
def test_a_cancellation_names_the_booking(name: str) -> None:
    reading = read(f"boatsetter-{name}")

    assert (reading.source, reading.source_ref) == ("boatsetter", "BS-1048213")
    assert "canceled" in reading.reason


def test_a_mail_that_only_calls_asks_for_the_itinerary() -> None:
    assert read("boatsetter-trigger").reason == (
        "It only says that there is news at Boatsetter. Please paste the itinerary."
    )


def test_what_is_missing_is_listed() -> None:
    assert read("boatsetter-inquiry-masked").reason == (
        "The mail does not say the guest's name, the guest's e-mail address, "
        "the rental price, the service fee, the owner's payout. "
        "Please paste the itinerary."
    )


def test_an_inquiry_for_a_time_that_has_passed_has_expired() -> None:
    raw = mail("boatsetter-inquiry")

    reading = read_mail(raw, OPERATIONS, at=datetime(2026, 6, 1, tzinfo=UTC))

    assert reading.action is Action.IGNORE
    assert "expired" in reading.reason


def test_an_approved_booking_is_taken_even_when_it_has_passed() -> None:
    raw = mail("boatsetter-approved")

    reading = read_mail(raw, OPERATIONS, at=datetime(2026, 6, 1, tzinfo=UTC))

    assert reading.action is Action.TAKE


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("other-domain", "not one plain address"),
        ("display-name", "not one plain address"),
        ("lookalike", "boatsetter.com.evil.example, which is no marketplace"),
        ("two-senders", "not exactly one sender"),
        ("dmarc-fail", "forged"),
        ("bcc-name", "not written in letters"),
        ("control-characters", "cannot be seen (U+0000)"),
        ("right-to-left", "no amount in US dollars"),
        ("second-payout", "the owner's payout twice, and differently"),
        ("other-reference", "not name just one booking"),
        ("euros", "no amount in US dollars"),
        ("does-not-add-up", "950.00 less 109.25 is 840.75, not 850.75"),
        ("both-approved-and-canceled", "fit no kind of mail"),
        ("skipped-hour", "does not exist"),
    ],
)
def test_a_hostile_mail_is_quarantined_with_the_reason(name: str, why: str) -> None:
    reading = read(f"hostile-{name}")

    assert reading.action is Action.QUARANTINE
    assert why in reading.reason
    assert reading.terms is None


@pytest.mark.parametrize(
    "domain",
    [
        "notboatsetter.com",
        "boatsetter.co",
        "boatsetter.com.example",
        "com",
        "x.getmyboat",
    ],
)
def test_a_domain_that_only_looks_alike_is_no_marketplace(domain: str) -> None:
    reading = changed("notifications@boatsetter.com", f"a@{domain}")

    assert reading.reason == f"It comes from {domain}, which is no marketplace we know."


@pytest.mark.parametrize("name", ["wrong-charset", "not-utf-8"])
def test_a_mail_that_cannot_be_decoded_is_refused(name: str) -> None:
    with pytest.raises(UnreadableError, match="encoding"):
        read(f"hostile-{name}")


def test_a_header_hidden_in_a_subject_is_no_header() -> None:
    reading = read("hostile-bcc-subject")

    assert reading.action is Action.TAKE
    assert reading.terms == terms()


@pytest.mark.parametrize(
    "subject",
    [
        "Booking BS-1048213 will be canceled unless you act",
        "Your booking BS-1048213 could be canceled",
        "Booking BS-1048213 was not approved",
        "Your booking is confirmed and was canceled",
    ],
)
def test_a_subject_that_does_not_say_plainly_what_happened_is_not_believed(
    subject: str,
) -> None:
    old = "Your booking BS-1048213 has been approved"

    reading = changed(old, subject)

    assert reading.action is Action.QUARANTINE
    assert reading.kind is MailKind.UNKNOWN


def test_where_the_subject_says_nothing_the_opening_may() -> None:
    old = "Subject: Your booking BS-1048213 has been approved"

    assert changed(old, "Subject: News from Boatsetter").terms == terms()
    assert changed(old, "X-Subject: none").terms == terms()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("$840.75", "840.75", "the owner's payout '840.75' is no amount"),
        ("$840.75", "$840.755", "is no amount"),
        ("$840.75", "CA$840.75", "is no amount"),
        ("$840.75", "-$840.75", "is no amount"),
        ("$840.75", "$1.234,00", "is no amount"),
        ("$840.75", "$８４０.75", "is no amount"),
        ("$840.75", "$840.75 (estimate)", "is no amount"),
        ("Owner payout: $840.75\n", "", "does not say the owner's payout"),
        ("Boat: JADA,", "Boat: Titanic,", "is not one boat of ours"),
        ("Boat: JADA,", "Boat: Jadarling,", "is not one boat of ours"),
        ("Boat: JADA,", "Boat: MegaJada,", "is not one boat of ours"),
        ("Sheraton San Diego", "Pier 39, Naples", "is not one dock of ours"),
        ("May 30, 2026", "05/30/2026", "is no date such as"),
        ("Saturday, May", "Friday, May", "names the wrong weekday: it is a Saturday"),
        ("Saturday, May 30", "February 30", "is no day in the calendar"),
        ("4:30 PM", "16:30", "is no time such as 4:30 PM"),
        ("4:30 PM", "4:30 PM EST", "times are in EST, but the dock has PDT"),
        ("3 hours", "4 hours", "duration does not fit"),
        ("3 hours", "a while", "is no length of time"),
        ("3 hours", "3.33 hours", "whole minutes"),
        ("Guests: 4", "Guests: 3 adults, 1 child", "is no number of guests"),
        ("Guests: 4", "Guests: 0", "party_size: Send a whole number"),
        ("Time charter", "Submarine", "is no charter type that we know"),
        ("avery@example.com", "hidden until approval", "guest.email"),
        ("Name: Avery Example", f"Name: {'A' * 400}", "is too long"),
        ("We bring a cake.", "A" * 3000, "special_requests"),
        ("BS-1048213\nStatus", "unknown\nStatus", "not name just one booking"),
        ("Status: Approved", "Status: Canceled", "fit no kind"),
    ],
)
def test_what_is_not_plain_is_never_guessed(old: str, new: str, why: str) -> None:
    reading = changed(old, new)

    assert reading.action is Action.QUARANTINE
    assert why in reading.reason


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("4:30 PM", "4:30 p.m. PDT"),
        ("4:30 PM", "4:30pm PT"),
        ("3 hours", "2 hours 60 minutes"),
        ("3 hours", "180 min"),
        ("End time: 7:30 PM\n", ""),
        ("Duration: 3 hours\n", ""),
        ("Saturday, May 30, 2026", "May 30th 2026"),
        ("Guests: 4", "Guests: 4 people"),
        ("Hotel & Marina, Harbor Island", "marina, west gate"),
        ("-$109.25", "($109.25)"),
        ("-$109.25", "$109.25"),
        ("$950.00", "US$950 USD"),
        ("BS-1048213\nStatus", "#1048213\nStatus"),
        ("Owner payout: $840.75", "*Owner payout:*\n\n*$840.75*"),
        ("Charter type: Time charter\n", ""),
        ("avery@example.com", "Avery@Example.com"),
        ("Boarding location: Sheraton San Diego Hotel & Marina, Harbor Island\n", ""),
        ("Questions?", "> Owner payout: $1.00\nQuestions?"),
        ("We bring a cake.", "We bring a cake.\n\nWe remind you: be early."),
        ("We bring a cake.", "We bring a cake.\n\nBe early, please."),
        ("payout: $840.75", "payout:\u200b $840.75\u200b"),
        ("\n", "\r\n"),
    ],
)
def test_other_spellings_of_the_same_are_the_same(old: str, new: str) -> None:
    assert changed(old, new).terms == terms()


def test_a_charter_may_end_after_midnight() -> None:
    reading = changed("7:30 PM\nDuration: 3 hours", "12:30 AM")

    assert reading.terms
    assert reading.terms.duration_minutes == 480


def test_a_night_when_the_clock_goes_back_is_an_hour_longer() -> None:
    raw = mail("boatsetter-approved").decode()
    raw = raw.replace("Saturday, May 30, 2026", "Saturday, October 31, 2026")
    raw = raw.replace("7:30 PM\nDuration: 3 hours", "3:30 AM")

    reading = read_mail(raw.encode(), OPERATIONS, at=IN_MAY)

    assert reading.terms
    assert reading.terms.duration_minutes == 12 * 60


def test_a_bareboat_charter_has_no_crew_of_ours() -> None:
    reading = changed("Time charter", "Bareboat charter")

    assert reading.terms
    assert reading.terms.charter_type is CharterType.BAREBOAT
    assert reading.terms.places == ()


def test_wishes_may_take_several_lines() -> None:
    reading = changed("We bring a cake.", "We bring a cake.\nAnd a dog named Money.")

    assert reading.terms
    assert reading.terms.special_requests == "We bring a cake.\nAnd a dog named Money."


def test_a_trip_that_is_told_in_two_ways_must_be_one() -> None:
    again = "Trip: Sat, May 30, 2026, 4:30 PM - 7:30 PM\nGuests: 4"
    other = "Trip: Sat, May 30, 2026, 5:30 PM to 8:30 PM\nGuests: 4"

    assert changed("Guests: 4", again).terms == terms()
    assert "starts and ends twice" in changed("Guests: 4", other).reason


def test_a_trip_of_one_line_that_is_none_is_told() -> None:
    reading = changed("4:30&nbsp;PM", "half past four", "boatsetter-approved-html")

    assert "is no day with two times" in reading.reason


def test_what_the_eye_does_not_see_is_not_read() -> None:
    assert read("boatsetter-approved-html").terms == terms()
    seen = changed("<script>", "<p>", "boatsetter-approved-html")
    assert (
        "twice, and differently"
        in changed(
            '<script>document.write("Your earnings: $3.00")</script>',
            "<p>Your earnings: $3.00</p>",
            "boatsetter-approved-html",
        ).reason
    )
    assert seen.terms == terms()


def test_where_the_house_has_several_docks_the_mail_must_name_one() -> None:
    other = replace(OPERATIONS.docks[0], dock_id="shelter", name="Shelter Island")
    house = replace(OPERATIONS, docks=(*OPERATIONS.docks, other))
    raw = mail("boatsetter-approved")

    named = read_mail(raw, house, at=IN_MAY)
    unnamed = read_mail(re.sub(rb"Boarding.*\n", b"", raw), house, at=IN_MAY)

    assert named.terms == terms()
    assert "the place '' is not one dock of ours" in unnamed.reason


def test_an_advertisement_that_names_a_booking_is_looked_at() -> None:
    reading = changed("1. Answer", "About BS-1048213. Answer", "boatsetter-marketing")

    assert reading.action is Action.QUARANTINE


def test_an_advertisement_is_known_by_its_way_out() -> None:
    header = "List-Unsubscribe: <https://click.boatsetter.com/u/0>\n"
    link = "Unsubscribe: https"

    assert changed(header, "", "boatsetter-marketing").action is Action.IGNORE
    assert changed(link, "See: https", "boatsetter-marketing").action is Action.IGNORE
    raw = mail("boatsetter-marketing").replace(header.encode(), b"")
    raw = raw.replace(link.encode(), b"See: https")
    assert read_mail(raw, OPERATIONS, at=IN_MAY).action is Action.QUARANTINE


def test_a_payout_names_its_booking_where_it_can() -> None:
    assert read("boatsetter-payout").source_ref == "BS-1048213"
