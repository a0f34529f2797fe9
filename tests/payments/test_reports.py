"""Money by day and the crew's tips, as the office asks for them."""

from __future__ import annotations

from tests.fakes import SetClock
from tests.payments.conftest import Window

MAY = "from=2026-05-01&to=2026-05-31"


def test_money_is_reported_by_day_method_and_purpose(window: Window) -> None:
    ana = window.board()
    window.pay(ana, amount=60)
    window.pay(ana, amount=40, method="card")
    window.pay(ana, amount=10, method="card", purpose="tip")

    report = window.office.get(f"/api/reports/payments?{MAY}").json

    lines = {(one["method"], one["purpose"], one["amount"]) for one in report["items"]}
    assert lines == {
        ("cash", "fare", "60.00"),
        ("card", "fare", "40.00"),
        ("card", "tip", "10.00"),
    }
    assert report["total"] == "110.00"


def test_a_voided_payment_leaves_nothing_in_the_report(window: Window) -> None:
    ana = window.board()
    payment_id = window.pay(ana).json["payment_id"]
    voided = window.office.post(
        f"{window.url}/{ana}/payment/{payment_id}/void", {"reason": "typing mistake"}
    )
    assert voided.status_code == 200

    report = window.office.get(f"/api/reports/payments?{MAY}").json

    assert report["total"] == "0.00"


def test_the_whole_tip_is_shared_among_the_crew(window: Window) -> None:
    window.pay(window.board(), amount="100.00", purpose="tip")

    [tips] = window.office.get(f"/api/reports/tips?{MAY}").json["items"]

    assert tips["amount"] == "100.00"
    assert [one["amount"] for one in tips["shares"]] == ["33.34", "33.33", "33.33"]


def test_a_payment_counts_in_its_own_days_alone(
    window: Window, clock: SetClock
) -> None:
    window.pay(window.board())

    before = window.office.get("/api/reports/payments?from=2026-04-01&to=2026-04-30")

    assert before.json["items"] == []
    assert clock.now().month == 5


def test_a_sheet_has_a_line_for_each_sum_and_no_formula(window: Window) -> None:
    evil = window.board("=HYPERLINK", email="evil@example.com")
    window.pay(evil, amount=60)

    answer = window.office.get(f"/api/reports/payments?{MAY}&format=csv")

    assert answer.mimetype == "text/csv"
    assert "2026-05-01,cash,fare,1,60.00,USD" in answer.text
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_page_shows_the_money_and_who_shares_the_tips(window: Window) -> None:
    window.pay(window.board(), amount="90.00", purpose="tip")

    page = window.office.get(f"/dispatch/reports/payments?{MAY}").text

    assert "$90.00" in page
    assert "$30.00" in page


def test_an_empty_span_says_so(window: Window) -> None:
    page = window.office.get("/dispatch/reports/payments?from=2001-01-01&to=2001-01-31")

    assert "Nothing was paid" in page.text
