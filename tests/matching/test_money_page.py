"""The page of money from outside, and the API for files."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from jada_flask.domain.audit import SYSTEM
from jada_flask.domain.staff import Role
from jada_flask.services import office as people
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from tests.builders import booking
from tests.callers import Answer, Caller, form_token, stored
from tests.matching.builders import PAYOUT_LINE, payout_csv, paypal_csv

MONEY, API = "/dispatch/money", "/api/receipts?source=boatsetter"
UNKNOWN = "BS-9,2026-01-05,50.00,5.00,45.00,USD,2026-01-09"
PASSWORD = "of-the-bookkeeper-tests"


def send(caller: Caller, raw: bytes, source: str = "boatsetter", **more: Any) -> Answer:
    url, key = f"/api/receipts?source={source}", more.pop("key", "")
    headers = {"Idempotency-Key": key} if key else {}
    kind = more.pop("content_type", "text/csv; charset=utf-8")
    return caller.call("POST", url, data=raw, content_type=kind, headers=headers)


def upload(caller: Caller, raw: bytes, source: str = "boatsetter") -> Answer:
    token = form_token(caller.get(MONEY))
    form = {
        "csrf_token": token,
        "source": source,
        "file": (BytesIO(raw), "<payouts>.csv"),
    }
    answer = caller.call("POST", MONEY, data=form)
    if answer.status_code == 303:
        return caller.get(answer.headers["Location"])
    return answer


def press(caller: Caller, deed: str, number: int = 0, **fields: str) -> Answer:
    """Send the form of a receipt on the page."""
    shown = caller.get(MONEY)
    urls = re.findall(rf'action="({MONEY}/receipts/[^"]+/{deed})"', shown.text)
    form = {"csrf_token": form_token(shown)} | fields
    return caller.call("POST", urls[number], data=form)


@pytest.fixture
def booked(scripts: Caller) -> Any:
    """The contract's sample: 840.75 after a fee of 109.25."""
    return scripts.post("/api/bookings", booking()).json


@pytest.fixture
def signed_in(app: Flask, parts: Parts) -> Callable[[Role], Caller]:
    def sign(role: Role) -> Caller:
        people.add(
            UnitOfWork(parts.office),
            f"the-{role.value}",
            role.value.title(),
            f"{role.value}@example.com",
            role=role.value,
            password=PASSWORD,
            by=SYSTEM,
            at=parts.ports.clock.now(),
        )
        caller = Caller(app)
        assert caller.sign_in(PASSWORD, f"the-{role.value}").status_code == 200
        return caller

    return sign


def test_a_file_is_answered_with_its_sums(office: Caller, booked: Any) -> None:
    answer = send(office, payout_csv())

    (line,) = answer.json["items"]
    assert answer.status_code == 200
    assert answer.json["totals"] == {
        "lines": 1,
        "unexplained": 0,
        "expected": "950.00",
        "fee": "109.25",
        "received": "840.75",
        "difference": "0.00",
        "currency": "USD",
    }
    assert (line["state"], line["explained"]) == ("settled", True)
    assert line["belongs_to"]["booking_id"] == booked["booking_id"]


def test_the_same_file_again_is_the_same(office: Caller, booked: Any) -> None:
    first = send(office, payout_csv()).json
    again = send(office, payout_csv()).json

    assert (first.pop("duplicate"), again.pop("duplicate")) == (False, True)
    assert again == first


def test_a_file_with_a_key_is_answered_once(
    office: Caller, booked: Any, parts: Parts
) -> None:
    first = send(office, payout_csv(), key="k1")
    before = stored(parts)
    again = send(office, payout_csv(), key="k1")

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json == first.json
    assert stored(parts) == before
    assert send(office, payout_csv(UNKNOWN), key="k1").status_code == 422


def test_a_wrong_line_refuses_the_whole_file(
    office: Caller, booked: Any, parts: Parts
) -> None:
    before = stored(parts)

    answer = send(office, payout_csv(PAYOUT_LINE, UNKNOWN.replace("50.00", "=50")))

    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "line 3, column Gross"
    assert stored(parts) == before


@pytest.mark.parametrize(
    ("raw", "more", "status"),
    [
        (b"", {}, 400),
        (b"\xff\xfe", {}, 400),
        (payout_csv(), {"content_type": "application/json"}, 415),
        (payout_csv(), {"source": ""}, 422),
        (payout_csv(), {"source": "stripe"}, 422),
        (payout_csv(), {"source": "paypal"}, 422),
        (b"x" * 1_000_001, {}, 400),
        (b"x" * 1_100_000, {}, 413),
    ],
)
def test_what_is_no_file_of_ours_is_refused(
    office: Caller, raw: bytes, more: dict[str, str], status: int
) -> None:
    assert send(office, raw, **more).status_code == status


def test_a_long_file_is_listed_page_by_page(office: Caller) -> None:
    lines = [UNKNOWN.replace("BS-9", f"BS-{n}") for n in range(120)]

    first = send(office, payout_csv(*lines), key="k1").json
    url = f"/api/receipts?file={first['file_id']}&limit=50&cursor="
    second = office.get(url + first["next"]).json
    third = office.get(url + second["next"]).json

    found = [
        one["source_id"] for page in (first, second, third) for one in page["items"]
    ]
    assert len(set(found)) == 120
    assert third["next"] is None
    assert first["totals"]["lines"] == 120


