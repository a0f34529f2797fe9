"""What the journeys of a day ask of DynamoDB: counts, which no machine makes better."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import dynamo_journeys
from benchmarks.dynamo_journeys import Journeys
from benchmarks.dynamo_meter import Count
from benchmarks.figure import Figure
from tests.contracts import ministack

_NOBODY = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-west-2",
}
BOOKING = ("booking, the request", "booking, its outbox")
MOST_WRITES, MOST_QUERIES, MOST_READS = 3, 2, 6


def measure() -> Iterator[Figure]:
    journeys = counted()
    writes = sum(journeys[name].writes for name in BOOKING)
    facts = tuple(f"{name}: {_told(journeys[name])}" for name in BOOKING)
    yield Figure(
        "DynamoDB writes of one booking, its outbox included",
        [writes],
        MOST_WRITES,
        facts=facts,
    )
    shown = pages(journeys)
    most = max(shown, key=lambda name: shown[name].queries)
    yield Figure(
        "queries of the page that takes most",
        [shown[most].queries],
        MOST_QUERIES,
        facts=tuple(f"{name}: {_told(count)}" for name, count in shown.items()),
    )


def counted() -> Journeys:
    """Every journey, on a ministack of our own."""
    for name, value in _NOBODY.items():
        os.environ.setdefault(name, value)
    with ministack.running() as url, TemporaryDirectory() as folder:
        return dynamo_journeys.measured(url, Path(folder))


def pages(journeys: Journeys) -> Journeys:
    """The journeys that only look at something."""
    return {
        name: count
        for name, count in journeys.items()
        if not count.writes and (count.queries or count.gets)
        if name.startswith(dynamo_journeys.PAGES)
    }


def _told(count: Count) -> str:
    told = {
        "writes": count.writes,
        "queries": count.queries,
        "gets": count.gets,
        "read units": f"{count.read:g}",
        "write units": count.write_units,
    }
    return ", ".join(f"{value} {name}" for name, value in told.items() if value)
