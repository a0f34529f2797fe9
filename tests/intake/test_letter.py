from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jada_flask.domain.errors import UnreadableError
from jada_flask.intake.html_lines import lines_of
from jada_flask.intake.letter import LONGEST, open_letter
from jada_flask.intake.mail import read_mail
from tests.intake.builders import OPERATIONS

AT = datetime(2026, 5, 4, tzinfo=UTC)
COLLECTION = [p.read_bytes() for p in Path(__file__).parent.glob("mails/*.eml")]
HEAD = b"From: a@boatsetter.com\nSubject: x\n"

_BITS = st.sampled_from(
    [
        b"From: Boatsetter <a@boatsetter.com>\n",
        b"Subject: Your booking BS-1048213 is confirmed\n",
        b"Subject: =?utf-8?b?4p?=\n",
        b"Subject: =?x\x00?q?=00?=\n",
        b"Content-Type: multipart/mixed; boundary=b\n",
        b"Content-Type: multipart/mixed\n",
        b"Content-Type: text/html; charset*=a\x00'en'%ff\n",
        b"Content-Type: text/plain; charset=\n",
        b"Content-Type: message/rfc822\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: x-uuencode\n",
        b"Content-Disposition: attachment\n",
        b"\n",
        b"--b\n",
        b"--b--\n",
        b"begin 644 x\n#a\n",
        b"<div>Owner payout</div><!--",
        b"Owner payout: $840.75\n",
        b"Date: May 30, 2026\n",
        b"\xff\xfe\x00",
        b"\r",
    ]
)


@given(st.lists(_BITS | st.binary(max_size=20), max_size=30).map(b"".join))
@settings(max_examples=300)
def test_no_bytes_do_more_than_be_refused(raw: bytes) -> None:
    with suppress(UnreadableError):
        read_mail(raw, OPERATIONS, at=AT)


@given(st.data())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_no_damage_to_a_real_mail_does_more_than_quarantine_it(
    data: st.DataObject,
) -> None:
    raw = bytearray(data.draw(st.sampled_from(COLLECTION)))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(raw)))
        length = data.draw(st.integers(0, 40))
        raw[place : place + length] = data.draw(st.binary(max_size=20))

    with suppress(UnreadableError):
        reading = read_mail(bytes(raw), OPERATIONS, at=AT)
        if reading.terms:
            assert reading.terms.list_price
            assert reading.terms.platform_fee
            left = reading.terms.list_price - reading.terms.platform_fee
            assert reading.terms.gross == left


@given(st.text(alphabet="<>!-/abr td='\"&#;\n script"))
def test_no_html_breaks_the_lines(html: str) -> None:
    assert all("\n" not in line for line in lines_of(html))


@pytest.mark.parametrize(
    "unit",
    [
        "<a ",
        "<!--",
        "<",
        "</",
        "<!",
        "<![",
        "<script>",
        "<script",
        "&",
        "<td",
        "<title>",
    ],
)
def test_no_broken_html_takes_long(unit: str) -> None:
    begun = time.perf_counter()

    lines_of(unit * (400_000 // len(unit)))

    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no mail"),
        (b"hello there", "no mail"),
        (b"{}", "no mail"),
        (HEAD + b"\n" + b"x" * LONGEST, "over 2 MB"),
        (
            b"".join(
                b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i)
                for i in range(2000)
            ),
            "parts within parts",
        ),
        (b"Content-Type: message/rfc822\n\n" * 2000, "parts within parts"),
        (HEAD + b'Content-Type: text/plain; x="' + b";" * 99_999, "header line"),
        (HEAD + b"Content-Type: text/plain" + b";\n x=1" * 9999, "header line"),
        (HEAD + b"Content-Transfer-Encoding: x-uuencode\n\nhi", "encoding"),
        (HEAD + b"Content-Type: text/plain; charset=a\x00\n\nhi", "encoding"),
    ],
    ids=range(10),
)
def test_what_cannot_be_a_booking_is_refused_at_once(raw: bytes, why: str) -> None:
    begun = time.perf_counter()

    with pytest.raises(UnreadableError, match=why):
        open_letter(raw)

    assert time.perf_counter() - begun < 1


def test_a_mailbox_line_may_come_first() -> None:
    assert open_letter(b"From a@b Mon May 4\n" + HEAD + b"\nhi").text == ("hi",)


