from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada_flask.domain.errors import InvalidError, JadaError, UnreadableError
from jada_flask.domain.money import Money
from jada_flask.domain.receipt import ReceiptKind
from jada_flask.intake import payout_csv as payouts
from jada_flask.intake import paypal_csv as paypal
from jada_flask.intake.sheet import LARGEST, MOST_LINES
from tests.matching.builders import (
    PAYOUT_COLUMNS,
    PAYOUT_LINE,
    dollars,
    paid_out,
    payout_csv,
    paypal_csv,
)


def _refused(raw: bytes) -> str:
    with pytest.raises(JadaError) as caught:
        payouts.read(raw)
    return str(caught.value)


def test_a_line_of_the_marketplace_is_a_payout() -> None:
    (found,) = payouts.read(payout_csv()).receipts

    said = {"source_ref": "BS-1048213", "trip_date": "2026-05-30"}
    assert found == paid_out(metadata=said)


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + payout_csv(),
        payout_csv().replace(b"\n", b"\r\n"),
        payout_csv() + b"\n,,,,,,\n\n",
        payout_csv(columns=PAYOUT_COLUMNS.upper()),
        payout_csv(columns=PAYOUT_COLUMNS.replace(",", " , ")),
        payout_csv(PAYOUT_LINE.replace("2026-05-30", "05/30/2026")),
        payout_csv(PAYOUT_LINE.replace("2026-06-02", "6/2/2026")),
        payout_csv(PAYOUT_LINE.replace("950.00", "$950")),
        payout_csv(PAYOUT_LINE.replace("USD", "usd")),
        payout_csv(f"{PAYOUT_LINE},=1+1", columns=f"{PAYOUT_COLUMNS},Note"),
        payout_csv(f"x,{PAYOUT_LINE}", columns=f"Boat,{PAYOUT_COLUMNS}"),
    ],
)
def test_what_spreadsheets_do_to_a_file_changes_nothing(raw: bytes) -> None:
    assert payouts.read(raw) == payouts.read(payout_csv())


def test_thousands_may_stand_apart_by_commas() -> None:
    line = 'BS-1,2026-05-30,"1,234,567.50","(1.00)",1.00,USD,2026-06-02'
    whole = 'BS-1,2026-05-30,"1,234,567.50",0.50,"1,234,567.00",USD,2026-06-02'

    assert "column Platform Fee: `(1.00)` is not an amount" in _refused(
        payout_csv(line)
    )
    assert payouts.read(payout_csv(whole)).receipts[0].gross == Money(123_456_750)


def test_a_payout_that_is_taken_back_is_below_zero() -> None:
    line = "BS-1,2026-05-30,-950.00,-109.25,-840.75,USD,2026-06-09"

    (found,) = payouts.read(payout_csv(line)).receipts

    assert (found.net, found.gap) == (dollars("-840.75"), Money())


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("=950", "is a formula"),
        ("=HYPERLINK(1)", "is a formula"),
        ("+950.00", "is a formula"),
        ("@950", "is a formula"),
        ("-A1", "is a formula"),
        ("＝950", "is a formula"),
        ("", "An empty cell is not an amount"),
        ("950.005", "is not an amount"),
        ("950.00 USD", "is not an amount"),
        ("1e3", "is not an amount"),
        ("NaN", "is not an amount"),
        ("٩٥٠", "is not an amount"),
        ("-$9", "is not an amount"),
        ("9999999999", "is not an amount"),
    ],
)
def test_what_is_no_amount_is_named_by_line_and_column(cell: str, words: str) -> None:
    line = PAYOUT_LINE.replace("950.00", cell)

    said = _refused(payout_csv(PAYOUT_LINE.replace("BS-1", "BS-0"), line))

    assert said.startswith("line 3, column Gross: ")
    assert words in said


def test_thousands_of_other_countries_are_not_guessed() -> None:
    line = PAYOUT_LINE.replace("950.00", '"1.234,50"')

    assert "line 2, column Gross" in _refused(payout_csv(line))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("BS-1048213", "=1+1", "line 2, column Booking ID: `=1+1` is not an id"),
        ("BS-1048213", "", "line 2, column Booking ID: An empty cell is not an id"),
        ("BS-1048213", "B" * 65, "…` is not an id"),
        ("BS-1048213", "B\u202e1", "line 2, column Booking ID: `B�1`"),
        ("2026-05-30", "2026-02-30", "line 2, column Trip Date: `2026-02-30` is not"),
        ("2026-06-02", "30/05/2026", "line 2, column Paid On"),
        ("2026-06-02", "1926-06-02", "line 2, column Paid On"),
        ("USD", "EUR", "line 2, column Currency: `EUR`: only USD is taken"),
        (",840.75", "", "line 2: There are 6 cells below 7 columns"),
        ("840.75", "840.75,1", "line 2: There are 8 cells below 7 columns"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(
    old: str, new: str, words: str
) -> None:
    assert words in _refused(payout_csv(PAYOUT_LINE.replace(old, new)))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("Booking ID,Gross", "no column Trip Date, Platform Fee, Payout"),
        (PAYOUT_COLUMNS.replace(",", ";"), "must stand apart by commas"),
        (PAYOUT_COLUMNS.replace(",", "\t"), "must stand apart by commas"),
        (f"{PAYOUT_COLUMNS},gross", "The column Gross is there twice"),
        (f"{PAYOUT_COLUMNS}{',x' * 100}", "over 100 columns"),
        (PAYOUT_LINE, "is its first line missing?"),
    ],
)
def test_wrong_columns_are_told_apart(columns: str, words: str) -> None:
    said = _refused(payout_csv(columns=columns))

    assert said.startswith("line 1: ")
    assert words in said


