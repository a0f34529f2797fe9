"""A processor for each process that serves, where there are as many of both."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jada_flask.adapters.claims import claimed


def keep_to_one(folder: Path, processes: int) -> None:
    """Stay on a processor that no other process of this folder has taken.

    Threads of one interpreter take turns. Left alone the system starts each turn on
    whichever processor is idle, where nothing of what it needs is at hand. Threads that
    are begun later stay with this one. A machine with more processors than processes is
    better at choosing than we are, and one that cannot be told is left alone.
    """
    if sys.platform != "linux":
        return
    processors = os.sched_getaffinity(0)
    if not 1 < len(processors) <= processes:
        return
    # Never closed: its locks are this process's claim, for as long as it lives.
    claims = os.open(folder / "processors.lock", os.O_RDWR | os.O_CREAT, 0o600)
    for processor in sorted(processors):
        if claimed(claims, processor):
            os.sched_setaffinity(0, {processor})
            return
