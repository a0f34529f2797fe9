"""What the work costs at AWS's public prices: `python -m benchmarks.costs` writes it.

The counts are measured, the prices are those that were public when this was written,
and what is assumed stands in `docs/costs.md` beside the sums.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks import dynamo
from benchmarks.dynamo_meter import Count

DOC = Path(__file__).parent.parent / "docs" / "costs.md"
_MILLION, _THOUSAND = 1_000_000, 1_000
_MINUTES = 43_800  # of a month

# US dollars, region us-west-2, on demand, without free tiers. To be re-checked.
PRICES = {
    "DynamoDB, a million write units": 0.625,
    "DynamoDB, a million read units": 0.125,
    "Lambda, a million requests": 0.20,
    "Lambda, a GB-second (x86)": 0.0000166667,
    "API Gateway (REST), a million requests": 3.50,
    "CloudFront, a million HTTPS requests": 1.00,
    "CloudFront, an invalidated path above 1,000 a month": 0.005,
    "CloudFront, a GB out": 0.085,
    "S3, a thousand writes": 0.005,
    "S3, a thousand reads": 0.0004,
    "SES, a thousand mails": 0.10,
    "SQS, a million requests": 0.40,
    "CloudWatch, a GB of logs": 0.50,
    "CloudWatch, an alarm a month": 0.10,
}
MEMORY = 0.5  # GB, as zappa_settings.json has it

# What is taken to happen around one booking, and how long Lambda is then at work.
AROUND = {
    "booking, the request": (1, 80),
    "booking, its outbox": (1, 2000),
    "crew, the link": (3, 30),
    "crew, the page": (6, 30),
    "crew, an answer": (3, 50),
    "crew, an answer's outbox": (3, 400),
    "crew, a task ticked": (8, 50),
    "payment": (1, 60),
    "payment, its outbox": (1, 1500),
    "board, 50 charters": (5, 70),
    "page of one charter": (5, 60),
    "amendment, the request": (0.2, 80),
    "amendment, its outbox": (0.2, 2000),
}
GUEST_VIEWS = 20  # of the guest page, a booking; each with five files beside it
_VIEW_BYTES, _PAGE_BYTES = 30_000, 15_000  # from the edge, from Lambda
_LOG_BYTES = 1_500  # an invocation: what Lambda itself writes, and a line of ours
_SWEEP = "outbox with nothing due"
_ALARMS = 12
_PATHS = "CloudFront, invalidated paths"
_TABLE = ("writes", "queries", "gets", "read units", "write units", "mails")


class Row(NamedTuple):
    """What one journey asks for."""

    writes: int
    queries: int
    gets: int
    read_units: float
    write_units: int
    mails: int

    @property
    def price(self) -> float:
        """Of its requests to DynamoDB."""
        return (
            self.read_units * PRICES["DynamoDB, a million read units"]
            + self.write_units * PRICES["DynamoDB, a million write units"]
        ) / _MILLION


Rows = Mapping[str, Row]


def row_of(count: Count) -> Row:
    return Row(
        count.writes,
        count.queries,
        count.gets,
        count.read,
        count.write_units,
        count.mails,
    )


def rows_in(text: str) -> dict[str, Row]:
    """The counts that the document holds."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == len(_TABLE) + 2 and re.fullmatch(r"\d+", cells[1]):
            writes, queries, gets, read, written, mails = cells[1:7]
            found[cells[0]] = Row(
                int(writes),
                int(queries),
                int(gets),
                float(read),
                int(written),
                int(mails),
            )
    return found


