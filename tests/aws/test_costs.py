"""What the work asks of DynamoDB: within its bars, and as the document says."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import costs, dynamo, dynamo_journeys
from benchmarks.dynamo_journeys import Journeys


@pytest.fixture(scope="module")
def journeys(ministack_url: str, tmp_path_factory: pytest.TempPathFactory) -> Journeys:
    folder: Path = tmp_path_factory.mktemp("counted")
    return dynamo_journeys.measured(ministack_url, folder)


def test_a_booking_is_one_write_and_its_outbox_two(journeys: Journeys) -> None:
    request, outbox = (journeys[name] for name in dynamo.BOOKING)

    assert request.calls["TransactWriteItems"] == request.writes == 1
    assert request.writes + outbox.writes <= dynamo.MOST_WRITES
    assert request.items > 12  # and yet all of it is written


@pytest.mark.parametrize(
    "journey",
    [
        "crew, an answer",
        "crew, a task ticked",
        "payment",
        "payments, a batch of 15",
        "payment, taken back",
        "amendment, the request",
        "cancellation",
    ],
)
def test_whatever_one_does_is_one_write(journeys: Journeys, journey: str) -> None:
    assert journeys[journey].writes == 1


def test_what_was_done_already_is_not_written_again(journeys: Journeys) -> None:
    assert journeys["booking, the request repeated"].writes == 0
    assert journeys["booking, unchanged"].writes == 0
    assert journeys["outbox with nothing due"].writes == 0


def test_no_page_takes_more_than_two_queries(journeys: Journeys) -> None:
    shown = dynamo.pages(journeys)

    assert len(shown) > 20
    assert {
        name: count.asked
        for name, count in shown.items()
        if count.queries > dynamo.MOST_QUERIES
        or count.queries + count.gets > dynamo.MOST_READS
    } == {}


def test_no_page_reads_a_whole_table(journeys: Journeys) -> None:
    assert not any(count.calls["Scan"] for count in journeys.values())


def test_the_document_says_what_is_counted(journeys: Journeys) -> None:
    written = costs.rows_in(costs.DOC.read_text())
    counted = {name: costs.row_of(count) for name, count in journeys.items()}

    assert written.keys() == counted.keys()
    for name, row in counted.items():
        assert written[name][:3] == row[:3], name
        assert written[name].mails == row.mails, name
        for units in ("read_units", "write_units"):
            said, found = getattr(written[name], units), getattr(row, units)
            assert said == pytest.approx(found, rel=0.15, abs=1), name


def test_the_sums_of_the_document_follow_from_its_counts() -> None:
    text = costs.DOC.read_text()

    assert text == costs.rendered(costs.rows_in(text))
