"""What is worked on, as a clean checkout: a deployment takes nothing else.

The files as they lie here, committed or not, become the only commit of a repository of
their own, of the same name whenever they are the same.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Final

from infra import package
from infra.package import Package
from infra.package_checks import size_of
from infra.package_tree import APPLICATION

ROOT: Final = Path(__file__).parents[3]
_WHO: Final = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (
        ("NAME", "Tests"),
        ("EMAIL", "tests@example.com"),
        ("DATE", "2026-05-01T19:00:00Z"),
    )
}
# What a package is made of beside the application.
_RECIPE: Final = ("requirements.txt", "infra/package*.py")


def checkout(folder: Path) -> Path:
    """Make the repository."""
    names = _git(ROOT, "ls-files", "-z", "-c", "-o", "--exclude-standard").split("\0")
    for name in sorted(set(filter(None, names))):
        source = ROOT / name
        if source.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(source.read_bytes())
            (folder / name).chmod(source.stat().st_mode & 0o777)
    _git(folder, "init", "--quiet")
    commit(folder, "What is worked on")
    return folder


def commit(folder: Path, subject: str) -> None:
    """Commit all that lies in such a repository."""
    _git(folder, "add", "--all", "--force")
    _git(folder, "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", subject)


def packed(root: Path) -> Package:
    """The package of a checkout; one of the same content is taken from an earlier run.

    To make it takes a minute, and PyPI.
    """
    kept = ROOT / "build" / "packages" / f"{_content(root)}.zip"
    if not kept.exists():
        made = package.build(root, say=lambda _: None)
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}")
        part.write_bytes(made.path.read_bytes())
        part.replace(kept)
    return as_package(root, kept)


def as_package(root: Path, path: Path) -> Package:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    now = package.clean_commit(root)
    return Package(path, now, digest, len(content), size_of(root / APPLICATION[0]))


def _content(root: Path) -> str:
    of = hashlib.sha256(_git(root, "ls-tree", "-r", "HEAD", *APPLICATION).encode())
    for path in sorted(found for name in _RECIPE for found in root.glob(name)):
        of.update(path.read_bytes())
    return of.hexdigest()[:16]


def _git(folder: Path, *words: str) -> str:
    env = {**os.environ, **_WHO}
    done = subprocess.run(
        ["git", *words], cwd=folder, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout
