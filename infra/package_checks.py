"""What a package has to be before it may leave. Nobody else compares it with Lambda."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from infra.package_secrets import has_private_name, tells_a_secret
from infra.package_tree import DISCOVERY, DOCUMENT, LEFT_OUT, SERVICES

MOST = 50_000_000  # bytes, unzipped
_GLIBC = (2, 34)  # of Amazon Linux 2023
_X86_64 = 62
_TAG = "313"
# Magic number of 3.13, then: told by its hash, and never compared with the source.
_HEADER = b"\xf3\x0d\x0d\x0a\x01\x00\x00\x00"
_LEFT_OUT = re.compile(
    rb"^\s*(?:from|import) (?:%s)\b" % "|".join(LEFT_OUT).encode(), re.MULTILINE
)
_NEEDED = (
    "jada_flask/aws_entry.py",
    "jada_flask/ahead.bin",
    "jada_flask/house/operations.json",
    "templates/base.html",
    f"{DISCOVERY}/{DOCUMENT}",
    "botocore/data/endpoints.json",
    "botocore/data/partitions.json",
    "botocore/data/sdk-default-configuration.json",
    "botocore/data/_retry.json",
    "tzdata/zoneinfo/America/Los_Angeles",
    *(f"botocore/data/{service}" for service in SERVICES),
)


def faults(tree: Path, canaries: list[bytes]) -> list[str]:
    """Everything that is wrong with a package, each in a sentence."""
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    found = [f"{name} is missing." for name in _NEEDED if not (tree / name).exists()]
    if (size := size_of(tree)) > MOST:
        found.append(f"It is {size / 1e6:.1f} MB unzipped; {MOST / 1e6:.0f} may be.")
    for path in files:
        name = path.relative_to(tree)
        found += [f"{name} {fault}" for fault in _faults_of(path, name, canaries)]
    return found


def size_of(tree: Path) -> int:
    """How many bytes the files of a folder have."""
    return sum(path.stat().st_size for path in tree.rglob("*") if path.is_file())


def library_faults(name: str, content: bytes) -> Iterator[str]:
    """What keeps a shared object from being loaded there."""
    if content[:5] != b"\x7fELF\x02" or content[18:20] != _X86_64.to_bytes(2, "little"):
        yield "is not for x86_64."
    versions = [
        tuple(int(part) for part in found.split(b"."))
        for found in re.findall(rb"\bGLIBC_(\d+(?:\.\d+)+)\b", content)
    ]
    newest = max(versions, default=(0,))
    if newest > _GLIBC:
        yield f"needs glibc {'.'.join(map(str, newest))}; Lambda has 2.34."
    tag = re.search(r"\.cpython-(\d+)", name)
    if tag and tag[1] != _TAG:
        yield f"is for another Python ({tag[1]})."


def _faults_of(path: Path, name: Path, canaries: list[bytes]) -> Iterator[str]:
    content = path.read_bytes()
    yield from _private_faults(name, content, canaries)
    if re.search(r"\.so(\.\d+)*$", path.name):
        yield from library_faults(path.name, content)
    if path.suffix == ".py":
        yield from _source_faults(path, content)
    if path.suffix == ".pyc" and not content.startswith(_HEADER):
        yield "is bytecode that Lambda would not take."


def _private_faults(name: Path, content: bytes, canaries: list[bytes]) -> Iterator[str]:
    if has_private_name(name) or ".git" in name.parts:
        yield "is private."
    if tells_a_secret(content, canaries):
        yield "holds a secret."
    if _is_test(name):
        yield "is a test."


def _source_faults(path: Path, content: bytes) -> Iterator[str]:
    if not _bytecode(path).is_file():
        yield "has no bytecode."
    if _LEFT_OUT.search(content):
        yield "imports a library that is left out."


def _is_test(name: Path) -> bool:
    return "tests" in name.parts[:-1] or name.stem == "conftest"


def _bytecode(path: Path) -> Path:
    return path.parent / "__pycache__" / f"{path.stem}.cpython-{_TAG}.pyc"