def test_what_is_open_and_what_is_explained_are_two_lists(
    office: Caller, booked: Any
) -> None:
    send(office, payout_csv(PAYOUT_LINE, UNKNOWN))

    opened = office.get("/api/receipts").json["items"]
    url = "/api/receipts?state=explained&from=2026-01-01&to=2026-12-31"
    explained = office.get(url).json["items"]

    assert [one["source_id"] for one in opened] == ["BS-9@2026-01-09"]
    assert [one["source_id"] for one in explained] == ["BS-1048213@2026-06-02"]
    assert office.get("/api/receipts?state=x").status_code == 422
    assert office.get("/api/receipts?cursor=x").status_code == 422
    assert office.get("/api/receipts?file=none").status_code == 404


def test_the_page_takes_a_file_and_shows_its_lines(office: Caller, booked: Any) -> None:
    shown = upload(office, payout_csv(PAYOUT_LINE, UNKNOWN))

    assert shown.status_code == 200
    assert "The file is taken." in shown.text
    assert "$840.75" in shown.text
    assert "Explained" in shown.text
    assert "&lt;payouts&gt;.csv" in shown.text
    again = upload(office, payout_csv(PAYOUT_LINE, UNKNOWN))
    assert "This file was taken before" in again.text


def test_the_page_says_what_is_wrong_with_a_file(office: Caller) -> None:
    wrong = UNKNOWN.replace("50.00", "=HYPERLINK(1)")

    shown = upload(office, payout_csv(PAYOUT_LINE, wrong))

    assert shown.status_code == 422
    assert "Line 3, column Gross: `=HYPERLINK(1)` is a formula" in shown.text


def test_the_page_asks_for_a_file(office: Caller) -> None:
    token = form_token(office.get(MONEY))
    form = {"csrf_token": token, "source": "boatsetter"}

    answer = office.call("POST", MONEY, data=form)

    assert answer.status_code == 422
    assert "Choose a file." in answer.text


def test_a_proposal_is_accepted_on_the_page(office: Caller, booked: Any) -> None:
    mistyped = PAYOUT_LINE.replace("BS-1048213", "BS-1048231")
    upload(office, payout_csv(mistyped))
    assert (
        "Its amount and date are those of booking BS-1048213" in office.get(MONEY).text
    )

    answer = press(office, "accept", choice=booked["booking_id"])

    assert answer.headers["Location"] == f"{MONEY}?said=money_booked"
    assert "Every cent is explained" in office.get(MONEY).text
    listed = "/api/receipts?state=explained&from=2026-01-01&to=2026-12-31"
    (line,) = office.get(listed).json["items"]
    assert (line["state"], line["decided_by"]) == ("settled", "staff:admin")


def test_a_line_is_dismissed_with_a_reason(office: Caller) -> None:
    upload(office, payout_csv(UNKNOWN))

    assert press(office, "dismiss", reason=" ").status_code == 422
    answer = press(office, "dismiss", reason="Of the boat that we sold.")

    assert answer.status_code == 303
    assert "Every cent is explained" in office.get(MONEY).text


def test_nothing_without_candidates_can_be_accepted(office: Caller) -> None:
    upload(office, payout_csv(UNKNOWN))

    assert "/accept" not in office.get(MONEY).text


def test_what_a_stranger_wrote_is_only_text(office: Caller) -> None:
    name = '<script>alert(1)</script>=cmd|"x"'

    upload(office, paypal_csv({"Name": name}), "paypal")

    shown = office.get(MONEY).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_lines_that_moved_nothing_are_named(office: Caller) -> None:
    shown = upload(office, paypal_csv({"Status": "Pending"}), "paypal")

    assert "1 line passed over" in shown.text
    assert "line 2: Website Payment, pending" in shown.text


@pytest.mark.parametrize("role", [Role.BOOKKEEPER, Role.ADMIN, Role.DISPATCHER])
def test_who_may_log_payments_may_decide(
    signed_in: Callable[[Role], Caller], role: Role
) -> None:
    caller = signed_in(role)
    assert upload(caller, payout_csv(UNKNOWN)).status_code == 200

    assert press(caller, "dismiss", reason="Not ours.").status_code == 303


def test_a_viewer_looks_and_decides_nothing(
    signed_in: Callable[[Role], Caller], office: Caller
) -> None:
    upload(office, payout_csv(UNKNOWN))
    (taken,) = office.get("/api/receipts").json["items"]
    viewer = signed_in(Role.VIEWER)

    shown = viewer.get(MONEY)

    assert shown.status_code == 200
    assert "BS-9@2026-01-09" in shown.text
    assert "/dismiss" not in shown.text
    assert 'type="file"' not in shown.text
    url = f"{MONEY}/receipts/{taken['receipt_id']}/dismiss"
    assert viewer.call("POST", url, data={"reason": "x"}).status_code == 403
    assert send(viewer, payout_csv()).status_code == 403


def test_a_receipt_that_is_not_there_is_404(office: Caller) -> None:
    for url in ("a/b/c/accept", "a/dismiss", "a/b/c/d/accept"):
        form = {"reason": "It is gone."}
        answer = office.call("POST", f"{MONEY}/receipts/{url}", data=form)
        assert answer.status_code == 404
    assert office.get(f"{MONEY}/files/none").status_code == 404
