"""The mails about payments, and the receipt."""

from __future__ import annotations

import re
import zlib
from email.message import EmailMessage

import pytest

from jada_flask.domain.event import Event
from jada_flask.domain.ledger import Ledger, Payer
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Entry, Payment
from jada_flask.house import default_operations
from jada_flask.paper import latin
from jada_flask.receipt import receipt_pdf
from jada_flask.services import receipts
from jada_flask.web.context import Parts
from tests.callers import mails, text_of
from tests.conftest import DrainAll
from tests.fakes import SetClock
from tests.payments.conftest import Window
from tests.payments.desk import SAIL, Desk


def sent_to(parts: Parts, address: str) -> list[EmailMessage]:
    return [mail for mail in mails(parts) if address in str(mail["to"])]


def test_the_audit_inbox_has_a_mail_of_every_entry(
    window: Window, parts: Parts, drain: DrainAll, clock: SetClock
) -> None:
    entry = window.pay(window.board(), method="check", reference="1042").json
    drain()

    (mail,) = sent_to(parts, "audit@example.com")

    text = text_of(mail)
    for told in (
        "JADA: Avery Example, party of 4",
        "2026-05-30",
        "Ana",
        "ana@example.com",
        "$60.00",
        "check",
        "1042",
        "Logged by: admin",
        clock.at.isoformat(timespec="milliseconds"),
        entry["payment_id"],
        entry["hash"],
    ):
        assert told in text


def test_audit_mails_of_one_event_stand_together(
    window: Window, parts: Parts, drain: DrainAll
) -> None:
    ana = window.board()
    window.pay(ana, amount=1)
    window.pay(ana, amount=2)
    drain()

    mails_ = sent_to(parts, "audit@example.com")

    assert len(mails_) == 2
    assert len({mail["references"] for mail in mails_}) == 1
    assert len({mail["subject"] for mail in mails_}) == 1


def test_the_patron_is_told(window: Window, parts: Parts, drain: DrainAll) -> None:
    ana = window.board(amount_due=100)
    entry = window.pay(ana).json
    url = f"{window.url}/{ana}/payment/{entry['payment_id']}"
    window.office.post(f"{url}/refund", {"reason": "Rain.", "amount": 20})
    drain()

    subjects = [str(mail["subject"]) for mail in sent_to(parts, "ana@example.com")]
    texts = "".join(text_of(mail) for mail in sent_to(parts, "ana@example.com"))

    assert sorted(one.partition(":")[0] for one in subjects) == [
        "We received your payment",
        "Your refund",
    ]
    assert "Still due: $60.00" in texts
    assert "Rain." not in texts


def test_a_repeat_sends_nothing(window: Window, parts: Parts, drain: DrainAll) -> None:
    ana = window.board()
    window.pay(ana)
    window.pay(ana)
    drain()
    drain()

    assert len(sent_to(parts, "audit@example.com")) == 1
    assert len(sent_to(parts, "ana@example.com")) == 1


def test_a_receipt_is_mailed_when_it_is_asked_for(
    window: Window, parts: Parts, drain: DrainAll
) -> None:
    ana = window.board()
    entry = window.pay(ana).json
    url = f"{window.url}/{ana}/payment/{entry['payment_id']}/receipt"

    assert window.office.post(url).status_code == 202
    drain()

    mail = next(
        mail
        for mail in sent_to(parts, "ana@example.com")
        if str(mail["subject"]).startswith("Receipt")
    )
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content().startswith(b"%PDF-")


def test_the_receipt_tells_house_entry_balance_and_hash(window: Window) -> None:
    ana = window.board(amount_due=100)
    entry = window.pay(ana).json
    url = f"{window.url}/{ana}/payment/{entry['payment_id']}/receipt.pdf"

    answer = window.office.get(url)

    text = words_of(answer.data)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    told_of = ("JADA Charters", "Ana", "60.00", "40.00", "May 1, 2026, 12:00 PM")
    for told in (*told_of, entry["payment_id"]):
        assert told in text
    assert entry["hash"] in text


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("Zoë Ñandú", "Zoë Ñandú"),
        ("Łukasz Żak", "Lukasz Zak"),
        ("李明", "LiMing"),
        ("Иван", "Ivan"),
        ("محمد", "mhmd"),
        ("Ana\u200cMaria", "AnaMaria"),
        ("O’Brien – “Bo”", "O’Brien – “Bo”"),
        ("\ue000", "?"),
    ],
)
def test_names_in_any_script_are_spelled(name: str, spelled: str) -> None:
    assert latin(name).lower() == spelled.lower()


