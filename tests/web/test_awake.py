"""The card that says whether everybody outside answers, and the quarantine."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from flask import Flask

from jada_flask.app import create_app
from jada_flask.domain.audit import SYSTEM
from jada_flask.domain.errors import DeliveryError
from jada_flask.ports import Batch
from jada_flask.services import mail_intake, quarantine
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from tests.builders import booking
from tests.callers import Answer, Caller, form_token
from tests.conftest import DrainAll, Keys
from tests.fakes import REFUSED, REFUSED_FOR_GOOD, FailingMailer, SetClock
from tests.mails import mail

CARD = re.compile(r"<div>\s*<dt>(.*?)</dt>\s*<dd>(.*?)<small>(.*?)</small>", re.DOTALL)


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", "", text)).split())


def card(page: Answer) -> dict[str, str]:
    """What the card says of each party."""
    return {
        words(name): f"{words(last)}: {words(rest)}"
        for name, last, rest in CARD.findall(page.text)
    }


def warnings(page: Answer) -> list[str]:
    found = re.search(r'<ul class="cautions".*?</ul>', page.text, re.DOTALL)
    return (
        [words(one) for one in re.findall("<li>(.*?)</li>", found[0], re.DOTALL)]
        if found
        else []
    )


def keep(parts: Parts, content: bytes, *, at: SetClock, name: str = "a.eml") -> str:
    work = UnitOfWork(parts.office)
    kept = quarantine.keep(
        work, name, content, kind="unknown", reason="Unclear.", by=SYSTEM, at=at.now()
    )
    return kept.arrival_id


def test_before_anything_was_sent_the_card_is_calm(office: Caller) -> None:
    page = office.get("/dispatch/outbox")

    assert card(page) == {
        "Mail": "Not yet: nothing waits",
        "Guest pages": "Not yet: nothing waits",
        "Operator's summary": "Not yet: nothing waits",
        "Audit inbox": "Not yet: nothing waits",
        "Booking mails": "Not yet: no answer",
    }
    assert warnings(page) == []


def test_what_was_sent_is_when_they_last_answered(
    office: Caller, drain: DrainAll, clock: SetClock
) -> None:
    office.post("/api/bookings", booking())
    drain()
    clock.forward(minutes=3)

    page = office.get("/dispatch/outbox")

    assert card(page)["Mail"] == "3 min ago: nothing waits"
    assert card(page)["Guest pages"] == "3 min ago: nothing waits"
    assert warnings(page) == []


def test_what_should_have_left_is_said_in_words(
    office: Caller, drain: DrainAll, clock: SetClock
) -> None:
    office.post("/api/bookings", booking())
    clock.forward(minutes=9)
    assert warnings(office.get("/dispatch/outbox")) == []
    clock.forward(minutes=1)

    page = office.get("/dispatch/outbox")

    assert card(page)["Mail"] == "Not yet: 3 waiting"
    assert warnings(page) == [
        "Mail: 3 messages should have left by now, promised 10 min ago and since."
        " None has ever left.",
        "Guest pages: 1 message should have left by now, promised 10 min ago."
        " None has ever left.",
        "Operator's summary: 1 message should have left by now, promised 10 min ago."
        " None has ever left.",
    ]


def test_who_does_not_answer_is_named_though_it_is_tried_again(
    parts: Parts, office: Caller, drain: DrainAll, clock: SetClock
) -> None:
    """The next try is due later; all the same the mails should be gone by now."""
    office.post("/api/bookings", booking())
    failing = replace(parts.ports, mailer=FailingMailer(parts.ports.mailer, REFUSED))
    for _ in range(6):
        drain(replace(parts, ports=failing))
        clock.forward(minutes=2)

    page = office.get("/dispatch/outbox")

    (warning,) = warnings(page)
    assert warning.startswith("Mail: 3 messages should have left by now")


def test_what_was_given_up_is_counted_apart(
    parts: Parts, office: Caller, drain: DrainAll, clock: SetClock
) -> None:
    office.post("/api/bookings", booking())
    mailer = FailingMailer(parts.ports.mailer, REFUSED_FOR_GOOD)
    drain(replace(parts, ports=replace(parts.ports, mailer=mailer)))
    clock.forward(hours=1)

    page = office.get("/dispatch/outbox")

    assert card(page)["Mail"] == "Not yet: 0 waiting, 3 given up"
    assert warnings(page) == []


# The inbox


class Quiet:
    """An inbox without mails."""

    name, checked_by = "quiet", ""

    def new_mails(self, cursor: str) -> Batch:
        return Batch((), cursor)

    def read(self, mail_id: str) -> bytes:
        raise AssertionError(mail_id)

    def done(self, mail_id: str) -> None:
        """Nothing."""

    def health(self) -> str:
        return "Awake."


@pytest.fixture
def quiet_office(parts: Parts, keys: Keys) -> Caller:
    app = create_app(replace(parts, ports=replace(parts.ports, inbox=Quiet())))
    caller = Caller(app)
    assert caller.sign_in(keys.password).status_code == 200
    return caller


def test_an_inbox_that_answers_is_awake(
    parts: Parts, quiet_office: Caller, clock: SetClock
) -> None:
    mail_intake.answered(UnitOfWork(parts.office), "quiet", at=clock.now())
    clock.forward(minutes=2)

    page = quiet_office.get("/dispatch/outbox")

    assert card(page)["Booking mails"] == "2 min ago: answers"
    assert warnings(page) == []


def test_an_inbox_that_nobody_looks_into_is_named(
    parts: Parts, quiet_office: Caller, clock: SetClock
) -> None:
    mail_intake.answered(UnitOfWork(parts.office), "quiet", at=clock.now())
    clock.forward(minutes=10)

    page = quiet_office.get("/dispatch/outbox")

    assert card(page)["Booking mails"] == "10 min ago: no answer since"
    assert warnings(page) == ["Booking mails: Nobody has looked for new ones for long."]


@pytest.mark.parametrize("minutes", [5, 15])
def test_a_trouble_of_the_inbox_is_named_once_it_lasts(
    parts: Parts, quiet_office: Caller, clock: SetClock, minutes: int
) -> None:
    work = UnitOfWork(parts.office)
    mail_intake.answered(work, "quiet", at=clock.now())
    error = DeliveryError("The label is gone.")
    mail_intake.trouble(work, "quiet", error, at=clock.forward(minutes=minutes))

    page = quiet_office.get("/dispatch/outbox")

    expected = ["Booking mails: The label is gone."] if minutes > 10 else []
    assert warnings(page) == expected


def test_where_no_inbox_is_set_up_nobody_waits_for_it(parts: Parts, keys: Keys) -> None:
    app = create_app(replace(parts, ports=replace(parts.ports, inbox=None)))
    caller = Caller(app)
    caller.sign_in(keys.password)

    assert "Booking mails" not in card(caller.get("/dispatch/outbox"))


# The quarantine


def test_what_is_in_quarantine_is_counted_and_linked(
    parts: Parts, office: Caller, clock: SetClock
) -> None:
    keep(parts, b"one", at=clock)
    assert warnings(office.get("/dispatch/outbox")) == [
        "1 arrival could not be read for certain. Look at it"
    ]
    for number in range(51):
        keep(parts, b"%d" % number, at=clock)

    (warning,) = warnings(office.get("/dispatch/outbox"))

    assert warning == "50 or more arrivals could not be read for certain. Look at them"


def test_an_empty_quarantine_says_so(office: Caller) -> None:
    assert "Nothing to look at" in office.get("/dispatch/quarantine").text


def test_a_mail_in_quarantine_is_readable(
    parts: Parts, office: Caller, clock: SetClock
) -> None:
    keep(parts, mail("boatsetter-approved-html"), at=clock)

    page = office.get("/dispatch/quarantine")

    assert "Your booking with Avery is confirmed" in page.text
    assert "Unclear." in page.text
    assert "$840.75" in page.text
    assert "=?utf-8?q?" not in page.text
    assert 'href="/dispatch/bookings/new"' in page.text


@pytest.mark.parametrize(
    "content",
    [
        b"From: <script>alert(1)</script>\nSubject: <img src=x>\n\n<script>b()",
        b"<script>alert(1)</script>",
        b"From: a@b.c\nContent-Type: text/html\n\n<p>Hi<script>alert(1)</script><b>x",
    ],
)
def test_nothing_of_a_mail_is_ever_a_part_of_the_page(
    parts: Parts, office: Caller, clock: SetClock, content: bytes
) -> None:
    keep(parts, content, at=clock, name="<script>alert(2)</script>")

    page = office.get("/dispatch/quarantine").text

    assert "<script>" not in page
    assert "<img" not in page
    assert "<b>x" not in page


def test_what_turns_letters_round_is_shown_and_not_obeyed(
    parts: Parts, office: Caller, clock: SetClock
) -> None:
    """Or a person would read, and then type, another price than the mail holds."""
    keep(parts, mail("hostile-right-to-left"), at=clock)

    page = office.get("/dispatch/quarantine").text

    assert "$\\u202e57.048" in page
    assert "\u202e" not in page


def test_a_long_arrival_is_cut_on_the_page(
    parts: Parts, office: Caller, clock: SetClock
) -> None:
    keep(parts, b"x" * 100_000, at=clock)

    page = office.get("/dispatch/quarantine").text

    assert "x" * 8_000 + "…" in page
    assert len(page) < 20_000


def test_who_is_done_with_an_arrival_takes_it_off_the_list(
    parts: Parts, office: Caller, clock: SetClock
) -> None:
    arrival_id = keep(parts, b"one", at=clock)
    page = office.get("/dispatch/quarantine")
    action = f"/dispatch/quarantine/{arrival_id}/settle"
    assert f'action="{action}"' in page.text

    done = office.call("POST", action, data={"csrf_token": form_token(page)})

    assert done.status_code == 303
    after = office.get(done.headers["Location"]).text
    assert "it is off the list" in after
    assert "Nothing to look at" in after


def test_what_is_not_there_cannot_be_settled(app: Flask, office: Caller) -> None:
    page = office.get("/dispatch/quarantine")
    data = {"csrf_token": form_token(page)}

    answer = office.call("POST", "/dispatch/quarantine/QT_none/settle", data=data)

    assert answer.status_code == 404


def test_many_arrivals_are_shown_page_by_page(
    parts: Parts, office: Caller, clock: SetClock
) -> None:
    for number in range(11):
        clock.forward(minutes=1)
        keep(parts, b"arrival number %d." % number, at=clock)

    first = office.get("/dispatch/quarantine").text
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link
    rest = office.get(html.unescape(link[1])).text

    assert "arrival number 10." in first
    assert "arrival number 0." not in first
    assert "arrival number 0." in rest
    assert 'rel="next"' not in rest
