"""The parts of our AWS that decide something, each by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto.iam.models import iam_backends

from tests.aws.stand_in import permissions
from tests.aws.stand_in.account import ACCOUNT
from tests.aws.stand_in.calls import Call, call_of, signed
from tests.aws.stand_in.gateway import Request, Response, response_of

KEY = "arn:aws:s3:::pages/g/1"
READ = {
    "Effect": "Allow",
    "Action": ["s3:GetObject"],
    "Resource": "arn:aws:s3:::pages/*",
}


@pytest.fixture
def role() -> Iterator[str]:
    """A role that Lambda may take on, and that may do nothing yet."""
    name = "tried-here"
    trusted = [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]
    backend = iam_backends[ACCOUNT]["aws"]
    backend.create_role(
        name, json.dumps({"Statement": trusted}), "/", None, "", [], "3600"
    )
    yield name
    for policy in list(backend.get_role(name).policies):
        backend.delete_role_policy(name, policy)
    backend.delete_role(name)


def give(role: str, *statements: dict[str, Any]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    iam_backends[ACCOUNT]["aws"].put_role_policy(role, "own", document)


def test_a_role_may_do_what_a_statement_says_and_nothing_beside(role: str) -> None:
    give(role, READ)

    assert permissions.allows(role, "s3:GetObject", KEY)
    assert not permissions.allows(role, "s3:PutObject", KEY)
    assert not permissions.allows(role, "s3:GetObject", "arn:aws:s3:::others/g/1")


def test_what_is_denied_stays_denied(role: str) -> None:
    give(role, READ, READ | {"Effect": "Deny"})

    assert not permissions.allows(role, "s3:GetObject", KEY)


def test_a_condition_that_is_not_answered_allows_nothing(role: str) -> None:
    when = {"StringEquals": {"ses:FromAddress": "jada@example.com"}}
    give(role, READ | {"Condition": when})

    ours, other = ({"ses:FromAddress": f"{name}@example.com"} for name in ("jada", "x"))
    assert not permissions.allows(role, "s3:GetObject", KEY)
    assert not permissions.allows(role, "s3:GetObject", KEY, other)
    assert permissions.allows(role, "s3:GetObject", KEY, ours)


def test_only_who_is_trusted_takes_on_a_role(role: str) -> None:
    assert permissions.trusts(role, "lambda")
    assert not permissions.trusts(role, "apigateway")


def test_a_call_is_known_by_its_signature_and_its_address() -> None:
    credential = "AWS4-HMAC-SHA256 Credential=AKIA1/20260501/us-west-2/s3/aws4_request"
    request = Request("PUT", "/pages/g/1", "", [("Authorization", credential)])

    assert signed(request) == ("AKIA1", "s3")
    assert call_of("s3", request) == Call("s3:PutObject", KEY)


def test_a_call_of_a_service_that_nobody_needs_is_allowed_to_no_role(role: str) -> None:
    give(role, READ)
    call = call_of("ec2", Request("POST", "/", "", []))

    assert not permissions.allows(role, call.action, call.resource)


def test_a_binary_answer_and_all_its_cookies_come_through() -> None:
    answer = response_of(
        {
            "statusCode": 200,
            "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
            "headers": {"Set-Cookie": "b=2", "Content-Type": "image/png"},
            "body": "iVBORw==",
            "isBase64Encoded": True,
        }
    )

    assert answer.all("Set-Cookie") == ["a=1", "b=2"]
    assert (answer.all("Content-Type"), answer.body) == (["image/png"], b"\x89PNG")


@pytest.mark.parametrize("payload", [None, "ok", {}, {"statusCode": "200"}])
def test_an_answer_in_another_shape_is_a_bad_gateway(payload: Any) -> None:
    answer = response_of(payload)

    assert isinstance(answer, Response)
    assert answer.status == 502
