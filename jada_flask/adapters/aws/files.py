"""Published pages in a bucket, where CloudFront reads them."""

from __future__ import annotations

from typing import Any

from jada_flask.adapters.aws.clients import Client, code_of
from jada_flask.adapters.file_key import is_safe, safe_key
from jada_flask.domain.errors import DeliveryError, NotFoundError
from jada_flask.ports import Saved

_TRIES = 5
_MISSING = {"404", "NoSuchKey", "NotFound"}
_OVERTAKEN = {"412", "PreconditionFailed", "ConditionalRequestConflict", "409"}
# The edge keeps a page for five minutes unless it is told; browsers always ask.
_CACHED = "public, max-age=0, s-maxage=300, must-revalidate"


class S3Files:
    """`Files` in one bucket; a page's revision is in its metadata."""

    def __init__(self, client: Client, bucket: str, *, cached: str = _CACHED) -> None:
        self._client = client
        self._bucket = bucket
        self._cached = cached

    def save(
        self,
        key: str,
        content: bytes,
        *,
        content_type: str,
        revision: int | None = None,
    ) -> Saved:
        """Keep the content, unless a newer revision is there."""
        for _ in range(_TRIES):
            there = self._head(safe_key(key)) if revision is not None else None
            if there and revision is not None and _revision(there) > revision:
                return Saved.OUTDATED
            if self._put(key, content, content_type, revision, there):
                new = revision is not None and there is None
                return Saved.NEW if new else Saved.REPLACED
        raise DeliveryError("Several others publish the same page just now.")

    def read(self, key: str) -> bytes:
        """The content; raise `NotFoundError` when there is none."""
        from botocore.exceptions import BotoCoreError, ClientError

        if not is_safe(key):
            raise NotFoundError("This file is not here.")
        try:
            answer = self._client().get_object(Bucket=self._bucket, Key=key)
            content: bytes = answer["Body"].read()
        except ClientError as error:
            if code_of(error) in _MISSING:
                raise NotFoundError("This file is not here.") from None
            raise _failed(error) from error
        except BotoCoreError as error:
            raise _failed(error) from error
        return content

    def delete(self, key: str) -> None:
        """Take it away; nothing happens when there is none."""
        from botocore.exceptions import BotoCoreError, ClientError

        if not is_safe(key):
            return
        try:
            self._client().delete_object(Bucket=self._bucket, Key=key)
        except (ClientError, BotoCoreError) as error:
            raise _failed(error) from error

    def _head(self, key: str) -> dict[str, Any] | None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found: dict[str, Any] = self._client().head_object(
                Bucket=self._bucket, Key=key
            )
        except ClientError as error:
            if code_of(error) in _MISSING:
                return None
            raise _failed(error) from error
        except BotoCoreError as error:
            raise _failed(error) from error
        return found

    def _put(
        self,
        key: str,
        content: bytes,
        content_type: str,
        revision: int | None,
        there: dict[str, Any] | None,
    ) -> bool:
        """Write it unless somebody else wrote since we looked.

        Whether that went well.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        request: dict[str, Any] = {
            "Bucket": self._bucket,
            "Key": safe_key(key),
            "Body": content,
            "ContentType": content_type,
            "CacheControl": self._cached,
        }
        if revision is not None:
            request["Metadata"] = {"revision": str(revision)}
            request |= {"IfMatch": there["ETag"]} if there else {"IfNoneMatch": "*"}
        try:
            self._client().put_object(**request)
        except ClientError as error:
            # Missing: it was there when we looked, and somebody has deleted it since.
            if code_of(error) in _OVERTAKEN | (_MISSING if there else set()):
                return False
            raise _failed(error) from error
        except BotoCoreError as error:
            raise _failed(error) from error
        return True


def _revision(head: dict[str, Any]) -> int:
    text = head.get("Metadata", {}).get("revision", "0")
    return int(text) if text.isdigit() else 0


def _failed(error: Exception) -> DeliveryError:
    return DeliveryError(f"The bucket did not take it: {type(error).__name__}.")
