"""The operator's summaries, one JSON line each."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from jada_flask.domain.errors import DeliveryError


class FileSummary:
    """`OperatorSummary` at the end of a file, for any number of processes at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = 0  # which file it was that we have read so far
        self._read = 0  # how much of it
        self._known: set[str] = set()

    def send(self, payload: Mapping[str, Any], *, key: str) -> None:
        """Add one line, unless the key has its line. Raises `DeliveryError`."""
        line = json.dumps({**payload, "id": key}, ensure_ascii=False)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a+b", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                self._catch_up(file)
                if key not in self._known:
                    self._append(file, line.encode("utf-8", "replace") + b"\n")
        except OSError as error:
            raise DeliveryError(
                f"The operator's summaries cannot be written: {error.strerror}."
            ) from error

    def health(self) -> str:
        """Whether the file can be written; raises `DeliveryError` when it cannot."""
        folder = self._path.parent
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise DeliveryError(f"{folder} cannot be written.")
        return f"Summaries are lines of {self._path.name} on this machine."

    def _catch_up(self, file: BinaryIO) -> None:
        """Read what was added since the last time, by whomever."""
        state = os.fstat(file.fileno())
        if state.st_ino != self._file or state.st_size < self._read:
            self._file, self._read, self._known = state.st_ino, 0, set()
        file.seek(self._read)
        added = file.read()
        whole = added[: added.rfind(b"\n") + 1]
        if len(whole) < len(added):
            # Whoever began this line died in it, and will send it again.
            file.truncate(self._read + len(whole))
        self._learn(whole)

    def _append(self, file: BinaryIO, line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
        self._learn(line)

    def _learn(self, lines: bytes) -> None:
        self._read += len(lines)
        for line in lines.split(b"\n"):
            try:
                self._known.add(json.loads(line)["id"])
            except (ValueError, KeyError, TypeError):
                continue  # not a line of ours; somebody's editor was here
