"""What the file of the operator's summaries promises."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from jada_flask.adapters.local.summary import FileSummary
from jada_flask.domain.errors import DeliveryError

PAYLOAD = {"kind": "booking_summary", "guest_name": "Zoë", "margin": {"net": "289.41"}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "operator" / "summaries.jsonl"


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text().splitlines()]


def test_each_revision_is_one_line(path: Path) -> None:
    summary = FileSummary(path)

    summary.send(PAYLOAD, key="booking:B1:1")
    summary.send(PAYLOAD, key="booking:B1:2")

    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert first == {**PAYLOAD, "id": "booking:B1:1"}
    assert second["id"] == "booking:B1:2"


def test_the_same_key_again_adds_nothing(path: Path) -> None:
    FileSummary(path).send(PAYLOAD, key="booking:B1:1")
    summary = FileSummary(path)

    summary.send(PAYLOAD, key="booking:B1:1")
    summary.send(PAYLOAD, key="booking:B1:1")

    assert ids(path) == ["booking:B1:1"]


def test_a_line_that_a_crash_has_cut_is_repaired(path: Path) -> None:
    summary = FileSummary(path)
    summary.send(PAYLOAD, key="booking:B1:1")
    with path.open("a") as file:
        file.write('{"id": "booking:B2:1", "gue')

    for sender in (summary, FileSummary(path)):
        sender.send(PAYLOAD, key="booking:B2:1")

    assert ids(path) == ["booking:B1:1", "booking:B2:1"]


def test_what_another_process_wrote_is_known(path: Path) -> None:
    ours, theirs = FileSummary(path), FileSummary(path)
    ours.send(PAYLOAD, key="booking:B1:1")
    theirs.send(PAYLOAD, key="booking:B2:1")

    ours.send(PAYLOAD, key="booking:B2:1")

    assert ids(path) == ["booking:B1:1", "booking:B2:1"]


@pytest.mark.parametrize("rename", [True, False])
def test_a_file_that_was_emptied_or_moved_is_begun_again(
    path: Path, rename: bool
) -> None:
    summary = FileSummary(path)
    summary.send(PAYLOAD, key="booking:B1:1")
    if rename:
        path.rename(path.with_suffix(".old"))
    else:
        path.write_text("")

    summary.send(PAYLOAD, key="booking:B1:1")

    assert ids(path) == ["booking:B1:1"]


def test_a_longer_file_in_place_of_ours_is_read_from_its_beginning(path: Path) -> None:
    summary = FileSummary(path)
    summary.send(PAYLOAD, key="booking:B1:1")
    other = path.with_suffix(".other")
    for number in range(2, 6):
        FileSummary(other).send(PAYLOAD, key=f"booking:B{number}:1")
    other.replace(path)

    summary.send(PAYLOAD, key="booking:B2:1")
    summary.send(PAYLOAD, key="booking:B1:1")

    assert len(ids(path)) == len(set(ids(path))) == 5


def test_a_strange_line_stands_in_nobodys_way(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('# seen\n[1]\n"x"\n{"id": ["a"]}\n')

    FileSummary(path).send(PAYLOAD, key="booking:B1:1")

    assert path.read_text().count("\n") == 5


def test_what_was_read_is_not_read_again(path: Path) -> None:
    """The second line of an old file is written without looking at the first again."""
    summary = FileSummary(path)
    summary.send(PAYLOAD, key="booking:B1:1")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"booking:B1:1", b"booking:B9:9"))

    summary.send(PAYLOAD, key="booking:B1:1")

    assert ids(path) == ["booking:B9:9"]


def _send_all(path: Path) -> None:
    summary = FileSummary(path)
    for number in range(40):
        summary.send({"text": "x" * 3000}, key=f"booking:B{number}:1")


def test_several_processes_write_each_line_once_and_whole(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    senders = [context.Process(target=_send_all, args=(path,)) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert sorted(ids(path)) == sorted(f"booking:B{number}:1" for number in range(40))


def test_a_file_that_cannot_be_written_is_tried_again(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(DeliveryError, match="cannot be written") as caught:
        FileSummary(path).send(PAYLOAD, key="booking:B1:1")

    assert not caught.value.permanent
