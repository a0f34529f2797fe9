"""Published pages and stored documents, in a folder."""

from __future__ import annotations

import json
import mimetypes
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import Any

from jada_flask.adapters.file_key import is_safe, safe_key
from jada_flask.adapters.local import durable
from jada_flask.domain.errors import NotFoundError
from jada_flask.ports import Saved


class FolderFiles:
    """`Files` below one folder; what is known of each is in `.notes`, never served."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._notes = folder / ".notes"

    def save(
        self,
        key: str,
        content: bytes,
        *,
        content_type: str,
        revision: int | None = None,
    ) -> Saved:
        """Keep the content, unless a newer revision is there."""
        path = self._folder / safe_key(key)
        with self._locked(key):
            if revision is not None and self._revision(key) > revision:
                return Saved.OUTDATED
            there = path.exists()
            # The note first: should the power fail between the two, an older revision
            # stays out, and this one comes again.
            note = {"key": key, "content_type": content_type, "revision": revision}
            durable.write(self._note_path(key), json.dumps(note).encode())
            durable.write(path, content)
        return Saved.REPLACED if there else Saved.NEW

    def read(self, key: str) -> bytes:
        """The content; raise `NotFoundError` when there is none."""
        try:
            return self._path(key).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotFoundError("This file is no longer here.") from None

    def content_type(self, key: str) -> str:
        """What the content was saved as; raise `NotFoundError` when there is none."""
        if not self._path(key).is_file():
            raise NotFoundError("This file is no longer here.")
        known = self._note(key).get("content_type") or mimetypes.guess_type(key)[0]
        return str(known or "application/octet-stream")

    def delete(self, key: str) -> None:
        """Take it away; nothing happens when there is none."""
        if not is_safe(key):
            return
        with self._locked(key):
            (self._folder / key).unlink(missing_ok=True)
            self._note_path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not is_safe(key):
            raise NotFoundError("This file is no longer here.")
        return self._folder / key

    def _note_path(self, key: str) -> Path:
        return self._notes / f"{sha256(key.encode()).hexdigest()}.json"

    def _revision(self, key: str) -> int:
        return int(self._note(key).get("revision") or 0)

    def _note(self, key: str) -> dict[str, Any]:
        try:
            note: dict[str, Any] = json.loads(self._note_path(key).read_bytes())
        except FileNotFoundError:
            return {}
        return note

    def _locked(self, key: str) -> AbstractContextManager[None]:
        # A few locks for all keys: one per key would litter the folder for ever.
        bucket = sha256(key.encode()).hexdigest()[:2]
        return durable.locked(self._notes / "locks" / bucket)
