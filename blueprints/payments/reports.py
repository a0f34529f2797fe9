"""Money by day, method and purpose, and the crew's tips: a page, JSON and sheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, request

from blueprints.payments import bp
from jada_flask.services import takings
from jada_flask.services.takings import Report
from jada_flask.web.access import STAFF, open_to
from jada_flask.web.answers import answer
from jada_flask.web.context import begin
from jada_flask.web.days import reported_days
from jada_flask.web.described import described
from jada_flask.web.pages import page
from jada_flask.web.sheets import Row, sheet


@bp.get("/api/reports/payments")
@open_to(STAFF)
@described("Money by day, method and purpose", answers={200: "Takings"})
def payments_report() -> Response:
    """What patrons paid between two days, `?from=` and `?to=`.

    `?format=csv` as a sheet.
    """
    found = takings.report(begin(), *reported_days())
    if request.args.get("format") == "csv":
        return sheet("jada-payments", found.first, found.last, _payment_rows(found))
    return answer(_body(found))


@bp.get("/api/reports/tips")
@open_to(STAFF)
@described("Tips by charter, with the crew's shares", answers={200: "Tips"})
def tips_report() -> Response:
    """The tips between two days and who gets what; `?format=csv` as a sheet."""
    found = takings.report(begin(), *reported_days())
    if request.args.get("format") == "csv":
        return sheet("jada-tips", found.first, found.last, _tip_rows(found))
    return answer({"items": _tips(found), "currency": "USD"})


@bp.get("/dispatch/reports/payments")
@open_to(STAFF)
def payments_page() -> str:
    """Money and tips between two days."""
    found = takings.report(begin(), *reported_days())
    return page("payments/report.html", report=found)


def _body(found: Report) -> dict[str, Any]:
    return {
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "items": [
            {
                "day": line.day.isoformat(),
                "method": line.method,
                "purpose": line.purpose.value,
                "entries": line.lines,
                "amount": line.amount.plain,
            }
            for line in found.lines
        ],
        "total": found.total.plain,
        "currency": "USD",
        "tips": _tips(found),
    }


def _tips(found: Report) -> list[dict[str, Any]]:
    return [
        {
            "event_id": tips.event_id,
            "name": tips.name,
            "day": tips.day.isoformat(),
            "amount": tips.amount.plain,
            "shares": [
                {"crew_id": s.crew_id, "name": s.name, "amount": s.amount.plain}
                for s in tips.shares
            ],
        }
        for tips in found.tips
    ]


def _payment_rows(found: Report) -> Iterator[Row]:
    yield "day", "method", "purpose", "entries", "amount", "currency"
    for line in found.lines:
        amount = line.amount.plain
        yield line.day, line.method, line.purpose.value, line.lines, amount, "USD"


def _tip_rows(found: Report) -> Iterator[Row]:
    yield "day", "charter", "crew_id", "name", "share", "currency", "event_id"
    for tips in found.tips:
        for one in tips.shares:
            share = one.amount.plain
            yield (
                tips.day,
                tips.name,
                one.crew_id,
                one.name,
                share,
                "USD",
                tips.event_id,
            )
