"""Bytes of a file that a process claims; the system lets go of them when it ends."""

from __future__ import annotations

import fcntl


def claimed(file: int, byte: int) -> bool:
    """Claim this byte of an open file, or find that another process has."""
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
    except (BlockingIOError, PermissionError):  # by the system
        return False
    return True


def let_go(file: int, byte: int) -> None:
    """Leave the byte to others."""
    fcntl.lockf(file, fcntl.LOCK_UN, 1, byte)
