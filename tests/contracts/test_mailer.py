"""What every mailer promises, and what the folder of one machine promises besides."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jada_flask.adapters.local import durable
from jada_flask.adapters.local.audit import FolderAudit
from jada_flask.adapters.local.mailbox import FolderMailbox
from jada_flask.domain.errors import DeliveryError, NotFoundError
from jada_flask.domain.mail import Attachment, Mail
from jada_flask.ports import Mailer

NOON = datetime(2026, 5, 30, 12, 0, tzinfo=UTC)
MAIL = Mail(
    to="ana@example.com",
    subject="Crew Confirmation: Jada on May 30",
    text="Hello Ana",
    html="<p>Hello Ana</p>",
    to_name="Ana Über",
    attachments=(Attachment("charter.ics", b"BEGIN:VCALENDAR", "text/calendar"),),
)


class _Ticking:
    """A clock that goes on a second at each look."""

    def __init__(self, moment: datetime = NOON) -> None:
        self._moment = moment

    def now(self) -> datetime:
        self._moment += timedelta(seconds=1)
        return self._moment


class _NoNotes:
    def get(self, name: str) -> str | None:
        return None

    def note(self, name: str, value: str) -> str:
        return value


@pytest.fixture
def mailbox(tmp_path: Path) -> FolderMailbox:
    return FolderMailbox(tmp_path / "mailbox", _Ticking(), "office@example.com")


@pytest.fixture(params=["folder"])
def mailer(mailbox: FolderMailbox) -> Mailer:
    return mailbox


@pytest.fixture
def left(mailbox: FolderMailbox) -> Callable[[], list[str]]:
    """The subjects of what has left."""
    return lambda: [letter.subject for letter in mailbox.letters()]


def test_a_mail_leaves(mailer: Mailer, left: Callable[[], list[str]]) -> None:
    mailer.send(MAIL, key="k1")

    assert left() == [MAIL.subject]


def test_an_unsafe_mail_is_refused_for_good(
    mailer: Mailer, left: Callable[[], list[str]]
) -> None:
    with pytest.raises(DeliveryError) as caught:
        mailer.send(replace(MAIL, subject="Hi\r\nBcc: evil@example.com"), key="k1")

    assert caught.value.permanent
    assert left() == []


def test_the_same_key_twice_leaves_one_file(mailbox: FolderMailbox) -> None:
    mailbox.send(MAIL, key="k1")
    mailbox.send(MAIL, key="k1")
    mailbox.send(MAIL, key="k2")

    assert len(mailbox.letters()) == 2


def test_the_same_key_at_once_leaves_one_file(tmp_path: Path) -> None:
    """Each sender has a clock of its own, so that each would choose another name."""
    folder = tmp_path / "mailbox"

    def send(second: int) -> None:
        clock = _Ticking(NOON + timedelta(seconds=second))
        FolderMailbox(folder, clock, "office@example.com").send(MAIL, key="k1")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(24)))

    assert len(list(folder.iterdir())) == 1


def test_a_crash_at_any_step_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """As a kill would leave the folder: after the draft, after the link, after all."""
    folder = tmp_path / "mailbox"
    mailbox = FolderMailbox(folder, _Ticking(), "office@example.com")
    sent = tmp_path / ".mailbox"
    sent.mkdir()
    durable.write_draft(sent, b"cut off in the middle")
    mailbox.send(MAIL, key="k1")
    (before,) = folder.iterdir()
    before.unlink()

    mailbox.send(MAIL, key="k1")

    (after,) = folder.iterdir()
    assert after.name == before.name
    assert [letter.to for letter in mailbox.letters()] == ["Ana Über <ana@example.com>"]


def test_the_newest_mails_come_first_page_by_page(mailbox: FolderMailbox) -> None:
    for number in range(5):
        mailbox.send(replace(MAIL, subject=f"Mail {number}"), key=f"k{number}")

    first = mailbox.letters(limit=2)
    second = mailbox.letters(limit=2, after=first[-1].name)

    assert [letter.subject for letter in first] == ["Mail 4", "Mail 3"]
    assert [letter.subject for letter in second] == ["Mail 2", "Mail 1"]


def test_a_letter_reads_as_it_was_written(mailbox: FolderMailbox) -> None:
    mailbox.send(MAIL, key="k1")

    (listed,) = mailbox.letters()
    letter = mailbox.letter(listed.name)

    assert letter.name.startswith("20260530T120001.000000Z-")
    assert letter.subject == MAIL.subject
    assert letter.date == NOON + timedelta(seconds=1)
    assert letter.text.strip() == MAIL.text
    assert letter.html.strip() == MAIL.html
    assert letter.attachments == MAIL.attachments


@pytest.mark.parametrize(
    "name", ["../secret.eml", "", "x.eml", "../.mailbox/a", "/etc/passwd"]
)
def test_no_other_file_can_be_read_as_a_letter(
    mailbox: FolderMailbox, tmp_path: Path, name: str
) -> None:
    (tmp_path / "secret.eml").write_text("Subject: secret\n\n")
    mailbox.send(MAIL, key="k1")

    with pytest.raises(NotFoundError):
        mailbox.letter(name)


def test_a_letter_that_is_gone_is_not_found(mailbox: FolderMailbox) -> None:
    mailbox.send(MAIL, key="k1")
    (letter,) = mailbox.letters()
    other = letter.name.replace("2026", "2025")

    with pytest.raises(NotFoundError):
        mailbox.letter(other)


def test_an_empty_mailbox_has_no_letters(mailbox: FolderMailbox) -> None:
    assert mailbox.letters() == []


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "mailbox").write_text("in the way")
    mailbox = FolderMailbox(tmp_path / "mailbox", _Ticking(), "office@example.com")

    with pytest.raises(DeliveryError, match="cannot be written") as caught:
        mailbox.send(MAIL, key="k1")

    assert not caught.value.permanent


def test_an_audit_mail_is_marked_and_kept_once(
    mailbox: FolderMailbox, tmp_path: Path
) -> None:
    audit = FolderAudit(mailbox, "audit@example.com")
    for key in ("payment-1", "payment-1", "payment-2"):
        audit.send(MAIL, key=key, thread="E1", notes=_NoNotes())
    mailbox.send(MAIL, key="payment-1")

    audits = [
        path.read_text()
        for path in sorted((tmp_path / "mailbox").glob("*.eml"))
        if "X-Audit-Key" in path.read_text()
    ]
    assert len(mailbox.letters()) == 3
    assert len(audits) == 2
    assert "X-Audit-Key: payment-1" in audits[0]
    assert "To: audit@example.com" in audits[0]
    lines = [
        line for text in audits for line in text.splitlines() if "References" in line
    ]
    assert len(lines) == 2
    assert len(set(lines)) == 1