def test_two_currencies_in_one_file_are_refused() -> None:
    other = "BS-2,2026-05-30,9,1,8,EUR,2026-06-02"

    said = _refused(payout_csv(PAYOUT_LINE, other))

    assert said == (
        "line 3, column Currency: `EUR`, but line 2 is in `USD`; export one currency "
        "at a time."
    )


def test_an_id_that_stands_twice_is_refused() -> None:
    other = "BS-2,2026-05-30,9,1,8,USD,2026-06-02"
    again = PAYOUT_LINE.replace("840.75", "1.00")

    said = _refused(payout_csv(PAYOUT_LINE, other, again))

    assert said.startswith("line 4, column Booking ID: `BS-1048213` stands in line 2")


def test_a_booking_may_be_paid_out_in_parts() -> None:
    rest = PAYOUT_LINE.replace("2026-06-02", "2026-06-09")

    first, second = payouts.read(payout_csv(PAYOUT_LINE, rest)).receipts

    assert first.source_id != second.source_id


def test_all_that_is_wrong_is_said_at_once_but_not_without_end() -> None:
    lines = [f"BS-{n},2026-05-30,x,1,8,USD,2026-06-02" for n in range(50)]

    with pytest.raises(InvalidError) as caught:
        payouts.read(payout_csv(*lines))

    assert len(caught.value.faults) == 20
    assert caught.value.faults[1].field == "line 3, column Gross"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "There is nothing in this file."),
        (b"\xef\xbb\xbf\n\n", "There is nothing in this file."),
        (payout_csv().decode().encode("utf-16"), "no text in UTF-8"),
        (payout_csv().decode().encode("utf-16-le"), "no text in UTF-8"),
        (b"PK\x03\x04\0\0", "no text in UTF-8"),
        (payout_csv("Zo\u00eb").decode().encode("cp1252"), "Line 2 is not in UTF-8"),
        (payout_csv('"BS-1'), "From line 2 on this is not CSV"),
        (payout_csv('"BS-1"x'), "From line 2 on this is not CSV"),
        (b"x" * (LARGEST + 1), "over 1 MB"),
        (payout_csv(*[PAYOUT_LINE] * (MOST_LINES + 1)), "over 500 lines"),
    ],
)
def test_what_is_no_such_file_is_said_to_be_none(raw: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        payouts.read(raw)


def test_a_file_without_lines_tells_nothing() -> None:
    assert payouts.read(PAYOUT_COLUMNS.encode()).receipts == ()


def test_a_payment_through_paypal_is_a_charge() -> None:
    (found,) = paypal.read(paypal_csv({})).receipts

    assert (found.source_id, found.kind) == ("7AB12345CD678901E", ReceiptKind.CHARGE)
    assert (found.gross, found.fee) == (dollars("500.00"), dollars("14.80"))
    assert (found.net, found.gap) == (dollars("485.20"), Money())
    assert found.at == datetime(2026, 6, 2, 21, 3, 22, tzinfo=UTC)
    assert (found.email, found.name) == ("avery@example.com", "Avery Example")


def test_thousands_as_paypal_writes_them() -> None:
    line = {"Gross": "1,234.50", "Fee": "-43.21", "Net": "1,191.29"}

    (found,) = paypal.read(paypal_csv(line)).receipts

    assert (found.gross, found.gap) == (dollars("1234.50"), Money())


@pytest.mark.parametrize(
    ("type_", "gross", "kind"),
    [
        ("Website Payment", "5.00", ReceiptKind.CHARGE),
        ("Payment Refund", "-5.00", ReceiptKind.REFUND),
        ("Payment Reversal", "-5.00", ReceiptKind.REFUND),
        ("Chargeback", "-5.00", ReceiptKind.REFUND),
        ("Chargeback Fee", "-5.00", ReceiptKind.FEE),
        ("General Withdrawal", "-5.00", ReceiptKind.PAYOUT),
        ("General Payment", "-5.00", ReceiptKind.CHARGE),
    ],
)
def test_what_moved_is_told_by_its_type(
    type_: str, gross: str, kind: ReceiptKind
) -> None:
    line = {"Type": type_, "Gross": gross, "Fee": "0.00", "Net": gross}

    (found,) = paypal.read(paypal_csv(line)).receipts

    assert (found.kind, found.gap) == (kind, Money())


@pytest.mark.parametrize(
    "line",
    [
        {"Status": "Pending"},
        {"Status": "Denied"},
        {"Balance Impact": "Memo"},
        {"Type": "General Authorization"},
        {"Type": "Account Hold for Open Authorization"},
    ],
)
def test_money_that_has_not_moved_is_passed_over(line: dict[str, str]) -> None:
    told = paypal.read(paypal_csv(line))

    assert told.receipts == ()
    assert told.passed_over[0].startswith("line 2: ")


def test_a_payment_that_was_given_back_later_still_came() -> None:
    assert paypal.read(paypal_csv({"Status": "Partially Refunded"})).receipts


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            {"Custom Number": "EV_ab2/PT_host"},
            {"event_id": "EV_ab2", "patron_id": "PT_host"},
        ),
        ({"Invoice Number": "BK_ab2"}, {"booking_id": "BK_ab2"}),
        ({"Invoice Number": "2026-17"}, {}),
        ({"Subject": "BK_ab2"}, {}),
        ({"Custom Number": "=EV_ab2/PT_host"}, {}),
    ],
)
def test_only_what_we_wrote_on_the_invoice_names_anything(
    cells: dict[str, str], said: dict[str, str]
) -> None:
    assert paypal.read(paypal_csv(cells)).receipts[0].metadata == said


