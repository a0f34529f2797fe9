"""Booking mails of one machine: `.eml` files that somebody puts into a folder."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from secrets import token_hex

from jada_flask.domain.errors import DeliveryError, NotFoundError, UnreadableError
from jada_flask.ports import Batch, InboxMail

_LONGEST = 2 * 1024 * 1024  # bytes
_SETTLES = 1.0  # seconds: what changed more lately may still be being copied


class FolderInbox:
    """`Inbox` in a folder; what was taken is moved to the folder `taken` in it.

    A mail's id is the digest of its content: the same mail under two names is one.
    """

    checked_by = ""  # whoever can write here knows what they bring

    def __init__(self, folder: Path) -> None:
        self.name = "folder"
        self._folder = folder
        self._paths: dict[str, Path] = {}

    def new_mails(self, cursor: str) -> Batch:
        """All that lie there: the folder itself is the cursor."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._paths = found = dict(self._settled())
        except OSError as error:
            raise DeliveryError(
                f"The inbox folder cannot be read: {error.strerror}."
            ) from error
        mails = (InboxMail(mail_id, path.name) for mail_id, path in found.items())
        return Batch(tuple(mails), "")

    def read(self, mail_id: str) -> bytes:
        path = self._path(mail_id)
        try:
            if path.stat().st_size > _LONGEST:
                raise UnreadableError(
                    "A mail of over 2 MB is longer than any booking; it lies in"
                    f" {self._folder.name}/taken."
                )
            return path.read_bytes()
        except FileNotFoundError:
            raise NotFoundError("This mail was taken from the inbox.") from None
        except OSError as error:
            raise DeliveryError(
                f"{path.name} cannot be read: {error.strerror}."
            ) from error

    def done(self, mail_id: str) -> None:
        """Move it to the others that were taken."""
        path = self._paths.get(mail_id)
        if path is None:
            return
        taken = self._folder / "taken"
        try:
            taken.mkdir(exist_ok=True)
            path.rename(taken / _free_name(taken, path))
        except FileNotFoundError:
            return  # another process was faster
        except OSError as error:
            raise DeliveryError(
                f"{path.name} cannot be moved to {self._folder.name}/taken:"
                f" {error.strerror}."
            ) from error

    def health(self) -> str:
        """A folder is always awake."""
        return f"Booking mails are .eml files in {self._folder.name}/ on this machine."

    def _path(self, mail_id: str) -> Path:
        try:
            return self._paths[mail_id]
        except KeyError:
            raise NotFoundError("This mail is no longer in the inbox.") from None

    def _settled(self) -> Iterator[tuple[str, Path]]:
        """The mails that nobody writes any more, oldest first."""
        changed = self._changed()
        youngest = max(changed.values(), default=0.0)
        if 0 < (pause := youngest + _SETTLES - time.time()) <= _SETTLES:
            time.sleep(pause)
            again = self._changed()
            changed = {p: at for p, at in changed.items() if again.get(p) == at}
        for path in sorted(changed, key=lambda path: (changed[path], path.name)):
            with suppress(FileNotFoundError), path.open("rb") as file:
                yield file_digest(file, "sha256").hexdigest()[:32], path

    def _changed(self) -> dict[Path, float]:
        """Each mail, and when it was changed; another process may just take it."""
        changed = {}
        for path in self._folder.iterdir():
            if path.suffix.lower() == ".eml" and not path.name.startswith("."):
                with suppress(FileNotFoundError):
                    changed[path] = path.stat().st_mtime
        return changed


def _free_name(folder: Path, path: Path) -> str:
    """Its own name, or one like it where another mail was called so."""
    if not (folder / path.name).exists():
        return path.name
    return f"{path.stem[:200]}-{token_hex(4)}.eml"
