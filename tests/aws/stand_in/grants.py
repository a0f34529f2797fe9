"""What a function's role may do with tables, enforced by ministack.

moto keeps the tables and the roles that the template makes, and lets everybody do
everything. So the functions' calls of DynamoDB go to ministack: with the tables that
moto was asked for, and for each role a user who holds its policies word by word.
"""

from __future__ import annotations

import json
from ast import literal_eval
from threading import Lock
from typing import Any, Final

import boto3

from tests.aws.stand_in.account import ACCOUNT, REGION

_MINISTACK: Final = "000000000000"  # what ministack calls its account


class Grants:
    """The users of ministack that stand for roles, and their tables."""

    def __init__(self, moto_url: str, ministack_url: str) -> None:
        self.url, self._moto_url = ministack_url, moto_url
        self._iam = _client("iam", moto_url)
        self._tables = _client("dynamodb", moto_url)
        owner = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        self._people = _client("iam", ministack_url, **owner)
        self.store = _client("dynamodb", ministack_url, **owner)
        self._keys: dict[str, tuple[str, str]] = {}
        self._lock = Lock()

    def keys_of(self, role: str) -> tuple[str, str]:
        """A key and its secret that may do what a role may now."""
        with self._lock:
            self._make_missing_tables()
            if role not in self._keys:
                self._people.create_user(UserName=role)
                made = self._people.create_access_key(UserName=role)["AccessKey"]
                self._keys[role] = made["AccessKeyId"], made["SecretAccessKey"]
            for name in self._iam.list_role_policies(RoleName=role)["PolicyNames"]:
                self._people.put_user_policy(
                    UserName=role, PolicyName=name, PolicyDocument=self._of(role, name)
                )
            return self._keys[role]

    def role_of(self, key: str) -> str:
        """The role that a key stands for; empty for anybody else's."""
        known = ((role, one) for role, (one, _) in self._keys.items())
        return next((role for role, one in known if one == key), "")

    def client(self, service: str, role: str) -> Any:
        """A service for whoever has taken a role; what he may not is refused."""
        key, secret = self.keys_of(role)
        own = {"aws_access_key_id": key, "aws_secret_access_key": secret}
        return _client(service, self._moto_url, **own)

    def _of(self, role: str, name: str) -> str:
        document = self._iam.get_role_policy(RoleName=role, PolicyName=name)[
            "PolicyDocument"
        ]
        if isinstance(document, str):  # moto writes down Python's own notation of it
            document = literal_eval(document)
        return json.dumps(document).replace(ACCOUNT, _MINISTACK)

    def _make_missing_tables(self) -> None:
        there = set(self.store.list_tables()["TableNames"])
        for name in set(self._tables.list_tables()["TableNames"]) - there:
            asked = self._tables.describe_table(TableName=name)["Table"]
            indexes = [
                {key: index[key] for key in ("IndexName", "KeySchema", "Projection")}
                for index in asked.get("GlobalSecondaryIndexes", ())
            ]
            self.store.create_table(
                TableName=name,
                AttributeDefinitions=asked["AttributeDefinitions"],
                KeySchema=asked["KeySchema"],
                BillingMode="PAY_PER_REQUEST",
                **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
            )


def _client(service: str, url: str, **more: str) -> Any:
    return boto3.client(service, endpoint_url=url, region_name=REGION, **more)