def test_a_formula_where_a_text_is_wanted_stays_a_text() -> None:
    formula = '=HYPERLINK("https://evil.example","x")'

    (found,) = paypal.read(paypal_csv({"Name": formula})).receipts

    assert found.name == formula


def test_a_name_over_two_lines_and_hidden_marks_becomes_one_line() -> None:
    (found,) = paypal.read(paypal_csv({"Name": "Avery\r\n\u202eExample"})).receipts

    assert found.name == "Avery Example"


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    """A cell over two lines, and a mark that only some take for the end of a line."""
    first = {"Name": "Avery\nExample\u2028x", "Transaction ID": "A1"}

    with pytest.raises(InvalidError, match="line 4, column Gross"):
        paypal.read(paypal_csv(first, {"Gross": "x"}))


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Time", "25:00:00"),
        ("Time", "٠١:00:00"),
        ("TimeZone", "XYZ"),
        ("TimeZone", "../../etc/passwd"),
        ("TimeZone", ""),
        ("Date", "31/12/2026"),
        ("Transaction ID", "=1"),
        ("Fee", "=1"),
    ],
)
def test_a_wrong_cell_of_paypal_is_named_too(column: str, cell: str) -> None:
    with pytest.raises(InvalidError, match=f"line 2, column {column}: "):
        paypal.read(paypal_csv({column: cell}))


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "PDT"])
def test_a_zone_has_short_and_long_names(zone: str) -> None:
    (found,) = paypal.read(paypal_csv({"TimeZone": zone})).receipts

    assert found.at.hour == 21


def test_paypal_with_two_currencies_or_twins_is_refused() -> None:
    other = {"Currency": "EUR", "Transaction ID": "A1", "Status": "Pending"}

    with pytest.raises(InvalidError, match="export one currency at a time"):
        paypal.read(paypal_csv({}, other))
    with pytest.raises(InvalidError, match="stands in line 2 already"):
        paypal.read(paypal_csv({}, {}))


def test_the_export_of_another_place_is_refused() -> None:
    with pytest.raises(InvalidError, match="no column Date, Time, TimeZone"):
        paypal.read(payout_csv())


def test_a_column_that_we_do_without_may_be_missing() -> None:
    raw = paypal_csv({}, without=("Custom Number", "Balance Impact"))

    assert len(paypal.read(raw).receipts) == 1


def _sentence(read: Callable[[bytes], object], raw: bytes) -> str:
    try:
        read(raw)
    except JadaError as refusal:
        return str(refusal)
    return "Read."


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_whatever_comes_is_refused_in_a_sentence_or_read(raw: bytes) -> None:
    for reader in (payouts, paypal):
        for whole in (raw, payout_csv() + raw, paypal_csv({}) + raw):
            assert _sentence(reader.read, whole).endswith((".", "?"))


@given(st.lists(st.text(max_size=12), min_size=7, max_size=7))
def test_no_cell_is_ever_more_than_a_text(cells: list[str]) -> None:
    line = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)

    try:
        told = payouts.read(payout_csv(line))
    except JadaError:
        return

    assert all(not one.source_id.startswith("=") for one in told.receipts)
