"""How the office's API and page show money from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jada_flask.domain.matching import Expectation
from jada_flask.domain.reconciliation import Taken, TakenState
from jada_flask.services.reconciling import Report
from jada_flask.web.answers import moment

Body = dict[str, Any]
_SOURCES = {"boatsetter": "Boatsetter", "paypal": "PayPal", "stripe": "Stripe"}


def report_body(report: Report, next_: str | None) -> Body:
    """A file with its first lines as they stand now, and the sums as of the taking."""
    file, sums = report.file, report.file.totals
    return {
        "file_id": file.file_id,
        "source": file.source,
        "name": file.name,
        "taken_at": moment(file.taken_at),
        "taken_by": file.taken_by,
        "duplicate": not report.fresh,
        "totals": {
            "lines": sums.lines,
            "unexplained": sums.unexplained,
            "expected": sums.expected.plain,
            "fee": sums.fee.plain,
            "received": sums.received.plain,
            "difference": sums.difference.plain,
            "currency": "USD",
        },
        "passed_over": list(file.passed_over),
        "items": [taken_body(line) for line in report.lines],
        "next": next_,
    }


def taken_body(taken: Taken) -> Body:
    """One receipt: what it says, what was expected, what became of it."""
    receipt, match = taken.receipt, taken.match
    return {
        "receipt_id": taken.receipt_id,
        "source": receipt.source,
        "source_id": receipt.source_id,
        "kind": receipt.kind.value,
        "at": moment(receipt.at),
        "email": receipt.email,
        "name": receipt.name,
        "gross": receipt.gross.plain,
        "fee": None if receipt.fee is None else receipt.fee.plain,
        "net": receipt.net.plain,
        "currency": receipt.currency,
        "state": taken.state.value,
        "confidence": match.confidence.value,
        "match": {
            "expected": match.expected.plain,
            "fee": match.fee.plain,
            "received": match.received.plain,
            "difference": match.difference.plain,
        },
        "explained": taken.explained,
        "reasons": list(taken.words),
        "belongs_to": _where(match.expectation) if match.expectation else None,
        "candidates": [_where(one) for one in match.candidates],
        "payment_id": taken.payment_id or None,
        "taken_at": moment(taken.taken_at),
        "taken_by": taken.taken_by,
        "decided_by": taken.decided_by or None,
        "decided_at": moment(taken.decided_at),
        "reason": taken.reason,
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One receipt on the page, and what can be done about it."""

    taken: Taken
    source: str
    word: str
    tone: str
    glyph: str
    where_url: str | None
    accept_url: str | None
    dismiss_url: str | None


def line_of(taken: Taken) -> Line:
    """A receipt with its state in a word and its forms."""
    base = f"/dispatch/money/receipts/{quote(taken.receipt_id)}"
    can_choose = taken.state is TakenState.OPEN and (
        bool(taken.match.candidates) or taken.match.expectation is not None
    )
    where = taken.match.expectation
    return Line(
        taken,
        _SOURCES.get(taken.receipt.source, taken.receipt.source),
        *_state(taken),
        f"/dispatch/events/{quote(where.event_id)}"
        if where and where.event_id
        else None,
        f"{base}/accept" if can_choose else None,
        None if taken.explained else f"{base}/dismiss",
    )


def _state(taken: Taken) -> tuple[str, str, str]:
    """How it stands, in a word, with a tone and a sign."""
    if taken.state is TakenState.DISMISSED:
        return "Dismissed", "wait", "dash"
    if taken.state is TakenState.WAITING:
        return "Waits for its payment", "wait", "clock"
    if taken.state is TakenState.OPEN:
        proposed = taken.match.expectation is not None
        return (
            ("Proposed", "warn", "question")
            if proposed
            else (
                "Unknown",
                "bad",
                "alert",
            )
        )
    if taken.explained:
        return "Explained", "good", "check"
    return "Differs", "bad", "alert"


def _where(expectation: Expectation) -> Body:
    return {
        "target": expectation.target,
        "label": expectation.label,
        "event_id": expectation.event_id or None,
        "patron_id": expectation.patron_id or None,
        "booking_id": expectation.booking_id or None,
        "amount": expectation.amount.plain if expectation.amount is not None else None,
    }
