"""What the adapters of AWS promise, with the real clients against a stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from jada_flask.adapters.aws.clients import lazily
from jada_flask.adapters.aws.edge import CloudFrontEdge
from jada_flask.adapters.aws.files import S3Files
from jada_flask.adapters.aws.mail import SesMailer
from jada_flask.domain.errors import DeliveryError, NotFoundError
from jada_flask.domain.mail import Mail
from tests.contracts.aws_stand_in import stand_in
from tests.fakes import SetClock

PAGE = "g/abc234/index.html"
HTML = "text/html; charset=utf-8"
NOON = datetime(2026, 5, 30, 19, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    with stand_in() as address:
        yield address


@pytest.fixture
def bucket(aws: str) -> str:
    name = f"guest-{uuid4().hex[:12]}"
    lazily("s3", aws)().create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": "us-west-2"},
    )
    return name


@pytest.fixture
def files(aws: str, bucket: str) -> S3Files:
    return S3Files(lazily("s3", aws), bucket)


def test_what_is_saved_last_is_read(files: S3Files) -> None:
    files.save(PAGE, b"first", content_type=HTML)
    files.save(PAGE, b"last", content_type=HTML)

    assert files.read(PAGE) == b"last"


def test_what_was_deleted_is_not_found(files: S3Files) -> None:
    files.save(PAGE, b"page", content_type=HTML)

    files.delete(PAGE)
    files.delete(PAGE)

    with pytest.raises(NotFoundError):
        files.read(PAGE)


def test_an_older_page_is_never_put_over_a_newer_one(files: S3Files) -> None:
    assert files.save(PAGE, b"two", content_type=HTML, revision=2)

    assert not files.save(PAGE, b"one", content_type=HTML, revision=1)
    assert files.save(PAGE, b"three", content_type=HTML, revision=3)
    assert files.read(PAGE) == b"three"


def test_a_page_is_published_with_its_type_and_how_long_it_is_kept(
    aws: str, bucket: str, files: S3Files
) -> None:
    files.save(PAGE, b"page", content_type=HTML, revision=1)

    head = lazily("s3", aws)().head_object(Bucket=bucket, Key=PAGE)
    assert head["ContentType"] == HTML
    assert "s-maxage=300" in head["CacheControl"]


@pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "g//x", ".hidden"])
def test_no_key_leads_out_of_the_bucket(files: S3Files, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        files.save(key, b"", content_type=HTML)
    with pytest.raises(NotFoundError):
        files.read(key)


def test_a_missing_bucket_is_an_error_of_delivery(aws: str) -> None:
    files = S3Files(lazily("s3", aws), "nobody-made-this-one")

    with pytest.raises(DeliveryError, match="bucket"):
        files.save(PAGE, b"page", content_type=HTML)


def test_a_mail_leaves_with_our_own_headers(aws: str) -> None:
    client = lazily("sesv2", aws)
    client().create_email_identity(EmailIdentity="jada@example.com")
    mailer = SesMailer(client, SetClock(), "jada@example.com", sender_name="JADA")
    mail = Mail(to="nia@example.com", subject="Hello", text="All of it")

    mailer.send(mail, key="crew_invitation:EV_1:1:CREW_001")

    assert _sent(aws) >= 1


def test_a_sender_that_ses_does_not_know_is_given_up(aws: str) -> None:
    mailer = SesMailer(lazily("sesv2", aws), SetClock(), "who@elsewhere.example")

    with pytest.raises(DeliveryError) as refused:
        mailer.send(Mail(to="nia@example.com", subject="Hello", text="x"), key="k")

    assert refused.value.permanent


def test_the_edge_forgets_each_address_once(aws: str) -> None:
    client = lazily("cloudfront", aws)
    made = client().create_distribution(DistributionConfig=_distribution())
    distribution_id = made["Distribution"]["Id"]

    CloudFrontEdge(client, distribution_id).invalidate(("/g/b", "/g/a", "/g/a"))

    listed = client().list_invalidations(DistributionId=distribution_id)
    [only] = listed["InvalidationList"]["Items"]
    told = client().get_invalidation(DistributionId=distribution_id, Id=only["Id"])
    paths = told["Invalidation"]["InvalidationBatch"]["Paths"]["Items"]
    assert sorted(paths) == ["/g/a", "/g/b"]


def test_who_cannot_be_reached_is_tried_again_later() -> None:
    edge = CloudFrontEdge(lazily("cloudfront", "http://127.0.0.1:9"), "E1")

    with pytest.raises(DeliveryError, match="out of reach") as refused:
        edge.invalidate(("/g/a",))

    assert not refused.value.permanent


def _sent(aws: str) -> int:
    import json
    from urllib.request import urlopen

    with urlopen(f"{aws}/moto-api/data.json") as answer:
        kept: dict[str, Any] = json.load(answer)
    return len(kept.get("ses", {}).get("RawMessage", [])) + len(
        kept.get("ses", {}).get("Message", [])
    )


def _distribution() -> dict[str, Any]:
    return {
        "CallerReference": uuid4().hex,
        "Comment": "",
        "Enabled": True,
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "guest",
                    "DomainName": "guest.s3.us-west-2.amazonaws.com",
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "guest",
            "ViewerProtocolPolicy": "https-only",
        },
    }
