from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from threading import Barrier, Lock
from traceback import format_exception

import pytest

from jada_flask.adapters.google.account import Account, account_from
from jada_flask.adapters.google.gmail_audit import GmailAudit
from jada_flask.domain.errors import ConfigError, DeliveryError
from jada_flask.domain.mail import Mail
from tests.google.fake_google import EMAIL, MAILBOX, CutError, FakeGoogle, Fault

NOON = datetime(2026, 5, 30, 12, 0, tzinfo=UTC)
MAIL = Mail(to="", subject="Payments: Jada on May 30", text="Zoë paid $250.00 by card")


class _Noon:
    def now(self) -> datetime:
        return NOON


class _Crash(Exception):
    """The process ends here."""


class Notebook:
    """`Notes` of one message in memory; each step of theirs can end the process."""

    def __init__(self, reach: Callable[[str], None] = lambda _step: None) -> None:
        self.kept: dict[str, str] = {}
        self._reach = reach
        self._lock = Lock()

    def get(self, name: str) -> str | None:
        self._reach(f"before get {name}")
        with self._lock:
            return self.kept.get(name)

    def note(self, name: str, value: str) -> str:
        self._reach(f"before note {name}")
        with self._lock:
            standing = self.kept.setdefault(name, value)
        self._reach(f"after note {name}")
        return standing


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    with FakeGoogle() as google:
        yield google


@pytest.fixture
def audit(google: FakeGoogle) -> GmailAudit:
    return opened(google)


def opened(google: FakeGoogle, *, timeout: float = 5.0) -> GmailAudit:
    account = Account(EMAIL, MAILBOX, google.info())
    return GmailAudit(
        account, MAILBOX, clock=_Noon(), timeout=timeout, api_endpoint=google.url
    )


def send(audit: GmailAudit, notes: Notebook | None = None, key: str = "k1") -> None:
    audit.send(MAIL, key=key, thread="E1", notes=notes or Notebook())


def warm_up(audit: GmailAudit) -> None:
    """Have a token, however slow this machine is just now."""
    for _ in range(50):
        with suppress(DeliveryError):
            audit.health()
            break


def failure(audit: GmailAudit, notes: Notebook | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(audit, notes)
    return caught.value


# One mail for each payment


def test_a_payment_leaves_one_mail_and_no_draft(
    google: FakeGoogle, audit: GmailAudit
) -> None:
    send(audit)

    (sent,) = google.sent
    assert sent.message["to"] == sent.message["from"] == MAILBOX
    assert sent.message["subject"] == MAIL.subject
    assert sent.message["x-audit-key"] == "k1"
    assert "Zoë paid $250.00" in sent.message.get_content()
    assert google.drafts == {}


class _Points:
    """Numbers every step of a delivery and ends the process at the chosen ones."""

    def __init__(self, *chosen: int) -> None:
        self._chosen = list(chosen)
        self._count = -1
        self.fired: list[str] = []

    def _is_due(self, step: str) -> bool:
        self._count += 1
        if not self._chosen or self._chosen[0] != self._count:
            return False
        self._chosen.pop(0)
        self._count = -1  # the next one is counted from the next try on
        self.fired.append(step)
        return True

    def here(self, step: str) -> None:
        if self._is_due(step):
            raise _Crash(step)

    def there(self, step: str) -> None:
        if self._is_due(step):
            raise CutError(step)


def _deliver(google: FakeGoogle, audit: GmailAudit, points: _Points) -> None:
    """As the outbox does: again and again until it returns, and once more for luck."""
    google.reach = points.there
    notes = Notebook(points.here)
    returned = 0
    for _ in range(9):
        with suppress(_Crash, DeliveryError):
            send(audit, notes)
            returned += 1
        if returned == 2:
            break
    assert returned == 2


def test_no_crash_and_no_lost_answer_doubles_or_loses_a_mail(
    google: FakeGoogle,
) -> None:
    """Every step of ours and of Google's in turn, then every two of them."""
    audit = opened(google)
    send(audit)
    steps: list[str] = []
    tally: Counter[int] = Counter()

    def run(*chosen: int) -> list[str]:
        points, before = _Points(*chosen), len(google.sent)
        _deliver(google, audit, points)
        tally[len(google.sent) - before] += 1
        return points.fired

    for first in count():
        fired = run(first)
        if not fired:
            break
        steps += fired
        for second in count():
            if len(run(first, second)) < 2:
                break

    assert set(tally) == {1}
    assert tally[1] > 100
    assert {"before create", "after create", "before send", "after send"} <= set(steps)
    assert {"before note draft", "after note draft"} <= set(steps)


@pytest.mark.parametrize("operation", ["create", "send"])
@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(drop=True),
        Fault(status=500),
        Fault(status=503, html=True),
        Fault(status=200, html=True),
        Fault(status=303, headers={"Location": "http://127.0.0.1:1/"}),
        Fault(delay=9),
    ],
    ids=["drop", "500", "503 page", "200 page", "303", "timeout"],
)
def test_a_lost_answer_is_one_request_and_in_the_end_one_mail(
    google: FakeGoogle, operation: str, acts: bool, fault: Fault
) -> None:
    audit, notes = opened(google, timeout=0.4 if fault.delay else 5), Notebook()
    warm_up(audit)
    google.fail(operation, replace(fault, acts=acts))

    error = failure(audit, notes)

    assert "answer was lost" in str(error)
    assert not error.permanent
    assert google.calls[operation] == 1
    send(opened(google), notes)
    assert len(google.sent) == 1


def test_24_threads_send_24_mails(google: FakeGoogle, audit: GmailAudit) -> None:
    keys = [f"k{number}" for number in range(24)]
    with ThreadPoolExecutor(24) as pool:
        list(pool.map(lambda key: send(audit, key=key), keys))

    left = sorted(str(sent.message["x-audit-key"]) for sent in google.sent)
    assert left == sorted(keys)
    assert google.calls["token"] == 1
    assert google.drafts == {}


def test_two_workers_with_the_same_message_send_one_mail(google: FakeGoogle) -> None:
    """Both find no draft noted and lay one down; one of the two is taken away."""
    audit, meeting = opened(google), Barrier(2, timeout=5)
    audit.health()

    def meet(step: str) -> None:
        if step == "before note draft":
            meeting.wait()

    notes = Notebook(meet)

    def work(_number: int) -> None:
        for _ in range(4):
            with suppress(DeliveryError):
                send(audit, notes)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))

    assert google.calls["create"] == 2
    assert len(google.sent) == 1
    assert google.drafts == {}


def test_a_draft_that_cannot_be_taken_away_harms_nobody(
    google: FakeGoogle, audit: GmailAudit, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = Notebook(), Notebook()
    google.fail("send", Fault(status=503))
    failure(audit, first)
    google.fail("delete", Fault(status=503))
    second.note = lambda name, value: first.note(name, value)  # type: ignore[method-assign]

    send(audit, second)

    assert len(google.sent) == 1
    assert "could not be deleted" in caplog.text


def test_a_draft_that_is_not_shown_at_once_is_not_taken_for_sent(
    google: FakeGoogle, audit: GmailAudit
) -> None:
    notes = Notebook()
    google.fail("send", Fault(status=404, reason="notFound"))
    google.fail("get", Fault(status=404, reason="notFound"))

    assert not failure(audit, notes).permanent
    assert google.sent == []
    send(audit, notes)
    assert len(google.sent) == 1


def test_a_404_that_is_not_about_the_draft_is_not_taken_for_sent(
    google: FakeGoogle, audit: GmailAudit
) -> None:
    """Google's front answers so, in HTML, when it does not know an address."""
    notes = Notebook()
    google.fail("send", Fault(status=503), Fault(status=404, html=True))
    google.fail("get", Fault(status=404, html=True))
    failure(audit, notes)

    assert not failure(audit, notes).permanent
    send(audit, notes)
    assert len(google.sent) == 1


def test_a_refusal_of_a_draft_that_stands_is_a_refusal(
    google: FakeGoogle, audit: GmailAudit
) -> None:
    notes = Notebook()
    google.fail("send", Fault(status=503), Fault(status=400, reason="invalidArgument"))
    failure(audit, notes)

    assert failure(audit, notes).permanent
    assert google.calls["get"] == 1


def test_a_sent_draft_counts_as_sent_whatever_gmail_calls_its_absence(
    google: FakeGoogle, audit: GmailAudit
) -> None:
    notes = Notebook()
    google.fail(
        "send", Fault(drop=True, acts=True), Fault(status=400, reason="invalid")
    )
    failure(audit, notes)

    send(audit, notes)

    assert len(google.sent) == 1


# What Google answers


@pytest.mark.parametrize(
    ("status", "reason", "permanent"),
    [
        (400, "failedPrecondition", True),
        (400, "invalidArgument", True),
        (400, "badRequest", True),
        (403, "rateLimitExceeded", False),
        (403, "userRateLimitExceeded", False),
        (403, "dailyLimitExceeded", True),
        (403, "domainPolicy", True),
        (403, "insufficientPermissions", True),
        (403, "accessNotConfigured", True),
        (413, "uploadTooLarge", True),
        (429, "rateLimitExceeded", False),
        (500, "backendError", False),
        (503, "backendError", False),
    ],
)
def test_each_answer_is_tried_again_or_not(
    google: FakeGoogle, audit: GmailAudit, status: int, reason: str, permanent: bool
) -> None:
    google.fail("create", Fault(status=status, reason=reason))

    error = failure(audit)

    assert error.permanent is permanent
    assert str(status) in str(error)
    assert google.calls["create"] == 1


def test_a_token_that_is_never_accepted_is_renewed_once(
    google: FakeGoogle, audit: GmailAudit
) -> None:
    google.fail("create", *[Fault(status=401, reason="authError")] * 9)

    error = failure(audit)

    assert error.permanent
    assert "token" in str(error)
    assert (google.calls["create"], google.calls["token"]) == (2, 2)
    assert google.drafts == {}


def test_a_token_that_has_expired_is_renewed_unseen(
    google: FakeGoogle, audit: GmailAudit
) -> None:
    audit.health()
    google.tokens.clear()

    send(audit)

    assert len(google.sent) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7200", 7200.0),
        ("Sat, 30 May 2026 12:30:00 GMT", 1800.0),
        ("Sat, 30 May 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("", None),
    ],
)
def test_what_google_asks_us_to_wait_is_kept(
    google: FakeGoogle, audit: GmailAudit, value: str, seconds: float | None
) -> None:
    headers = {"Retry-After": value} if value.isascii() else {}
    fault = Fault(status=429, reason="rateLimitExceeded", headers=headers)
    google.fail("create", fault, replace(fault, status=503))

    assert failure(audit).retry_after == seconds
    assert failure(audit).retry_after == seconds