@pytest.mark.parametrize(
    "name", ["李明 " * 15, "Ω" * 80, "👨‍👩‍👧 Family", "נועה", "a" * 80]
)
def test_no_name_keeps_a_receipt_from_being_made(name: str) -> None:
    content = receipt_pdf(*receipt_of(name), default_operations())

    assert content.startswith(b"%PDF-")
    assert content == receipt_pdf(*receipt_of(name), default_operations())


def test_a_reversal_says_on_paper_what_it_reverses(window: Window) -> None:
    ana = window.board()
    entry = window.pay(ana, method="check", reference="1042").json
    url = f"{window.url}/{ana}/payment"
    void = f"{url}/{entry['payment_id']}/void"
    back = window.office.post(void, {"reason": "Bounced."}).json

    first = words_of(window.office.get(f"{url}/{entry['payment_id']}/receipt.pdf").data)
    second = words_of(window.office.get(f"{url}/{back['payment_id']}/receipt.pdf").data)

    assert "This entry was taken back later." in first
    assert "1042" in first
    assert "Correction: $60.00" in second
    assert entry["payment_id"] in second
    assert "Bounced." in second


def test_a_receipt_says_what_was_given_back(window: Window) -> None:
    ana = window.board()
    url = f"{window.url}/{ana}/payment/{window.pay(ana).json['payment_id']}"
    window.office.post(f"{url}/refund", {"reason": "Rain.", "amount": "20.00"})

    text = words_of(window.office.get(f"{url}/receipt.pdf").data)

    assert "Given back\n$20.00" in text


def test_a_statement_tells_all_of_an_address(window: Window) -> None:
    ana = window.board("Ana 李明", email="ana@example.com")
    entry = window.pay(ana).json
    window.pay(ana, amount="10.00", purpose="tip", method="ach")
    url = f"{window.url}/{ana}/payment/{entry['payment_id']}/refund"
    window.office.post(url, {"reason": "Rain.", "amount": "20.00"})

    answer = window.office.get("/api/patrons/ANA@example.com/statement.pdf")

    text = words_of(answer.data)
    assert answer.headers["Content-Type"] == "application/pdf"
    for told in ("Ana LiMing <ana@example.com>", "2026-05-30 JADA", "ACH", "Refund"):
        assert told in text
    for told in ("Fare: $40.00", "Tip: $10.00", "Together: $50.00 USD"):
        assert told in text


def test_a_statement_of_nobody_is_empty(window: Window) -> None:
    answer = window.office.get("/api/patrons/nobody@example.com/statement.pdf")

    assert "Together: $0.00 USD" in words_of(answer.data)


def test_a_statement_of_many_payments_has_many_pages(desk: Desk, ana: str) -> None:
    for number in range(110):
        desk.log(ana, f"{number + 1}.00")

    content = receipts.statement(desk.begin(), "ana@example.com", at=desk.clock.at)

    assert "Together: $6,105.00 USD" in words_of(content)
    assert content.count(b"/Type /Page\n") > 2


def receipt_of(name: str) -> tuple[Entry, Event, Ledger]:
    ledger = Ledger(SAIL.event_id, "2026")
    payer = Payer("PT_1", name, "ana@example.com")
    payment = Payment(Money(6000), "cash", note=name)
    after, entry = ledger.append(payment, payer, by=name, timestamp=1_777_662_000_000)
    return entry, SAIL, after


def words_of(pdf: bytes) -> str:
    """The texts of a PDF whose fonts are the readers' own."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    found = []
    for stream in streams:
        try:
            plain = zlib.decompress(stream).decode("cp1252", "replace")
        except zlib.error:
            continue
        found += re.findall(r"\((.*?)(?<!\\)\) Tj", plain)
    return "\n".join(found)
