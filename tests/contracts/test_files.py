"""What every keeper of files promises, and what the folder promises besides."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from jada_flask.adapters.aws.clients import Client, lazily
from jada_flask.adapters.aws.files import S3Files
from jada_flask.adapters.local.files import FolderFiles
from jada_flask.domain.errors import NotFoundError
from jada_flask.ports import Files, Saved
from tests.contracts.aws_stand_in import stand_in

PAGE = "g/abc234/index.html"
HTML = "text/html; charset=utf-8"


@pytest.fixture(scope="module")
def aws() -> Iterator[Client]:
    with stand_in() as address:
        yield lazily("s3", address)


@pytest.fixture(params=["folder", "s3"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    if request.param == "folder":
        return FolderFiles(tmp_path / "guest")
    client, bucket = request.getfixturevalue("aws"), uuid4().hex
    client().create_bucket(
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": "us-west-2"},
    )
    return S3Files(client, bucket)


def test_what_is_saved_last_is_read(files: Files) -> None:
    files.save(PAGE, b"first", content_type=HTML)
    files.save(PAGE, b"last", content_type=HTML)

    assert files.read(PAGE) == b"last"


def test_what_was_never_saved_is_not_found(files: Files) -> None:
    with pytest.raises(NotFoundError):
        files.read(PAGE)


def test_what_was_deleted_is_not_found(files: Files) -> None:
    files.save(PAGE, b"page", content_type=HTML)

    files.delete(PAGE)
    files.delete(PAGE)

    with pytest.raises(NotFoundError):
        files.read(PAGE)


def test_an_older_revision_does_not_replace_a_newer_one(files: Files) -> None:
    files.save(PAGE, b"two", content_type=HTML, revision=2)

    older = files.save(PAGE, b"one", content_type=HTML, revision=1)

    assert older is Saved.OUTDATED
    assert files.read(PAGE) == b"two"


def test_the_same_revision_again_is_saved(files: Files) -> None:
    """A delivery that was cut off comes again and must find nothing in its way."""
    files.save(PAGE, b"cut", content_type=HTML, revision=2)

    again = files.save(PAGE, b"whole", content_type=HTML, revision=2)

    assert again is Saved.REPLACED
    assert files.read(PAGE) == b"whole"


def test_a_deleted_file_leaves_no_revision_behind(files: Files) -> None:
    files.save(PAGE, b"two", content_type=HTML, revision=2)
    files.delete(PAGE)

    assert files.save(PAGE, b"one", content_type=HTML, revision=1) is Saved.NEW


def test_of_many_savers_at_once_the_newest_stands(tmp_path: Path) -> None:
    """What a bucket promises of it is tried step by step; its stand-in has no locks."""
    files = FolderFiles(tmp_path)

    def save(revision: int) -> Saved:
        content = str(revision).encode()
        return files.save(PAGE, content, content_type=HTML, revision=revision)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save, [3, 11, 5, 2, 12, 7, 1, 9, 4, 10, 6, 8] * 2))

    assert files.read(PAGE) == b"12"


def test_what_was_new_and_what_was_there_is_told_apart(files: Files) -> None:
    assert files.save(PAGE, b"one", content_type=HTML, revision=1) is Saved.NEW

    assert files.save(PAGE, b"two", content_type=HTML, revision=2) is Saved.REPLACED
    assert files.save(PAGE, b"any", content_type=HTML) is Saved.REPLACED


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/g/a",
        "../a",
        "g/../../a",
        "g//a",
        "g/.notes/a",
        ".notes/a",
        "g/a/",
        "a\0b",
        "ä",
        "a\n",
    ],
)
def test_a_key_that_leads_out_is_refused(files: Files, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        files.save(key, b"x", content_type=HTML)
    with pytest.raises(NotFoundError):
        files.read(key)
    files.delete(key)


def test_a_save_that_was_cut_off_keeps_older_revisions_out(tmp_path: Path) -> None:
    """Between note and page the power fails; the page's own revision comes again."""
    files = FolderFiles(tmp_path)
    in_the_way = tmp_path / PAGE
    in_the_way.mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        files.save(PAGE, b"five", content_type=HTML, revision=5)
    in_the_way.rmdir()

    older = files.save(PAGE, b"four", content_type=HTML, revision=4)

    assert older is Saved.OUTDATED
    assert files.save(PAGE, b"five", content_type=HTML, revision=5) is Saved.NEW
    assert [path.name for path in in_the_way.parent.iterdir()] == ["index.html"]


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path)
    files.save(PAGE, b"page", content_type=HTML)

    for key in ("g", "g/abc234", f"{PAGE}/more"):
        with pytest.raises(NotFoundError):
            files.read(key)
        with pytest.raises(NotFoundError):
            files.content_type(key)


def test_a_page_lies_where_a_web_server_looks_for_it(tmp_path: Path) -> None:
    FolderFiles(tmp_path / "guest").save(PAGE, b"page", content_type=HTML)

    assert (tmp_path / "guest/g/abc234/index.html").read_bytes() == b"page"
    assert [path.name for path in (tmp_path / "guest/g/abc234").iterdir()] == [
        "index.html"
    ]


def test_the_type_of_a_file_is_remembered_or_guessed(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path)
    files.save("g/a/photos/p1", b"photo", content_type="image/jpeg")
    (tmp_path / "by-hand.css").write_bytes(b"p {}")
    (tmp_path / "by-hand").write_bytes(b"?")

    assert files.content_type("g/a/photos/p1") == "image/jpeg"
    assert files.content_type("by-hand.css") == "text/css"
    assert files.content_type("by-hand") == "application/octet-stream"


def _save_all(folder: Path, first: int) -> None:
    files = FolderFiles(folder)
    for revision in range(first, 30, 3):
        files.save(PAGE, b"%d" % revision * 9000, content_type=HTML, revision=revision)


def test_of_many_processes_the_newest_stands_and_no_page_is_half(
    tmp_path: Path,
) -> None:
    context = multiprocessing.get_context("spawn")
    savers = [context.Process(target=_save_all, args=(tmp_path, n)) for n in range(3)]
    for saver in savers:
        saver.start()
    seen = set()
    while any(saver.is_alive() for saver in savers):
        if (tmp_path / PAGE).exists():
            seen.add((tmp_path / PAGE).read_bytes())
    for saver in savers:
        saver.join()

    whole = {b"%d" % revision * 9000 for revision in range(30)}
    assert seen <= whole
    assert FolderFiles(tmp_path).read(PAGE) == b"29" * 9000
