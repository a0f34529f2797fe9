"""`make package STAGE=dev`: what Lambda receives, checked before it may leave.

One package serves every stage and both functions: what tells them apart is in Lambda's
own settings. So what was tried on staging is, byte by byte, what production gets.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from infra import package_tree as trees
from infra.package_checks import faults, size_of
from infra.package_models import prune
from infra.package_secrets import known_secrets
from infra.package_tree import PackageError

STAGES = ("dev", "staging", "production")
_ROOT = Path(__file__).resolve().parent.parent
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # of the calendar that zip files have
_REGULAR, _UNIX = 0o100644, 3
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Package:
    """A finished package: where it lies, of which commit, and how large it is."""

    path: Path
    commit: str
    sha256: str
    zipped: int
    unzipped: int


def build(root: Path = _ROOT, say: Say = print) -> Package:
    """Make the package of what is committed; the same commit gives the same bytes.

    Raises `PackageError` for uncommitted changes, and for whatever must not leave.
    """
    commit = clean_commit(root)
    python = trees.python_of_lambda()
    out = root / "dist"
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="package-", dir=out) as made:
        tree = Path(made)
        say("Fetching the libraries ...")
        trees.install(root / "requirements.txt", tree, python)
        trees.trim(tree)
        trees.export(root, tree)
        prune(tree, trees.SERVICES)
        say("Compiling ...")
        trees.compile_all(tree, python)
        trees.work_ahead(tree, python)
        if wrong := faults(tree, known_secrets(root)):
            raise PackageError("\n".join(["This must not leave:", *wrong]))
        path = out / f"jada-{commit[:12]}.zip"
        pack(tree, path)
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        return Package(path, commit, digest, len(content), size_of(tree))


def clean_commit(root: Path) -> str:
    """The commit that is checked out; raises `PackageError` if there is more."""
    if _git(root, "status", "--porcelain"):
        raise PackageError("There are uncommitted changes: commit them first.")
    return _git(root, "rev-parse", "HEAD")


def pack(tree: Path, path: Path) -> None:
    """Zip a folder: one order, one date, one mode, whoever does it."""
    files = sorted(file for file in tree.rglob("*") if file.is_file())
    with ZipFile(path, "w", compresslevel=9) as into:
        for file in files:
            entry = ZipInfo(file.relative_to(tree).as_posix(), _BEGINNING)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _REGULAR << 16
            into.writestr(entry, file.read_bytes())


def main(arguments: list[str]) -> int:
    """Make the package and say what it is."""
    if len(arguments) != 1 or arguments[0] not in STAGES:
        print(f"make package STAGE=<stage>: one of {', '.join(STAGES)}.")
        return 2
    try:
        made = build()
    except PackageError as error:
        print(error)
        return 1
    print(f"package   {made.path}")
    print(f"commit    {made.commit}")
    print(f"zipped    {made.zipped / 1e6:.1f} MB")
    print(f"unzipped  {made.unzipped / 1e6:.1f} MB")
    print(f"sha256    {made.sha256}")
    return 0


def _git(root: Path, *words: str) -> str:
    found = subprocess.run(
        ["git", *words], cwd=root, capture_output=True, text=True, check=False
    )
    if found.returncode:
        raise PackageError(f"git {words[0]}: {found.stderr.strip()}")
    return found.stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
