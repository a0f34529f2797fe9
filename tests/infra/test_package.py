"""What may leave as a package, and what is held back."""

from __future__ import annotations

import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from infra import package_checks
from infra.package import clean_commit, main, pack
from infra.package_checks import faults, library_faults
from infra.package_secrets import known_secrets
from infra.package_tree import DISCOVERY, SERVICES, PackageError, export, trim

HEADER = b"\xf3\r\r\n\x01\x00\x00\x00" + bytes(8)
CANARY = b"canary-2f9a77d01be4"
ACCESS_KEY = b"AKIA" + b"Q7" * 8


def library(*versions: str, machine: int = 62) -> bytes:
    """The bytes of a shared object, as far as anybody looks at them."""
    head = b"\x7fELF\x02\x01\x01".ljust(18, b"\0") + machine.to_bytes(2, "little")
    return head + b"\0" + b"\0".join(f"GLIBC_{one}".encode() for one in versions)


def put(tree: Path, name: str, content: bytes = b"") -> Path:
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A package that may leave."""
    tree = tmp_path / "tree"
    put(tree, "jada_flask/aws_entry.py", b"handler = None\n")
    put(tree, "jada_flask/__pycache__/aws_entry.cpython-313.pyc", HEADER)
    put(tree, "flask/app.pyc", HEADER)
    put(tree, "msgspec/_core.cpython-313-x86_64-linux-gnu.so", library("2.34"))
    put(tree, "certifi/cacert.pem", b"-----BEGIN CERTIFICATE-----")
    for name in package_checks._NEEDED:
        if name.rpartition("/")[2] in SERVICES:
            put(tree, f"{name}/service-2.json.gz")
        elif not (tree / name).exists():
            put(tree, name)
    return tree


def git(root: Path, *words: str) -> None:
    identity = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"]
    subprocess.run(["git", *identity, *words], cwd=root, check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    for name in ("jada_flask/app.py", "blueprints/views.py", "templates/base.html"):
        put(root, name, b"committed")
    put(root, "tests/test_app.py")
    put(root, ".gitignore", b"dist/\n")
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "Begin")
    return root


def test_a_good_package_may_leave(tree: Path) -> None:
    assert faults(tree, [CANARY]) == []


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        (".env", b"", "is private"),
        ("jada_flask/.env.production", b"", "is private"),
        ("zappa_settings.json", b"{}", "is private"),
        ("zappa_settings.yml", b"", "is private"),
        ("var/secrets.json", b"{}", "is private"),
        ("jada_flask/house/server.key", b"", "is private"),
        (".git/HEAD", b"", "is private"),
        ("jada_flask/house/operations.json", b'{"a": "' + CANARY, "holds a secret"),
        ("flask/app.pyc", HEADER + CANARY, "holds a secret"),
        ("templates/base.html", b"x " + ACCESS_KEY + b" y", "holds a secret"),
        (
            "templates/base.html",
            b"-----BEGIN PRIVATE" + b" KEY-----\\n" + b"M" * 64,
            "holds a secret",
        ),
        ("icalendar/tests/test_time.pyc", HEADER, "is a test"),
        ("jada_flask/conftest.pyc", HEADER, "is a test"),
        ("a/b.so", library("2.35"), "needs glibc 2.35; Lambda has 2.34"),
        ("a.libs/libz-1f.so.1.2", library("2.17", "2.38"), "needs glibc 2.38"),
        ("a/b.so", library(machine=183), "is not for x86_64"),
        ("a/b.so", b"MZ", "is not for x86_64"),
        ("a/b.cpython-311-x86_64-linux-gnu.so", library(), "another Python (311)"),
        ("jada_flask/app.py", b"", "has no bytecode"),
        ("flask/app.pyc", b"\xa7\r\r\n" + HEADER[4:], "Lambda would not take"),
        ("flask/app.pyc", HEADER[:4] + bytes(12), "Lambda would not take"),
        ("flask/app.pyc", HEADER[:4] + b"\3" + bytes(11), "Lambda would not take"),
        ("jada_flask/aws_entry.py", b"\n  from PIL import Image", "is left out"),
    ],
)
def test_what_must_not_leave_is_named(
    tree: Path, name: str, content: bytes, fault: str
) -> None:
    put(tree, name, content)
    (found,) = faults(tree, [CANARY])
    assert found.startswith(name)
    assert fault in found


@pytest.mark.parametrize("name", package_checks._NEEDED)
def test_what_is_missing_is_named(tree: Path, name: str) -> None:
    (tree / name).rename(tree.parent / "away")
    assert f"{name} is missing." in faults(tree, [])


def test_a_package_has_at_most_fifty_megabytes(tree: Path) -> None:
    with put(tree, "large").open("r+b") as file:
        file.truncate(50_000_001)
    assert any("50.0 MB unzipped" in fault for fault in faults(tree, []))


@pytest.mark.parametrize("versions", [("2.4", "2.34"), ("2.2.5",), ()])
def test_what_lambda_has_may_be_needed(versions: tuple[str, ...]) -> None:
    """Versions are compared as numbers: 2.4 is older than 2.34."""
    assert list(library_faults("a.abi3.so", library(*versions))) == []


def test_secrets_of_this_machine_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "from-the-environment")
    put(tmp_path, ".env.dev", b"SHORT=admin\nA='from-a-dot-env-file'\n")
    put(tmp_path, "var/secrets.json", b'{"settings": {"A": "made-up-at-first"}}')
    known = {b"from-the-environment", b"from-a-dot-env-file", b"made-up-at-first"}
    assert known <= set(known_secrets(tmp_path))
    assert b"admin" not in known_secrets(tmp_path)


def test_only_what_requests_need_is_kept(tmp_path: Path) -> None:
    kept = [
        f"{DISCOVERY}/gmail.v1.json",
        "botocore/data/endpoints.json",
        "botocore/data/dynamodb/2012-08-10/service-2.json.gz",
        "flask-3.1.3.dist-info/METADATA",
        "fontTools/misc/plain.py",
        "fontTools/misc/alone.cpython-313-x86_64-linux-gnu.so",
    ]
    dropped = [
        f"{DISCOVERY}/drive.v3.json",
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "bin/flask",
        "PIL/Image.py",
        "pillow.libs/libpng.so.1",
        "icalendar/tests/test_time.py",
        "flask-3.1.3.dist-info/RECORD",
        "fontTools/misc/plain.cpython-313-x86_64-linux-gnu.so",
        "fontTools/misc/plain.c",
    ]
    for name in kept + dropped:
        put(tmp_path, name)
    trim(tmp_path)
    found = {
        path.relative_to(tmp_path).as_posix()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert found == set(kept)


def test_only_what_is_committed_of_the_application_is_packed(
    repository: Path, tmp_path: Path
) -> None:
    put(repository, "jada_flask/app.py", b"changed since")
    put(repository, "jada_flask/.env", b"SECRET_KEY=x")
    export(repository, tmp_path / "out")
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        "blueprints",
        "jada_flask",
        "templates",
    ]
    assert (out / "jada_flask/app.py").read_bytes() == b"committed"
    assert not (out / "jada_flask/.env").exists()


@pytest.mark.parametrize("name", ["jada_flask/app.py", "jada_flask/new.py"])
def test_uncommitted_changes_are_refused(repository: Path, name: str) -> None:
    put(repository, name, b"changed")
    with pytest.raises(PackageError, match="commit them first"):
        clean_commit(repository)


def test_a_clean_tree_has_a_commit(repository: Path) -> None:
    put(repository, "dist/jada.zip")
    assert len(clean_commit(repository)) == 40


def test_the_same_files_give_the_same_package(tmp_path: Path) -> None:
    """Whatever their dates, their modes and the order in which they were written."""
    for order in ("ab", "ba"):
        for name in order:
            put(tmp_path / order, f"{name}/file", name.encode()).chmod(
                0o600 if order == "ab" else 0o755
            )
        pack(tmp_path / order, tmp_path / f"{order}.zip")
    first, second = tmp_path / "ab.zip", tmp_path / "ba.zip"
    assert first.read_bytes() == second.read_bytes()


def test_everybody_may_read_what_is_packed(tmp_path: Path) -> None:
    """Lambda runs as somebody else than who packed."""
    put(tmp_path / "tree", "file").chmod(0o600)
    pack(tmp_path / "tree", tmp_path / "a.zip")
    (entry,) = ZipFile(tmp_path / "a.zip").infolist()
    assert entry.external_attr >> 16 == 0o100644
    assert entry.date_time == (1980, 1, 1, 0, 0, 0)


@pytest.mark.parametrize("words", [[], ["local"], ["dev", "staging"]])
def test_a_stage_is_asked_for(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert "dev, staging, production" in capsys.readouterr().out
