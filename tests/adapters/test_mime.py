from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada_flask.adapters.mime import checked, message_bytes, thread_headers
from jada_flask.domain.errors import DeliveryError
from jada_flask.domain.mail import Attachment, Mail

NOON = datetime(2026, 5, 30, 12, 0, tzinfo=UTC)
TRICK = "=?utf-8?q?Zoe=0D=0ABcc=3A_evil=40x?="
MAIL = Mail(
    to="ana@example.com",
    subject="Crew Confirmation: Jada on May 30",
    text="Hello Ana,\nsee you at the dock.\n",
    html="<p>Hello Ana</p>",
)
PLAIN = ["From", "To", "Subject", "Date", "Auto-Submitted", "MIME-Version"]
HOSTILE = st.text(
    st.one_of(
        st.sampled_from(
            list('=?_qb0DA:@<>,;"\\()\t\x00\x0b\x0c\x1c\x85\u2028\u2029é\u202e')
        ),
        st.characters(codec="utf-8", exclude_characters="\r\n"),
    ),
    max_size=120,
) | st.sampled_from(
    [TRICK, f"a {TRICK} b", "=?=?utf-8?q?=0D=0ABcc=3A_e=40x?=?=", "x" * 2000]
)


def raw(mail: Mail, headers: Mapping[str, str] | None = None) -> bytes:
    return message_bytes(
        mail,
        sender="office@example.com",
        sender_name="JADA",
        headers=headers,
        date=NOON,
        message_id="<m1@example.com>",
    )


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, EmailMessage, policy=default)


def test_the_plain_text_comes_first_and_is_complete() -> None:
    message = read(raw(MAIL))

    plain, html = message.iter_parts()
    assert plain.get_content() == "Hello Ana,\r\nsee you at the dock.\r\n"
    assert html.get_content_type() == "text/html"


def test_a_mail_without_html_is_a_single_text() -> None:
    message = read(raw(replace(MAIL, html="")))

    assert message.get_content_type() == "text/plain"
    assert message.get_content().startswith("Hello Ana,")


def test_a_calendar_travels_with_its_type_and_name() -> None:
    calendar = Attachment(
        "charter.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar; method=PUBLISH"
    )

    message = read(raw(replace(MAIL, attachments=(calendar,))))

    (part,) = message.iter_attachments()
    assert part.get_filename() == "charter.ics"
    assert part.get_param("method") == "PUBLISH"
    assert part.get_payload(decode=True) == b"BEGIN:VCALENDAR\r\n"


def test_an_attachment_keeps_a_name_in_any_script() -> None:
    photo = Attachment('Zoë "1"/2;\u202e.jpg', b"\xff\xd8", "image/jpeg")

    message = read(raw(replace(MAIL, attachments=(photo,))))

    (part,) = message.iter_attachments()
    assert part.get_filename() == 'Zoë "1"_2;\u202e.jpg'


def test_names_and_subjects_in_any_script_arrive() -> None:
    mail = replace(MAIL, subject="Überfahrt 日本 " * 20, to_name='Zoë "Z", O\'Neil 🚤')

    message = read(raw(mail))

    assert message["subject"] == mail.subject.strip()
    (to,) = message["to"].addresses
    assert (to.display_name, to.addr_spec) == (mail.to_name, "ana@example.com")


@pytest.mark.parametrize(
    "name", ["Zoe\\", '"', 'a\\" <evil@example.com>, "', "a, b@c;"]
)
def test_punctuation_in_a_name_adds_no_recipient(name: str) -> None:
    message = read(raw(replace(MAIL, to_name=name)))

    (to,) = message["to"].addresses
    assert (to.display_name, to.addr_spec) == (name, "ana@example.com")


def test_an_encoded_word_in_a_name_adds_no_header() -> None:
    mail = replace(MAIL, subject=f"Thanks {TRICK}", to_name=TRICK)

    message = read(raw(mail))

    assert "Bcc" not in message
    assert message["subject"] == "Thanks = ?utf-8?q?Zoe=0D=0ABcc=3A_evil=40x?="
    assert message["to"].addresses[0].display_name == message["subject"][7:]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize(
    "with_header",
    [
        lambda value: replace(MAIL, subject=value),
        lambda value: replace(MAIL, to_name=value),
        lambda value: replace(MAIL, to=value),
        lambda value: replace(MAIL, reply_to=value),
    ],
)
def test_a_line_break_in_a_header_is_refused_with_a_sentence(
    with_header: Callable[[str], Mail], end: str
) -> None:
    mail = with_header(f"a@example.com{end}Bcc: evil@example.com")

    with pytest.raises(DeliveryError, match=r"^The .+\.$") as caught:
        raw(mail)

    assert caught.value.permanent


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "a@b@c",
        "a b@example.com",
        "a@example.com, evil@example.com",
        "<a@example.com>",
        "Ana <a@example.com>",
        "zoë@example.com",
        "=?utf-8?q?a?=@example.com",
        f"{'a' * 250}@example.com",
        "a@exa\x00mple.com",
    ],
)
def test_an_address_that_is_not_one_is_refused(address: str) -> None:
    with pytest.raises(DeliveryError, match="address") as caught:
        raw(replace(MAIL, to=address))

    assert caught.value.permanent


