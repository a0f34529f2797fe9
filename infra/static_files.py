"""The static files of a package, beside those of every package before it.

Their addresses change with their content, so that what lies there is never replaced and
a page that was opened before a release keeps its files.
"""

from __future__ import annotations

import io
import tempfile
from mimetypes import guess_type
from pathlib import Path
from zipfile import ZipFile

from infra.aws import Aws, or_none
from jada_flask.rendering import fingerprint

_INSIDE = "jada_flask/static/"
_FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


class StaticFiles:
    """Those of one package."""

    def __init__(self, package: bytes) -> None:
        with ZipFile(io.BytesIO(package)) as zipped:
            names = [name for name in zipped.namelist() if name.startswith(_INSIDE)]
            self._files = {
                name.removeprefix(_INSIDE): zipped.read(name)
                for name in names
                if not name.endswith("/")
            }
        self.version = _version(self._files)

    def missing(self, aws: Aws, bucket: str) -> list[str]:
        """What is not in the bucket yet; all of it where there is no bucket."""
        if not bucket:
            return sorted(self._files)
        there = _keys(aws, bucket, self._prefix)
        return [
            name for name in sorted(self._files) if self._prefix + name not in there
        ]

    def put(self, aws: Aws, bucket: str) -> int:
        """Add what is missing; how many files that was."""
        missing = self.missing(aws, bucket)
        for name in missing:
            aws("s3").put_object(
                Bucket=bucket,
                Key=self._prefix + name,
                Body=self._files[name],
                ContentType=_type(name),
                CacheControl=_FOR_EVER,
            )
        return len(missing)

    @property
    def _prefix(self) -> str:
        return f"static/{self.version}/"


def _keys(aws: Aws, bucket: str, prefix: str) -> set[str]:
    pages = aws("s3").get_paginator("list_objects_v2")
    found = or_none(
        lambda: [
            each["Key"]
            for page in pages.paginate(Bucket=bucket, Prefix=prefix)
            for each in page.get("Contents", [])
        ],
        "NoSuchBucket",
    )
    return set(found or ())


def _type(name: str) -> str:
    return _TYPES.get(Path(name).suffix) or guess_type(name)[0] or "binary/octet-stream"


def _version(files: dict[str, bytes]) -> str:
    """What the application itself computes when it starts."""
    with tempfile.TemporaryDirectory() as made:
        for name, content in files.items():
            path = Path(made) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return fingerprint(Path(made))[0]
