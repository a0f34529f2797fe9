"""Photos in a folder, and the desk that takes their forms in as strictly as S3 does."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

from jada_flask.adapters import upload
from jada_flask.adapters.file_key import safe_key
from jada_flask.adapters.local.files import FolderFiles
from jada_flask.adapters.local.posted import Posted, UnreadableFormError, read_form
from jada_flask.domain.errors import NotFoundError
from jada_flask.ports import Clock, UploadForm

ADDRESS = "/dev/storage"
_FIELDS = {"key", "Content-Type", "policy", "signature"}
_TAKEN = (204, "")
_UNREADABLE = (400, "MalformedPOSTRequest")
_REFUSED = (403, "AccessDenied")
_TOO_SMALL = (403, "EntityTooSmall")
_TOO_LARGE = (413, "EntityTooLarge")


class FolderPhotos:
    """`Photos` below one folder, at an address of this installation itself."""

    def __init__(self, folder: Path, origin: str, secret: str, clock: Clock) -> None:
        self._files = FolderFiles(folder)
        self._address = f"{origin}{ADDRESS}"
        self._secret = secret.encode()
        self._clock = clock
        self.save = self._files.save
        self.read = self._files.read
        self.delete = self._files.delete

    def upload_form(self, key: str, *, content_type: str, size: int) -> UploadForm:
        """A form for this key and type alone, and for `size` bytes at most."""
        upload.check(key, content_type, size)
        expires_at = (self._clock.now() + upload.FORM_SERVES).replace(microsecond=0)
        rules = {
            "expiration": expires_at.isoformat(),
            "key": key,
            "Content-Type": content_type,
            "size": size,
        }
        policy = b64encode(json.dumps(rules).encode()).decode()
        fields = {
            "key": key,
            "Content-Type": content_type,
            "policy": policy,
            "signature": self._signature(policy),
        }
        return UploadForm(self._address, fields, key, expires_at)

    def receive(self, content_type: str, body: IO[bytes]) -> tuple[int, str]:
        """Take in a posted form.

        The status, and S3's word for what is wrong with it.
        """
        try:
            posted = read_form(content_type, body, longest_file=upload.LARGEST)
        except UnreadableFormError:
            return _UNREADABLE
        rules = self._rules(posted.fields)
        if rules is None:
            return _REFUSED
        refused = _wrong_size(posted, rules["size"])
        if refused:
            return refused
        self._files.save(
            rules["key"], posted.file or b"", content_type=rules["Content-Type"]
        )
        return _TAKEN

    def signed_url(self, key: str) -> str:
        """Where a photo can be looked at for a quarter of an hour."""
        ends = int((self._clock.now() + upload.ADDRESS_SERVES).timestamp())
        signature = self._signature(f"{ends}:{safe_key(key)}")
        query = urlencode({"expires": ends, "signature": signature})
        return f"{self._address}/{key}?{query}"

    def shown(
        self, key: str, asked: Mapping[str, str]
    ) -> tuple[bytes, Mapping[str, str]]:
        """A photo and its headers, for who has its address.

        Raises `NotFoundError`.
        """
        ends, signature = asked.get("expires", ""), asked.get("signature", "")
        right = self._signature(f"{ends}:{key}")
        if not hmac.compare_digest(right.encode(), signature.encode()):
            raise NotFoundError("This address does not lead to a photo.")
        if self._clock.now().timestamp() >= int(ends):
            raise NotFoundError("This address has expired.")
        return self._files.read(key), upload.SHOWN_AS

    def _rules(self, fields: Mapping[str, str]) -> dict[str, Any] | None:
        """What was promised in the policy; None where the form does not keep to it."""
        if set(fields) != _FIELDS:
            return None
        right = self._signature(fields["policy"])
        if not hmac.compare_digest(right.encode(), fields["signature"].encode()):
            return None
        rules: dict[str, Any] = json.loads(b64decode(fields["policy"]))
        ends = datetime.fromisoformat(rules["expiration"])
        as_said = all(fields[name] == rules[name] for name in ("key", "Content-Type"))
        return rules if as_said and self._clock.now().astimezone(UTC) < ends else None

    def _signature(self, text: str) -> str:
        # A policy is base64 and an address has a colon: one is never the other.
        words = f"photos\0{text}".encode()
        return hmac.digest(self._secret, words, "sha256").hex()


def _wrong_size(posted: Posted, most: int) -> tuple[int, str] | None:
    if posted.too_long or len(posted.file or b"") > most:
        return _TOO_LARGE
    if posted.file is None:
        return _UNREADABLE
    return None if posted.file else _TOO_SMALL
