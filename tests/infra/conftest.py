"""Stages at a stand-in for AWS, deployed from the template."""

from __future__ import annotations

import json
from ast import literal_eval
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from infra.template import text
from jada_flask.adapters.aws.dynamo import DynamoStore
from jada_flask.adapters.aws.dynamo_tables import create_tables
from jada_flask.ports import Missing, Put
from jada_flask.tables import FINANCE, PAYMENTS
from tests.contracts import ministack
from tests.contracts.aws_stand_in import stand_in
from tests.infra import moto_more

SETTINGS = {
    "BaseUrl": "https://jada.example.com",
    "GuestUrl": "https://guests.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
    "OriginSecret": "o" * 40,
    "MailFrom": "jada@example.com",
    "AlertEmail": "office@example.com",
}
ACCOUNT = "123456789012"  # moto's own
WHO = "e#p@example.com"
ENTRY = {"PK": WHO, "SK": 1, "event_id": "e", "timestamp": 1}
NEW = (Missing(),)
As = Callable[..., Any]
QUEUE = "arn:aws:sqs:us-west-2:000000000000:jada-dev-nudge"
ALL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
APIS = {"DispatchApi": "abc123", "PublicApi": "def456"}


@dataclass(frozen=True)
class Stage:
    """A stage that was deployed: its stack, and what is in it."""

    name: str
    url: str

    def client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=self.url)

    def asked(self, name: str) -> dict[str, Any]:
        """What a part was made from that moto has no model of."""
        return moto_more.asked[ACCOUNT, f"jada-{self.name}-{name}"]

    def outputs(self) -> dict[str, str]:
        stack = self.client("cloudformation").describe_stacks(
            StackName=f"jada-{self.name}"
        )["Stacks"][0]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    def policy(self, role: str, name: str) -> Any:
        """The document of a role, with everything in it resolved."""
        document = self.client("iam").get_role_policy(
            RoleName=f"{role}-us-west-2", PolicyName=name
        )["PolicyDocument"]
        # moto writes down Python's own notation of it.
        return literal_eval(document) if isinstance(document, str) else document


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The address of a stand-in that takes every kind of resource."""
    moto_more.teach()
    with stand_in() as url:
        yield url


@pytest.fixture(scope="session")
def bare(aws: str) -> Stage:
    """The stage dev before its functions are there."""
    return deployed("dev", aws, SETTINGS)


@pytest.fixture(scope="session")
def served(aws: str) -> Stage:
    """The stage staging with both functions."""
    _function("jada-staging", aws)
    return deployed("staging", aws, SETTINGS | APIS)


def _function(name: str, url: str) -> None:
    """A function that is there, for what is told to call it."""
    trusting = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
    role = boto3.client("iam", endpoint_url=url).create_role(
        RoleName="of-a-function", AssumeRolePolicyDocument=json.dumps(trusting)
    )["Role"]
    boto3.client("lambda", endpoint_url=url).create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="x.y",
        Role=role["Arn"],
        Code={"ZipFile": b""},
    )


def deployed(name: str, url: str, settings: dict[str, str]) -> Stage:
    stage = Stage(name, url)
    given = settings | {"Stage": name}
    stage.client("cloudformation").create_stack(
        StackName=f"jada-{name}",
        TemplateBody=text(),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in given.items()
        ],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    return stage


class Guarded:
    """An account at ministack, which asks at each call what the caller may do."""

    def __init__(self, stage: Stage, url: str) -> None:
        self._stage = stage
        self.url = url
        self._made: list[Any] = []

    def client(self, service: str, key: str = "test", secret: str = "test") -> Any:
        """A client of whoever has this key; of the owner without one."""
        made = boto3.client(
            service,
            endpoint_url=self.url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )
        self._made.append(made)
        return made

    def key_of(self, role: str, name: str, *, and_all: bool = False) -> tuple[str, str]:
        """The key of somebody who may do what a role may, and nothing else."""
        document = json.dumps(self._stage.policy(role, name))
        people = self.client("iam")
        user = f"{name}-{len(self._made)}"
        people.create_user(UserName=user)
        if and_all:
            people.put_user_policy(
                UserName=user, PolicyName="all", PolicyDocument=json.dumps(ALL)
            )
        people.put_user_policy(
            UserName=user,
            PolicyName=name,
            PolicyDocument=document.replace(ACCOUNT, "000000000000"),
        )
        key = people.create_access_key(UserName=user)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def close(self) -> None:
        for each in self._made:
            each.close()


@pytest.fixture(scope="session")
def guarded(bare: Stage) -> Iterator[Guarded]:
    """The tables of the stage dev with some money in them, and its queue."""
    with ministack.running(auth=True) as url:
        account = Guarded(bare, url)
        owner = account.client("dynamodb")
        create_tables(owner, "jada-dev")
        store = DynamoStore(lambda: owner, "jada-dev")
        store.write(Put(PAYMENTS, ENTRY, NEW))
        store.write(Put(FINANCE, {"pk": "booking", "sk": "#", "net": 28_941}))
        account.client("sqs").create_queue(QueueName="jada-dev-nudge")
        yield account
        account.close()


@pytest.fixture(scope="session")
def as_role(guarded: Guarded) -> As:
    """Gives a client of DynamoDB that may do what a role may, and nothing else."""

    def become(role: str, name: str, *, and_all: bool = False) -> Any:
        return guarded.client("dynamodb", *guarded.key_of(role, name, and_all=and_all))

    return become


@pytest.fixture(scope="session")
def office(as_role: As) -> Any:
    return as_role("jada-dev", "dispatch")


@pytest.fixture(scope="session")
def outside(as_role: As) -> Any:
    return as_role("jada-dev-public", "public")