@pytest.mark.parametrize(
    "sender",
    [
        "a@boatsetter.com",
        "<a@Boatsetter.com>",
        "Boatsetter <a@boatsetter.com>",
        '"Boatsetter, \\"Inc.\\"" <a@boatsetter.com>',
        "=?utf-8?q?Boatsetter?= <a@boatsetter.com.>",
        "Boatsetter\n <a@boatsetter.com>",
    ],
)
def test_a_plain_sender_is_known_by_the_domain(sender: str) -> None:
    letter = open_letter(f"From: {sender}\nSubject: x\n\nhi".encode())

    assert (letter.domain, letter.doubt) == ("boatsetter.com", "")


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "Boatsetter",
        "a@boatsetter.com, b@evil.example",
        "a@boatsetter.com <b@evil.example>",
        '"a@boatsetter.com" <b@evil.example>',
        "<a@boatsetter.com> <b@evil.example>",
        "<a@boatsetter.com>b@evil.example",
        "a@boatsetter.com(b@evil.example)",
        "a@b@boatsetter.com",
        "a@bоatsetter.com",
        "Group: a@boatsetter.com;",
        " " * 100_000 + "x",
        "<" * 100_000,
    ],
    ids=range(13),
)
def test_a_sender_that_programs_could_read_differently_is_doubted(sender: str) -> None:
    letter = open_letter(f"From: {sender}\nSubject: x\n\nhi".encode())

    assert letter.doubt == "Its sender is not one plain address."


def test_a_subject_is_one_line_of_sane_length() -> None:
    subject = "=?utf-8?q?a=0D=0ABcc=3A_b=00?= " + "x" * 9999

    letter = open_letter(f"From: a@b.example\nSubject: {subject}\n\nhi".encode())

    assert letter.subject.startswith("a Bcc: b x")
    assert len(letter.subject) == 200


def test_a_mail_with_two_subjects_is_doubted() -> None:
    letter = open_letter(HEAD + b"Subject: y\n\nhi")

    assert letter.doubt == "It has not exactly one sender and one subject."


def test_an_endless_subject_takes_no_time() -> None:
    begun = time.perf_counter()

    open_letter(b"From: a@b.example\nSubject: " + b"=?a?q?" * 150_000 + b"\n\nhi")

    assert time.perf_counter() - begun < 1


def test_a_subject_in_no_known_code_is_kept_as_written() -> None:
    letter = open_letter(b"From: a@b.example\nSubject: =?none?q?=FF?= \xff\n\nhi")

    assert letter.subject == "=?none?q?=FF?="


def test_attachments_and_forwarded_mails_are_not_read() -> None:
    parts = (
        b"--b\n\nshown\n"
        b"--b\nContent-Disposition: attachment\n\nattached\n"
        b"--b\nContent-Type: message/rfc822\n\nSubject: y\n\nforwarded\n"
        b"--b\nContent-Type: image/png\n\npicture\n"
        b"--b\nContent-Type: multipart/mixed\n\nno boundary\n"
        b"--b--\n"
    )

    letter = open_letter(
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + parts
    )

    assert [line for line in letter.lines if line] == ["shown"]


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (b"Content-Type: text/plain; charset=windows-1252", b"Zo\xeb"),
        (b"Content-Type: text/plain; charset=us-ascii", "Zoë".encode()),
        (b"Content-Transfer-Encoding: quoted-printable", b"Zo=C3=AB"),
        (b"Content-Transfer-Encoding: BASE64", b"Wm/Dqw=="),
        (b"Content-Type: text/html", b"<p>Zo&euml;</p>"),
    ],
)
def test_letters_are_read_in_every_usual_encoding(header: bytes, body: bytes) -> None:
    letter = open_letter(HEAD + header + b"\n\n" + body)

    assert [line for line in letter.lines if line] == ["Zoë"]


def test_cells_of_a_row_stand_apart_and_the_unseen_is_gone() -> None:
    html = (
        "<head><title>t</title></head><!-- <b>c</b> --><style>s</style>"
        "<tr><td> Owner\npayout </td>\n<td><b>$1</b>&nbsp;<br>x</td></tr> 1 < 2"
    )

    assert [line for line in lines_of(html) if line] == [
        "Owner payout\t$1",
        "x",
        "1 < 2",
    ]


def test_the_collection_is_mails() -> None:
    assert all(message_from_bytes(raw)["From"] for raw in COLLECTION)
    assert len(COLLECTION) > 30
