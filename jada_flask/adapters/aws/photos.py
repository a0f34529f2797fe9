"""Photos in a bucket of their own, which only signatures open."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import datetime

from jada_flask.adapters import upload
from jada_flask.adapters.aws.clients import Client, lazily
from jada_flask.adapters.aws.files import S3Files
from jada_flask.adapters.file_key import safe_key
from jada_flask.ports import UploadForm

# A photo is never changed; one who may look may look again without asking.
_KEPT_BY = "private, max-age=900"


def signing_client(endpoint_url: str | None = None) -> Client:
    """A client that signs as S3 asks for it today, for the bucket's own address.

    botocore still signs by its second version, and for an address that may redirect, if
    it is not told otherwise.
    """
    return lazily(
        "s3",
        endpoint_url,
        signature_version="s3v4",
        s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    )


class S3Photos:
    """`Photos` in one bucket; signing asks nobody."""

    def __init__(self, client: Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._files = S3Files(client, bucket, cached=_KEPT_BY)
        self.save = self._files.save
        self.read = self._files.read
        self.delete = self._files.delete

    def upload_form(self, key: str, *, content_type: str, size: int) -> UploadForm:
        """A form for this key and type alone, and for `size` bytes at most."""
        upload.check(key, content_type, size)
        made = self._client().generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[
                {"Content-Type": content_type},
                ["content-length-range", 1, size],
            ],
            ExpiresIn=int(upload.FORM_SERVES.total_seconds()),
        )
        policy = json.loads(b64decode(made["fields"]["policy"]))
        expires_at = datetime.fromisoformat(policy["expiration"])
        return UploadForm(made["url"], made["fields"], key, expires_at)

    def signed_url(self, key: str) -> str:
        """Where a photo can be looked at for a quarter of an hour."""
        url: str = self._client().generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": safe_key(key),
                **{
                    f"Response{name.replace('-', '')}": value
                    for name, value in upload.SHOWN_AS.items()
                },
            },
            ExpiresIn=int(upload.ADDRESS_SERVES.total_seconds()),
        )
        return url