def per_booking(rows: Rows) -> dict[str, float]:
    """Dollars for 1,000 bookings with all that comes around them, by service."""
    times = {name: often for name, (often, _) in AROUND.items()}
    calls = sum(times.values())
    answered = sum(often for name, often in times.items() if "outbox" not in name)
    seconds = sum(often * took for often, took in AROUND.values()) / _THOUSAND
    published = times["booking, its outbox"] + times["amendment, its outbox"]
    mails = sum(rows[name].mails * often for name, often in times.items())
    seen = GUEST_VIEWS * 6
    each = {
        "DynamoDB": sum(rows[name].price * often for name, often in times.items()),
        "Lambda": _lambda(calls, seconds),
        "API Gateway": answered
        * PRICES["API Gateway (REST), a million requests"]
        / _MILLION,
        "CloudFront": (answered + seen)
        * PRICES["CloudFront, a million HTTPS requests"]
        / _MILLION
        + _out(GUEST_VIEWS * _VIEW_BYTES + answered * _PAGE_BYTES),
        # A new page is forgotten by no edge; a changed one has two addresses.
        _PATHS: 2
        * times["amendment, its outbox"]
        * PRICES["CloudFront, an invalidated path above 1,000 a month"],
        "S3": (
            published * PRICES["S3, a thousand writes"]
            + seen * PRICES["S3, a thousand reads"]
        )
        / _THOUSAND,
        "SES": mails * PRICES["SES, a thousand mails"] / _THOUSAND,
        "SQS": 3 * (calls - answered) * PRICES["SQS, a million requests"] / _MILLION,
        "CloudWatch": _logs(calls),
    }
    return {name: _THOUSAND * dollars for name, dollars in each.items()}


def per_views(rows: Rows) -> dict[str, float]:
    """Dollars for 1,000 views of a page."""
    through = (
        PRICES["API Gateway (REST), a million requests"]
        + PRICES["CloudFront, a million HTTPS requests"]
    ) / _MILLION + _out(_PAGE_BYTES)
    edge = PRICES["CloudFront, a million HTTPS requests"] / _MILLION
    views = {"guest page, at the edge": edge + _out(_VIEW_BYTES)}
    for name in ("board, 50 charters", "page of one charter", "crew, the page"):
        took = AROUND[name][1] / _THOUSAND
        views[name] = through + _lambda(1, took) + _logs(1) + rows[name].price
    return {name: _THOUSAND * dollars for name, dollars in views.items()}


def per_month(rows: Rows) -> dict[str, float]:
    """Dollars for a month in which nobody does anything."""
    warm = 2 * _MINUTES / 4
    return {
        "Lambda, the sweep each minute and keeping warm": _lambda(
            _MINUTES + warm, _MINUTES * 0.05 + warm * 0.005
        ),
        "DynamoDB, the sweep": 2 * _MINUTES * rows[_SWEEP].price,
        "SQS, looked at by Lambda": _MINUTES
        * 15
        * PRICES["SQS, a million requests"]
        / _MILLION,
        "CloudWatch, logs": _logs(_MINUTES + warm),
        "CloudWatch, alarms": _ALARMS * PRICES["CloudWatch, an alarm a month"],
    }


def rendered(rows: Rows) -> str:
    """The document."""
    booking, views, month = per_booking(rows), per_views(rows), per_month(rows)
    most = max(booking, key=lambda name: booking[name])
    whole = sum(booking.values())
    writes = sum(rows[name].writes for name in dynamo.BOOKING)
    return "\n".join(
        [
            *_INTRODUCTION,
            "",
            _line("journey", *_TABLE, "$ per 1,000"),
            _line("---", *["---:"] * (len(_TABLE) + 1)),
            *(_counted(name, row) for name, row in rows.items()),
            "",
            f"One booking, its outbox included, is {writes} write calls; at most"
            f" {dynamo.MOST_WRITES} are allowed.",
            f"A page takes at most {dynamo.MOST_QUERIES} queries, and at most"
            f" {dynamo.MOST_READS} read calls with the one for the session and those",
            "that bring up to a hundred items at once; `tests/aws/test_costs.py` holds"
            " it to that.",
            "A page looks again, by two queries more, while messages have been given",
            "up, and by one for each table in which a message of its own has failed.",
            "",
            "## 1,000 bookings",
            "",
            *_table("service", booking),
            f"| **together** | **{whole:.2f}** |",
            "",
            f"{most}: {100 * booking[most] / whole:.0f} % of it; the first 1,000"
            " paths of a month are free,",
            f"and without them it is {whole - booking[_PATHS]:.2f}, most of it"
            f" {_second(booking)}.",
            "",
            *_ASSUMED,
            "",
            _line("journey", "times", "ms of Lambda"),
            _line("---", "---:", "---:"),
            *(_line(n, f"{often:g}", took) for n, (often, took) in AROUND.items()),
            "",
            "## 1,000 views of a page",
            "",
            *_table("page", views),
            "",
            "## A month in which nothing happens",
            "",
            *_table("what", month),
            f"| **together** | **{sum(month.values()):.2f}** |",
            "",
            *_BESIDE,
            "",
            "## Prices",
            "",
            *_PRICED,
            "",
            _line("what", "$"),
            _line("---", "---:"),
            *(
                _line(name, f"{price:.10f}".rstrip("0"))
                for name, price in PRICES.items()
            ),
            "",
        ]
    )