@pytest.mark.parametrize(
    ("code", "permanent", "sentence"),
    [
        ("unauthorized_client", True, "Domain-wide delegation"),
        ("invalid_grant", True, "no longer knows this key"),
        ("slow_down", False, "cannot be reached"),
    ],
)
def test_a_refused_token_sends_nothing(
    google: FakeGoogle, audit: GmailAudit, code: str, permanent: bool, sentence: str
) -> None:
    google.fail("token", Fault(status=400, reason=code))

    error = failure(audit)

    assert error.permanent is permanent
    assert sentence in str(error)
    assert google.calls["create"] == 0


@pytest.mark.parametrize(
    "fault",
    [
        Fault(drop=True),
        Fault(status=200, html=True),
        Fault(status=403, html=True),
        Fault(delay=9),
    ],
    ids=["drop", "200 page", "403 page", "timeout"],
)
def test_without_a_token_nothing_has_left(google: FakeGoogle, fault: Fault) -> None:
    google.fail("token", fault)

    error = failure(opened(google, timeout=0.4 if fault.delay else 5))

    assert "has not left" in str(error)
    assert not error.permanent
    assert google.calls["create"] == 0


def test_a_proxy_of_the_environment_sees_nothing(
    google: FakeGoogle, audit: GmailAudit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    send(audit)

    assert len(google.sent) == 1


def test_nobody_at_home_is_tried_again(google: FakeGoogle) -> None:
    account = Account(EMAIL, MAILBOX, google.info())
    audit = GmailAudit(
        account, MAILBOX, clock=_Noon(), api_endpoint="http://127.0.0.1:1"
    )

    error = failure(audit)

    assert "has not left" in str(error)
    assert not error.permanent


# Conversations


def test_mails_of_one_event_name_the_same_message(
    google: FakeGoogle, audit: GmailAudit
) -> None:
    for key, thread in (("k1", "E1"), ("k2", "E1"), ("k3", "E2")):
        audit.send(MAIL, key=key, thread=thread, notes=Notebook())

    names = [(s.message["references"], s.message["in-reply-to"]) for s in google.sent]
    assert names[0] == names[1] != names[2]
    assert all(references == reply for references, reply in names)


def test_notes_that_are_shared_put_an_event_in_one_conversation(
    google: FakeGoogle, audit: GmailAudit
) -> None:
    first, second = Notebook(), Notebook()
    send(audit, first)
    second.kept["thread:E1"] = first.kept["thread:E1"]

    send(audit, second, "k2")

    assert google.sent[0].thread_id == google.sent[1].thread_id


def test_a_conversation_that_was_deleted_is_begun_again(
    google: FakeGoogle, audit: GmailAudit
) -> None:
    notes = Notebook()
    notes.kept["thread:E1"] = "thread-of-long-ago"

    send(audit, notes)

    assert len(google.sent) == 1
    assert google.calls["create"] == 2


@pytest.mark.parametrize("name", ["=?utf-8?q?Zoe=0D=0ABcc=3A_evil=40x?=", "Zoë " * 40])
def test_a_guests_name_writes_no_header(
    google: FakeGoogle, audit: GmailAudit, name: str
) -> None:
    audit.send(replace(MAIL, subject=name), key=name, thread=name, notes=Notebook())

    (sent,) = google.sent
    assert "Bcc" not in sent.message
    assert sent.message["to"] == MAILBOX
    assert sent.message["x-audit-key"] == sent.message["subject"]


def test_a_subject_with_a_line_break_is_refused_before_anybody_is_asked(
    google: FakeGoogle, audit: GmailAudit
) -> None:
    with pytest.raises(DeliveryError, match="line break") as caught:
        audit.send(
            replace(MAIL, subject="Hi\r\nBcc: evil@example.com"),
            key="k1",
            thread="E1",
            notes=Notebook(),
        )

    assert caught.value.permanent
    assert google.calls.total() == 0


# Settings and `doctor`


def test_the_doctor_hears_that_the_inbox_is_awake(audit: GmailAudit) -> None:
    assert audit.health() == f"The audit inbox is awake: {MAILBOX} writes to {MAILBOX}."


def test_the_doctor_hears_what_the_administrator_has_to_do(
    google: FakeGoogle, audit: GmailAudit
) -> None:
    google.scopes = {"https://www.googleapis.com/auth/gmail.send"}

    with pytest.raises(DeliveryError) as caught:
        audit.health()

    assert "client ID 104000000000000000001" in str(caught.value)
    assert "https://www.googleapis.com/auth/gmail.compose" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "subject", "sentence"),
    [
        ({}, "nobody@example.com", "not a mailbox of this Workspace"),
        ({"private_key_id": "key-0"}, MAILBOX, "no longer knows this key"),
    ],
)
def test_the_doctor_hears_which_setting_is_wrong(
    google: FakeGoogle, changes: dict[str, str], subject: str, sentence: str
) -> None:
    account = Account(EMAIL, subject, google.info(**changes))
    audit = GmailAudit(account, MAILBOX, clock=_Noon(), api_endpoint=google.url)

    with pytest.raises(DeliveryError, match=sentence) as caught:
        audit.health()

    assert caught.value.permanent


