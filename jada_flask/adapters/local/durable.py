"""Files that survive a crash at any moment and several writers at once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex


def write(path: Path, content: bytes) -> None:
    """Put the content there, whole and on the disk, or leave what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = write_draft(path.parent, content)
    try:
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_draft(folder: Path, content: bytes) -> Path:
    """Put the content under a hidden name of its own, on the disk."""
    draft = folder / f".{token_hex(8)}.tmp"
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft


def sync_folder(folder: Path) -> None:
    """Have the folder's own entries on the disk; a rename is not safe before that."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that excludes other threads and processes; a crash lets go of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