def _second(booking: Mapping[str, float]) -> str:
    return max(booking.keys() - {_PATHS}, key=lambda name: booking[name])


def _counted(name: str, row: Row) -> str:
    units = f"{row.read_units:g}"
    dollars = f"{_THOUSAND * row.price:.4f}"
    counts = (row.writes, row.queries, row.gets, units, row.write_units, row.mails)
    return _line(name, *counts, dollars)


def _table(what: str, sums: Mapping[str, float]) -> Iterable[str]:
    yield _line(what, "$")
    yield _line("---", "---:")
    for name, dollars in sums.items():
        yield _line(name, f"{dollars:.4f}")


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _plain(price: float) -> str:
    return f"{price:.10f}".rstrip("0").rstrip(".")


def _lambda(calls: float, seconds: float) -> float:
    asked = calls * PRICES["Lambda, a million requests"] / _MILLION
    return asked + seconds * MEMORY * PRICES["Lambda, a GB-second (x86)"]


def _logs(calls: float) -> float:
    return calls * _LOG_BYTES / 1e9 * PRICES["CloudWatch, a GB of logs"]


def _out(size: float) -> float:
    return size / 1e9 * PRICES["CloudFront, a GB out"]


_INTRODUCTION = """\
# What it costs

Written by `python -m benchmarks.costs`; a test compares it with what is counted.

## What each journey asks of DynamoDB

Counted where botocore sends, on ministack, retries included. Units follow AWS's
published rules from the sizes of the items: a write unit for each kB begun, two in
a transaction; a read unit for each 4 kB begun, half of one where the answer may be
a moment old; indexes hold whole items and are written as often as what they show
changes. Whether AWS counts an index of a transaction once or twice is to be checked
on the first bill; once is taken here. Reads by key and by partition are as of now,
since whoever has just saved something looks at it; reads of an index, which decide
nothing, cost half by themselves.""".splitlines()

_ASSUMED = """\
Assumed, not measured: what happens around one booking (below), twenty views of its
guest page with five files each (30 kB travel), 15 kB for a page from Lambda, 512
MB, the milliseconds (a store that answers in 5 ms; the outbox waits for SES and
Apps Script, whose two seconds are most of it), 1.5 kB of logs an invocation. Mails
to the audit inbox go through Gmail and the summary through Apps Script; neither is
AWS's.""".splitlines()

_BESIDE = """\
Keys of KMS, storage (a booking with everything about it is about 30 kB, so 1,000
are a cent a month, twice that with recovery to a point in time), and traffic of S3
to CloudFront (none) stand beside this. The free tiers of Lambda, SQS, CloudFront
and CloudWatch would take most of it away.""".splitlines()

_PRICED = """\
Public prices of us-west-2 as known in 2025. **To be re-checked** before anybody
relies on them; a change is made in `benchmarks/costs.py`.""".splitlines()


def main() -> None:
    rows = {name: row_of(count) for name, count in dynamo.counted().items()}
    DOC.write_text(rendered(rows))


if __name__ == "__main__":
    main()
