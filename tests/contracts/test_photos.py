"""What both keepers of photos promise of their forms and addresses.

moto takes no notice of the policy of a form. So the bucket's is taken apart here,
condition by condition, and its signature is made once more; the folder's, which has to
do by itself what S3 would, is posted for real.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from flask import Flask

from jada_flask.adapters.aws.clients import lazily
from jada_flask.adapters.aws.photos import S3Photos, signing_client
from jada_flask.adapters.local.photos import FolderPhotos
from jada_flask.domain.errors import NotFoundError
from jada_flask.ports import Photos, UploadForm
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests.callers import Answer, Caller
from tests.conftest import Keys
from tests.contracts.aws_stand_in import stand_in
from tests.fakes import SetClock

KEY = "incoming/abcdefghijklmnopqrstuvwx23/9f8e7d6c5b4a39281706f5e4d3c2b1a0"
PHOTO = "g/abcdefghijklmnopqrstuvwx23/photos/PH_1"
JPEG = "image/jpeg"
BUCKET = "photos-that-were-handed-in"
SECRET = "of a role that ends soon"


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    with stand_in() as address:
        client = lazily("s3", address)()
        with suppress(client.exceptions.BucketAlreadyOwnedByYou):  # of another module
            client.create_bucket(
                Bucket=BUCKET,
                CreateBucketConfiguration={"LocationConstraint": "us-west-2"},
            )
        yield address


@pytest.fixture(params=["folder", "s3"])
def photos(request: pytest.FixtureRequest, parts: Parts) -> Photos:
    if request.param == "folder":
        return parts.ports.photos
    return S3Photos(signing_client(request.getfixturevalue("aws")), BUCKET)


# What both promise


def test_a_form_is_for_one_key_and_says_until_when(photos: Photos) -> None:
    form = photos.upload_form(KEY, content_type=JPEG, size=1000)

    assert form.key == form.fields["key"] == KEY
    assert form.fields["Content-Type"] == JPEG
    assert "file" not in form.fields
    assert form.expires_at.tzinfo is not None


def test_no_two_forms_are_the_same(photos: Photos) -> None:
    """None is remembered: a signature ends with the rights of whoever made it."""
    one = photos.upload_form(KEY, content_type=JPEG, size=1000)
    other = photos.upload_form(f"{KEY}x", content_type=JPEG, size=1000)

    assert set(one.fields.values()) & set(other.fields.values()) >= {JPEG}
    assert one.fields["policy"] != other.fields["policy"]


@pytest.mark.parametrize(
    "key",
    [
        "incoming/abc",
        "incoming/abc/def/ghi",
        "g/abc/photos/PH_1",
        "waivers/abc/def",
        "incoming/abc/${filename}",
        "incoming/../g/x",
        "incoming/abc/",
        "",
    ],
)
def test_no_form_is_for_another_place(photos: Photos, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        photos.upload_form(key, content_type=JPEG, size=1000)


@pytest.mark.parametrize("size", [0, -1, 15_728_641])
def test_no_form_is_for_what_no_photo_weighs(photos: Photos, size: int) -> None:
    largest = photos.upload_form(KEY, content_type=JPEG, size=15_728_640)
    assert largest.key == KEY

    with pytest.raises(ValueError, match="size"):
        photos.upload_form(KEY, content_type=JPEG, size=size)


@pytest.mark.parametrize("kind", ["", "image", "image/jpeg; q=1", "image/j\r\npeg"])
def test_a_form_is_for_a_plain_type(photos: Photos, kind: str) -> None:
    with pytest.raises(ValueError, match="type"):
        photos.upload_form(KEY, content_type=kind, size=1000)


def test_a_photo_is_kept_read_and_taken_away(photos: Photos) -> None:
    photos.save(PHOTO, b"clean", content_type=JPEG)
    assert photos.read(PHOTO) == b"clean"

    photos.delete(PHOTO)

    with pytest.raises(NotFoundError):
        photos.read(PHOTO)


def test_no_address_leads_out(photos: Photos) -> None:
    with pytest.raises(ValueError, match="key"):
        photos.signed_url("../secrets.json")


# The bucket's


@pytest.fixture
def as_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """A role's rights, as a function of Lambda has them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "the role's token")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@pytest.fixture
def bucket(as_role: None) -> S3Photos:
    return S3Photos(signing_client(), BUCKET)


