"""What the adapters of AWS promise, with the real clients against a stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email import message_from_string
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from moto.ses.models import ses_backends

from jada_flask.adapters.aws.clients import Client, lazily
from jada_flask.adapters.aws.edge import CloudFrontEdge
from jada_flask.adapters.aws.files import S3Files
from jada_flask.adapters.aws.mail import SesMailer
from jada_flask.domain.errors import DeliveryError
from jada_flask.domain.mail import Mail
from jada_flask.ports import Saved
from tests.contracts.aws_stand_in import stand_in
from tests.fakes import SetClock

PAGE = "g/abc234/index.html"
HTML = "text/html; charset=utf-8"
NOON = datetime(2026, 5, 30, 19, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    with stand_in() as address:
        yield address


@pytest.fixture(scope="module")
def s3(aws: str) -> Client:
    return lazily("s3", aws)


@pytest.fixture
def bucket(s3: Client) -> str:
    name = f"guest-{uuid4().hex[:12]}"
    s3().create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": "us-west-2"},
    )
    return name


@pytest.fixture
def files(s3: Client, bucket: str) -> S3Files:
    return S3Files(s3, bucket)


def meanwhile(client: Any, call: str, *acts: Callable[[], Any]) -> None:
    """Let others act just before each of the next calls of one kind leaves."""
    waiting = list(acts)

    def act(**_: Any) -> None:
        if waiting:
            waiting.pop(0)()

    client().meta.events.register(f"before-call.s3.{call}", act)


@pytest.fixture
def slow(aws: str, bucket: str) -> tuple[Any, S3Files]:
    """Somebody else at work on the same bucket, and their client."""
    client = lazily("s3", aws)
    return client, S3Files(client, bucket)


def saved(files: S3Files, revision: int) -> Saved:
    return files.save(PAGE, b"%d" % revision, content_type=HTML, revision=revision)


@pytest.mark.parametrize("before", [[], [1]], ids=["a new page", "a page"])
def test_a_newer_page_that_comes_between_stays(
    files: S3Files, slow: tuple[Any, S3Files], before: list[int]
) -> None:
    """Between looking and writing somebody else publishes what is newer."""
    for revision in before:
        saved(files, revision)
    client, late = slow
    meanwhile(client, "PutObject", lambda: saved(files, 3))

    assert saved(late, 2) is Saved.OUTDATED
    assert files.read(PAGE) == b"3"


def test_an_older_page_that_comes_between_is_replaced(
    files: S3Files, slow: tuple[Any, S3Files]
) -> None:
    client, late = slow
    meanwhile(client, "PutObject", lambda: saved(files, 1), lambda: saved(files, 2))

    assert saved(late, 3) is Saved.REPLACED
    assert files.read(PAGE) == b"3"


def test_a_page_that_is_deleted_between_is_published_anew(
    files: S3Files, slow: tuple[Any, S3Files]
) -> None:
    saved(files, 1)
    client, late = slow
    meanwhile(client, "PutObject", lambda: files.delete(PAGE))

    assert saved(late, 2) is Saved.NEW
    assert files.read(PAGE) == b"2"


def test_whoever_always_comes_second_tries_again_later(
    files: S3Files, slow: tuple[Any, S3Files]
) -> None:
    client, late = slow
    others = [lambda number=number: saved(files, number) for number in range(1, 9)]
    meanwhile(client, "PutObject", *others)

    with pytest.raises(DeliveryError, match="Several others") as refused:
        saved(late, 9)

    assert not refused.value.permanent


def test_a_page_is_published_with_its_type_and_how_long_it_is_kept(
    s3: Client, bucket: str, files: S3Files
) -> None:
    files.save(PAGE, b"page", content_type=HTML, revision=1)

    head = s3().head_object(Bucket=bucket, Key=PAGE)
    assert head["ContentType"] == HTML
    assert head["CacheControl"] == "public, max-age=0, s-maxage=300, must-revalidate"
    assert head["Metadata"] == {"revision": "1"}


def test_a_missing_bucket_is_an_error_of_delivery(s3: Client) -> None:
    files = S3Files(s3, "nobody-made-this-one")

    for revision in (None, 1):
        with pytest.raises(DeliveryError, match="bucket"):
            files.save(PAGE, b"page", content_type=HTML, revision=revision)


def test_a_bucket_out_of_reach_is_an_error_of_delivery() -> None:
    files = S3Files(lazily("s3", "http://127.0.0.1:9"), "nobody")

    for act in (
        lambda: saved(files, 1),
        lambda: files.read(PAGE),
        lambda: files.delete(PAGE),
    ):
        with pytest.raises(DeliveryError) as refused:
            act()
        assert not refused.value.permanent


def test_a_mail_leaves_with_our_own_headers(aws: str) -> None:
    client = lazily("sesv2", aws)
    client().create_email_identity(EmailIdentity="jada@example.com")
    mailer = SesMailer(client, SetClock(), "jada@example.com", sender_name="JADA")
    mail = Mail(to="nia@example.com", subject="Hello", text="All of it")

    mailer.send(mail, key="crew_invitation:EV_1:1:CREW_001")

    left = ses_backends["123456789012"]["us-west-2"].sent_messages[-1]
    headers = message_from_string(left.raw_data)
    assert headers["X-Jada-Key"] == "crew_invitation:EV_1:1:CREW_001"
    assert "jada@example.com" in headers["From"]


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


def test_pages_that_are_published_side_by_side_are_forgotten_with_one_request(
    aws: str,
) -> None:
    client = lazily("cloudfront", aws)
    made = client().create_distribution(DistributionConfig=_distribution())
    distribution_id = made["Distribution"]["Id"]
    edge = CloudFrontEdge(client, distribution_id, linger=0.5)
    together = Barrier(8)

    def publish(number: int) -> None:
        together.wait()
        edge.invalidate((f"/g/{number}", f"/g/{number}/index.html"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, range(8)))
    edge.invalidate(("/g/later",))

    listed = client().list_invalidations(DistributionId=distribution_id)
    told = [
        client().get_invalidation(DistributionId=distribution_id, Id=each["Id"])
        for each in listed["InvalidationList"]["Items"]
    ]
    sizes = [one["Invalidation"]["InvalidationBatch"]["Paths"] for one in told]
    assert sorted(size["Quantity"] for size in sizes) == [1, 16]


def test_all_who_asked_together_learn_that_it_failed() -> None:
    edge = CloudFrontEdge(lazily("cloudfront", "http://127.0.0.1:9"), "E1", linger=0.2)
    together = Barrier(4)

    def publish(number: int) -> str:
        together.wait()
        with pytest.raises(DeliveryError) as refused:
            edge.invalidate((f"/g/{number}",))
        return str(refused.value)

    with ThreadPoolExecutor(4) as pool:
        told = set(pool.map(publish, range(4)))

    assert told == {"CloudFront was out of reach: EndpointConnectionError."}


def test_who_cannot_be_reached_is_tried_again_later() -> None:
    edge = CloudFrontEdge(lazily("cloudfront", "http://127.0.0.1:9"), "E1")

    with pytest.raises(DeliveryError, match="out of reach") as refused:
        edge.invalidate(("/g/a",))

    assert not refused.value.permanent


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
