"""The reports' page, its plot and its sheets."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprints.dispatch import plot
from jada_flask.web.sheets import cell
from tests.builders import booking, calendar_entry
from tests.callers import Caller

YEAR = "/dispatch/reports?year=2026"


def rows(office: Caller, address: str) -> list[dict[str, str]]:
    answer = office.get(address)
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def bars(page: str, kind: str) -> list[float]:
    return [
        float(height)
        for height in re.findall(rf'class="plot-{kind}[^>]*height="([\d.]+)"', page)
    ]


def test_a_year_is_shown_by_month_and_by_source(
    office: Caller, scripts: Caller
) -> None:
    scripts.post("/api/bookings", booking())

    page = office.get(YEAR).text

    may = page.partition("month=2026-05")[2].partition("</tr>")[0]
    assert "$840.75" in may
    assert "<b>$289.41</b>" in may
    assert 'row">Boatsetter' in page


def test_the_plot_draws_each_month_to_scale(office: Caller, scripts: Caller) -> None:
    scripts.post("/api/calendar", calendar_entry())
    scripts.post("/api/calendar", calendar_entry(charter_date="2026-06-01"))
    scripts.post("/api/calendar", calendar_entry(charter_date="2026-06-02"))

    page = office.get(YEAR).text

    gross, net = bars(page, "gross"), bars(page, "net")
    assert len(gross) == len(net) == 12
    assert gross[5] == pytest.approx(2 * gross[4], abs=0.2)
    assert net[4] / gross[4] == pytest.approx(289.41 / 840.75, abs=0.01)
    assert gross[0] == net[0] == 0


def test_a_loss_hangs_below_the_line(office: Caller, scripts: Caller) -> None:
    loss = calendar_entry(crew_cost=1000, net_revenue="-460.59")
    assert scripts.post("/api/calendar", loss).status_code == 201

    page = office.get(YEAR).text

    assert re.search(r'class="plot-net plot-below"', page)
    assert "−$460.59" in page


def test_the_plot_keeps_to_the_policy_of_its_page(
    office: Caller, scripts: Caller
) -> None:
    scripts.post("/api/calendar", calendar_entry())

    page = office.get(YEAR).text

    assert "<svg class=" in page
    assert not re.search(r"\sstyle\s*=", page)


@given(st.integers(-10_000_000_00, 0), st.integers(1, 10_000_000_00))
def test_every_bar_stays_on_the_drawing_and_lines_are_few(low: int, high: int) -> None:
    scale = plot._scale(low, high)

    lines = list(scale.lines())
    assert 2 <= len(lines) <= 6
    assert sum(line.zero for line in lines) == 1
    assert len({line.label for line in lines}) == len(lines)
    assert 0 < scale.y(high) < scale.y(low) < plot.HEIGHT


def test_an_empty_year_says_so(office: Caller) -> None:
    page = office.get("/dispatch/reports?year=2031").text

    assert "Nothing in 2031" in page
    assert '<svg class="plot' not in page


def test_the_months_as_a_sheet(office: Caller, scripts: Caller) -> None:
    scripts.post("/api/bookings", booking())

    sheet = rows(office, f"{YEAR}&format=csv")

    assert len(sheet) == 13
    assert sheet[4] == {
        "month": "2026-05",
        "charters": "1",
        "cancelled": "0",
        "gross": "840.75",
        "crew_cost": "250.00",
        "captain_cost": "150.00",
        "port_fee": "151.34",
        "net": "289.41",
        "currency": "USD",
    }
    assert (sheet[12]["month"], sheet[12]["net"]) == ("2026", "289.41")


def test_a_sheet_of_charters_computes_nothing_that_a_guest_wrote(
    office: Caller, scripts: Caller
) -> None:
    guest = {"name": '=IMPORTXML("x")', "email": "a@example.com"}
    scripts.post("/api/bookings", booking(guest=guest))
    loss = calendar_entry(crew_cost=1000, net_revenue="-460.59")
    scripts.post("/api/calendar", loss)

    sheet = rows(office, f"{YEAR}&format=csv&of=charters")

    assert sorted(row["title"] for row in sheet) == ["", '\'=IMPORTXML("x")']
    assert sorted(row["net"] for row in sheet) == ["-460.59", "289.41"]


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＠"]
)
def test_no_text_begins_a_formula(first: str) -> None:
    assert cell(f"{first}1+1") == f"'{first}1+1"


@given(st.text())
def test_a_cell_is_a_number_or_begins_harmlessly(text: str) -> None:
    shown = cell(text)

    number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", shown)
    assert number or not shown.startswith(tuple("=+-@\t\r\n\0＝＋－＠"))


def test_a_sheet_is_a_file_of_its_own(office: Caller) -> None:
    answer = office.get(f"{YEAR}&format=csv")

    kept = answer.headers["Content-Disposition"]
    assert kept == 'attachment; filename="jada-margin-2026.csv"'
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("year", ["", "20261", "MMXXVI", "٢٠٢٦", "1999", "-2026"])
def test_what_is_no_year_is_422(office: Caller, year: str) -> None:
    answer = office.get("/dispatch/reports", query_string={"year": year})

    assert answer.status_code == 422