def hmac_256(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def signing_key(day: str) -> bytes:
    """The key of one day, region and service, as S3 makes it from the secret."""
    made = f"AWS4{SECRET}".encode()
    for part in (day, "us-west-2", "s3", "aws4_request"):
        made = hmac_256(made, part)
    return made


def conditions(form: UploadForm) -> tuple[dict[str, str], list[Any]]:
    """What must be equal, and what else is demanded."""
    policy = json.loads(b64decode(form.fields["policy"]))
    equal: dict[str, str] = {}
    other = []
    for one in policy["conditions"]:
        if isinstance(one, dict):
            equal |= one
        else:
            other.append(one)
    return equal, other


def test_the_bucket_takes_this_key_and_type_and_no_more_bytes(bucket: S3Photos) -> None:
    form = bucket.upload_form(KEY, content_type=JPEG, size=123_456)

    equal, other = conditions(form)
    assert equal.pop("bucket") == BUCKET
    sent = {name: text for name, text in form.fields.items() if name in equal}
    assert equal == sent
    assert (equal["key"], equal["Content-Type"]) == (KEY, JPEG)
    assert other == [["content-length-range", 1, 123_456]]


def test_every_field_of_the_form_is_one_that_the_policy_names(bucket: S3Photos) -> None:
    """S3 refuses a form with a field that its policy does not name."""
    form = bucket.upload_form(KEY, content_type=JPEG, size=1000)

    equal, _ = conditions(form)
    assert set(form.fields) - set(equal) == {"policy", "x-amz-signature"}
    assert equal["x-amz-security-token"] == "the role's token"


def test_the_bucket_lets_a_form_serve_for_five_minutes(bucket: S3Photos) -> None:
    before = datetime.now(UTC)
    form = bucket.upload_form(KEY, content_type=JPEG, size=1000)
    after = datetime.now(UTC)

    policy = json.loads(b64decode(form.fields["policy"]))
    assert datetime.fromisoformat(policy["expiration"]) == form.expires_at
    shortest, longest = timedelta(seconds=299), timedelta(seconds=300)
    assert before + shortest <= form.expires_at <= after + longest


def test_the_signature_of_a_form_is_the_one_that_s3_makes(bucket: S3Photos) -> None:
    form = bucket.upload_form(KEY, content_type=JPEG, size=1000)

    credential = form.fields["x-amz-credential"].split("/")
    assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    assert credential[0] == "ASIAEXAMPLE"
    assert credential[2:] == ["us-west-2", "s3", "aws4_request"]
    right = hmac_256(signing_key(credential[1]), form.fields["policy"]).hex()
    assert form.fields["x-amz-signature"] == right


@pytest.mark.parametrize("region", ["us-west-2", "us-east-1"])
def test_a_form_goes_to_the_buckets_own_address(
    as_role: None, monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    """Any other redirects, and a browser does not post a file twice.

    Nor would the guest page's content policy let it.
    """
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    bucket = S3Photos(signing_client(), BUCKET)

    form = bucket.upload_form(KEY, content_type=JPEG, size=1000)
    photo = urlsplit(bucket.signed_url(PHOTO))

    own = f"{BUCKET}.s3.{region}.amazonaws.com"
    assert form.url == f"https://{own}/"
    assert (photo.scheme, photo.netloc, photo.path) == ("https", own, f"/{PHOTO}")


def test_a_photos_address_is_signed_with_what_it_is_shown_as(bucket: S3Photos) -> None:
    asked = parse_qs(urlsplit(bucket.signed_url(PHOTO)).query)

    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["X-Amz-Expires"] == ["900"]
    assert asked["X-Amz-SignedHeaders"] == ["host"]
    assert asked["response-content-type"] == [JPEG]
    assert asked["response-content-disposition"] == ['inline; filename="photo.jpg"']


def test_a_photo_is_looked_at_by_its_address(aws: str) -> None:
    photos = S3Photos(signing_client(aws), BUCKET)
    photos.save(PHOTO, b"clean", content_type=JPEG)

    with urlopen(photos.signed_url(PHOTO)) as answer:
        assert answer.read() == b"clean"
        assert answer.headers["Content-Disposition"].startswith("inline")


def test_a_client_is_made_once(as_role: None) -> None:
    client = signing_client()

    assert client() is client()


# The folder's, with real uploads

Part = tuple[str, str | bytes]


@pytest.fixture
def folder(parts: Parts) -> FolderPhotos:
    assert isinstance(parts.ports.photos, FolderPhotos)
    return parts.ports.photos


def posted(
    client: Caller, form: UploadForm, *parts: Part, last: tuple[Part, ...] = ()
) -> Answer:
    """Post a form with its file, part by part in this order."""
    body = b""
    for name, content in (*form.fields.items(), *parts, *last):
        raw = content if isinstance(content, bytes) else content.encode()
        file = '; filename="IMG_1.JPG"' if name == "file" else ""
        head = f'--edge\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        body += head.encode() + raw + b"\r\n"
    return client.call(
        "POST",
        urlsplit(form.url).path,
        data=body + b"--edge--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=edge"},
    )


def with_fields(form: UploadForm, **changed: str | None) -> UploadForm:
    """The form with other fields; None takes one away."""
    names = {name.replace("_", "-"): text for name, text in changed.items()}
    fields = {**form.fields, **names}
    return replace(
        form, fields={name: text for name, text in fields.items() if text is not None}
    )


@pytest.fixture
def form(folder: FolderPhotos) -> UploadForm:
    return folder.upload_form(KEY, content_type=JPEG, size=1000)


def test_what_was_signed_for_is_taken(
    client: Caller, folder: FolderPhotos, form: UploadForm
) -> None:
    for content in (b"\xff\xd8" + b"x" * 998, b"y"):
        answer = posted(client, form, ("file", content))

        assert answer.status_code == 204
        assert folder.read(KEY) == content


def test_the_largest_photo_is_taken(client: Caller, folder: FolderPhotos) -> None:
    form = folder.upload_form(KEY, content_type=JPEG, size=15_728_640)

    assert posted(client, form, ("file", b"x" * 15_728_640)).status_code == 204
    assert len(folder.read(KEY)) == 15_728_640


@pytest.mark.parametrize("size", [1001, 15_728_641, 17_000_000])
def test_more_bytes_than_were_signed_for_are_too_many(
    client: Caller, folder: FolderPhotos, form: UploadForm, size: int
) -> None:
    answer = posted(client, form, ("file", b"x" * size))

    assert answer.status_code == 413
    with pytest.raises(NotFoundError):
        folder.read(KEY)


def forged(form: UploadForm, secret: str = "guessed", **rules: Any) -> UploadForm:
    """The form with another policy, signed by somebody else."""
    said = json.loads(b64decode(form.fields["policy"])) | rules
    policy = b64encode(json.dumps(said).encode()).decode()
    words = f"photos\0{policy}".encode()
    signature = hmac.digest(secret.encode(), words, "sha256").hex()
    return with_fields(form, policy=policy, signature=signature)


REFUSED: dict[str, Any] = {
    "another type": lambda form: with_fields(form, Content_Type="text/html"),
    "another key": lambda form: with_fields(form, key=f"{KEY}x"),
    "a key that climbs": lambda form: with_fields(form, key="incoming/../../x"),
    "no key": lambda form: with_fields(form, key=None),
    "no policy": lambda form: with_fields(form, policy=None),
    "no signature": lambda form: with_fields(form, signature=None),
    "an empty signature": lambda form: with_fields(form, signature=""),
    "a signature in letters": lambda form: with_fields(form, signature="é"),
    "one field more": lambda form: with_fields(form, acl="public-read"),
    "a larger size": lambda form: forged(form, size=9_999_999),
    "no policy at all": lambda form: with_fields(form, policy="e30=", signature="0"),
    "a policy for another key": lambda form: with_fields(
        forged(form, key=f"{KEY}x"), key=f"{KEY}x"
    ),
    "a tampered policy": lambda form: with_fields(
        form, policy=forged(form, size=9_999_999).fields["policy"]
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_was_not_signed_for_is_refused(
    client: Caller, folder: FolderPhotos, form: UploadForm, what: str
) -> None:
    answer = posted(client, REFUSED[what](form), ("file", b"x"))

    assert answer.status_code == 403
    assert b"<Code>AccessDenied</Code>" in answer.data
    for key in (KEY, f"{KEY}x"):
        with pytest.raises(NotFoundError):
            folder.read(key)


def test_the_same_secret_and_purpose_sign_what_another_does_not(
    folder: FolderPhotos, client: Caller, form: UploadForm, app: Flask
) -> None:
    """What the forger lacks is the secret alone: with it this very form is taken."""
    mine = forged(form, secret=str(app.config["SECRET_KEY"]), size=5)

    assert posted(client, mine, ("file", b"12345")).status_code == 204
    assert posted(client, mine, ("file", b"123456")).status_code == 413


def test_a_signature_for_looking_is_none_for_posting(
    folder: FolderPhotos, client: Caller, form: UploadForm
) -> None:
    asked = parse_qs(urlsplit(folder.signed_url(PHOTO)).query)

    crossed = with_fields(form, signature=asked["signature"][0])

    assert posted(client, crossed, ("file", b"x")).status_code == 403


def test_a_form_that_has_expired_is_refused(
    client: Caller, clock: SetClock, form: UploadForm
) -> None:
    clock.forward(seconds=299)
    assert posted(client, form, ("file", b"x")).status_code == 204

    clock.forward(seconds=1)
    assert posted(client, form, ("file", b"x")).status_code == 403


AFTER: dict[str, tuple[Part, ...]] = {
    "a field behind the file": (("file", b"x"), ("acl", "public-read")),
    "a known field behind it": (("file", b"x"), ("key", KEY)),
    "two files": (("file", b"x"), ("file", b"y")),
    "a field twice": (("key", KEY), ("file", b"x")),
    "no file": (),
    "long fields": (("x-amz-meta-a", "x" * 30_000), ("file", b"x")),
}


@pytest.mark.parametrize("what", AFTER)
def test_what_is_no_form_with_one_file_at_its_end_is_refused(
    client: Caller, folder: FolderPhotos, form: UploadForm, what: str
) -> None:
    answer = posted(client, form, *AFTER[what])

    assert answer.status_code == 400
    with pytest.raises(NotFoundError):
        folder.read(KEY)


def test_an_empty_file_is_refused(client: Caller, form: UploadForm) -> None:
    assert posted(client, form, ("file", b"")).status_code == 403


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=edge", b"x"),
        ("multipart/form-data; boundary=edge", b"--edge\r\n\r\nx\r\n--edge--\r\n"),
        ("multipart/form-data; boundary=edge", b"--edge\r\n" + b"x" * 400_000),
        ("multipart/form-data; boundary=edge", b"\xff" * 2000),
        ("application/x-www-form-urlencoded", b"key=x"),
    ],
)
def test_what_is_no_form_is_refused(client: Caller, kind: str, body: bytes) -> None:
    answer = client.call(
        "POST", "/dev/storage", data=body, headers={"Content-Type": kind}
    )

    assert answer.status_code == 400


def looked_at(client: Caller, url: str, **changed: str) -> Answer:
    parts = urlsplit(url)
    asked: Mapping[str, str] = {k: v[0] for k, v in parse_qs(parts.query).items()}
    return client.get(parts.path, query_string={**asked, **changed})


def test_a_photo_of_the_folder_is_shown_as_a_photo_whatever_it_is(
    client: Caller, folder: FolderPhotos
) -> None:
    folder.save(PHOTO, b"<script>", content_type="text/html")

    answer = looked_at(client, folder.signed_url(PHOTO))

    assert (answer.status_code, answer.data) == (200, b"<script>")
    assert answer.headers["Content-Type"] == JPEG
    assert answer.headers["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_only_its_own_address_shows_a_photo_and_not_for_long(
    client: Caller, folder: FolderPhotos, clock: SetClock
) -> None:
    folder.save(PHOTO, b"clean", content_type=JPEG)
    folder.save(KEY, b"raw", content_type=JPEG)
    url = folder.signed_url(PHOTO)
    later = str(int(clock.at.timestamp()) + 99_999)

    wrong = [
        looked_at(client, url.replace(PHOTO, KEY)),
        looked_at(client, url, expires=later),
        looked_at(client, url, expires="soon"),
        looked_at(client, url, signature="é"),
        client.get(urlsplit(url).path),
    ]
    clock.forward(minutes=14, seconds=59)
    in_time = looked_at(client, url)
    clock.forward(seconds=1)

    assert {answer.status_code for answer in wrong} == {404}
    assert in_time.status_code == 200
    assert looked_at(client, url).status_code == 404


def test_elsewhere_there_is_no_such_desk(
    keys: Keys, tmp_path: Path, parts: Parts
) -> None:
    elsewhere = build(
        keys.config(tmp_path / "other", JADA_PHOTO_BUCKET=BUCKET), clock=SetClock()
    )
    elsewhere.ports.store.close()
    elsewhere.ports.public_store.close()

    assert isinstance(elsewhere.ports.photos, S3Photos)
    assert elsewhere.desk is None
    assert isinstance(parts.desk, FolderPhotos)