def test_a_key_is_read_however_it_is_wrapped(google: FakeGoogle) -> None:
    key = google.key_b64(token_uri="https://oauth2.googleapis.com/token")
    wrapped = "\r\n ".join(key[at : at + 76] for at in range(0, len(key), 76))

    account = account_from(EMAIL, f"\n{wrapped}\t\n", MAILBOX)

    assert account.info["client_email"] == EMAIL
    assert account.subject == MAILBOX


def _broken_keys(google: FakeGoogle) -> Iterator[tuple[str, str]]:
    good = google.key_b64(token_uri="https://oauth2.googleapis.com/token")
    half = good[: len(good) // 2 // 4 * 4]
    yield "", "empty"
    yield " \n", "empty"
    yield "%" + good, "base64"
    yield good.replace("A", "-", 1), "base64"
    yield good[:-3], "base64"
    yield half, "JSON key"
    yield b64encode(google.info()["private_key"].encode()).decode(), "JSON key"
    yield b64encode(b"[" * 100_000).decode(), "JSON key"
    yield b64encode(b'"key"').decode(), "JSON key"
    yield google.key_b64(type="authorized_user"), "service account"
    yield google.key_b64(private_key=None), "lacks private_key"
    yield google.key_b64(private_key="MIIE"), "cut off"
    yield google.key_b64(), "token_uri"
    yield google.key_b64(token_uri="http://oauth2.googleapis.com/token"), "token_uri"
    yield google.key_b64(token_uri="https://oauth2.googleapis.com@x/"), "token_uri"
    yield google.key_b64(token_uri="https://[/"), "token_uri"
    other = {"token_uri": "https://oauth2.googleapis.com/token"}
    yield google.key_b64(client_email="dev@x.example", **other), "another account"


def test_a_broken_key_is_named_and_never_shown(google: FakeGoogle) -> None:
    secret = google.info()["private_key"].splitlines()[5]
    for key, sentence in _broken_keys(google):
        with pytest.raises(ConfigError, match=sentence) as caught:
            account_from(EMAIL, key, MAILBOX)

        shown = "".join(format_exception(caught.value)) + str(caught.value.__context__)
        assert "GMAIL_SERVICE_ACCOUNT_KEY" in shown
        assert secret not in shown
        assert len(key) < 80 or key[40:80] not in shown


def test_a_private_key_that_is_no_key_is_named_and_never_shown(
    google: FakeGoogle,
) -> None:
    pem = google.info()["private_key"]
    broken = pem.replace(pem.splitlines()[3], "AAAA" + pem.splitlines()[3][4:])
    account = Account(EMAIL, MAILBOX, google.info(private_key=broken[:900]))
    audit = GmailAudit(account, MAILBOX, clock=_Noon(), api_endpoint=google.url)

    error = failure(audit)

    shown = "".join(format_exception(error)) + repr(account)
    assert error.permanent
    assert "GMAIL_SERVICE_ACCOUNT_KEY" in shown
    assert pem.splitlines()[5] not in shown
    assert error.__context__ is None


@pytest.mark.parametrize("sender", ["", "office", EMAIL])
def test_a_sender_that_cannot_be_one_is_refused(
    google: FakeGoogle, sender: str
) -> None:
    key = google.key_b64(token_uri="https://oauth2.googleapis.com/token")

    with pytest.raises(ConfigError, match="GMAIL_SENDER"):
        account_from(EMAIL, key, sender)


def test_who_sends_no_mail_pays_nothing(google: FakeGoogle) -> None:
    key = google.key_b64(token_uri="https://oauth2.googleapis.com/token")
    program = (
        "import sys\n"
        "from jada_flask.adapters.google.gmail_audit import GmailAudit\n"
        "from jada_flask.adapters.local.clock import SystemClock\n"
        f"GmailAudit.from_settings({EMAIL!r}, sys.argv[1], '', {MAILBOX!r},"
        " clock=SystemClock())\n"
        "heavy = {'google', 'httplib2', 'cryptography', 'googleapiclient'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program, key], capture_output=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