def test_a_message_inside_a_message_is_refused() -> None:
    inner = Attachment("a.eml", b"Bcc: evil@example.com\r\n\r\n", "message/rfc822")

    with pytest.raises(DeliveryError, match="type"):
        raw(replace(MAIL, attachments=(inner,)))


@pytest.mark.parametrize("name", ["bcc:x", "To", "content-type", "", "X Y"])
def test_an_added_header_cannot_replace_one_or_hide_one(name: str) -> None:
    with pytest.raises(ValueError, match="header"):
        raw(MAIL, {name: "value"})


def test_bytes_with_a_field_nobody_meant_are_refused() -> None:
    good = raw(replace(MAIL, html=""))
    names = list(read(good).keys())

    assert checked(good, names=names, to=MAIL.to) == good
    for bad in (
        good.replace(b"Subject: ", b"Bcc: evil@example.com\r\nSubject: "),
        good.replace(b"To: ", b"To: evil@example.com, "),
        good.replace(b"MIME-Version: 1.0\r\n", b""),
    ):
        with pytest.raises(DeliveryError, match="unsafe"):
            checked(bad, names=names, to=MAIL.to)


def test_the_same_mail_gives_the_same_bytes() -> None:
    calendar = Attachment("a.ics", b"x" * 500, "text/calendar")
    mail = replace(MAIL, attachments=(calendar,), text="zwölf\n" * 40)

    assert raw(mail) == raw(mail)


def test_mails_of_one_thread_name_the_same_message() -> None:
    first = thread_headers("E1", "payment-1", sender="office@example.com")
    second = thread_headers("E1", "payment-2", sender="office@example.com")
    other = thread_headers("E2", "payment-3", sender="office@example.com")

    assert first["References"] == first["In-Reply-To"] == second["References"]
    assert other["References"] != first["References"]
    assert read(raw(MAIL, first))["X-Audit-Key"] == "payment-1"


def test_a_line_too_long_for_smtp_is_broken_and_joined_again() -> None:
    content = raw(replace(MAIL, html="", text="x" * 5000))

    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert read(content).get_content() == "x" * 5000 + "\r\n"


def test_half_a_character_stops_no_mail() -> None:
    """JSON may bring them; a payment's mail must leave all the same."""
    message = read(raw(replace(MAIL, html="", subject="a\ud800b", text="a\ud800b")))

    assert message["subject"] == "ab"
    assert message.get_content() == "a?b\r\n"


@given(subject=HOSTILE, to_name=HOSTILE, key=HOSTILE)
def test_no_name_ever_writes_a_header(subject: str, to_name: str, key: str) -> None:
    mail = replace(MAIL, subject=subject, to_name=to_name, html="")

    content = raw(mail, {"X-Audit-Key": key})

    # Twice: what reads the mail may write it again, with an `email` that decodes words.
    again = read(content).as_bytes(policy=SMTP)
    for message in (read(content), read(again)):
        assert set(message.keys()) == {
            *PLAIN,
            "Message-ID",
            "X-Audit-Key",
            "Content-Type",
            "Content-Transfer-Encoding",
        }
        assert not [value for value in message.values() if set(value) & {"\r", "\n"}]
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert content.isascii()


@given(text=st.text(max_size=400))
def test_every_text_arrives_as_it_was_written(text: str) -> None:
    message = read(raw(replace(MAIL, html="", text=text)))

    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"
    assert message.get_payload(decode=True) == lines.replace("\n", "\r\n").encode()


@given(name=HOSTILE, content=st.binary(max_size=300))
def test_every_attachment_arrives_as_it_was(name: str, content: bytes) -> None:
    attachment = Attachment(name, content, "application/octet-stream")

    message = read(raw(replace(MAIL, attachments=(attachment,))))

    (part,) = message.iter_attachments()
    assert part.get_payload(decode=True) == content
    assert list(part.keys()) == [
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
    ]
