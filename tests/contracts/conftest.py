"""The engines on which the promises of the store are tried."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jada_flask.adapters.aws.dynamo import DynamoStore, connect
from jada_flask.adapters.aws.dynamo_tables import create_tables
from jada_flask.adapters.local.sqlite import SqliteStore
from jada_flask.ports import Store


@pytest.fixture(scope="session")
def dynamodb(ministack_url: str) -> Iterator[Any]:
    """A client for it, as the adapter makes it."""
    client = connect(endpoint_url=ministack_url)
    yield client
    client.close()


@pytest.fixture
def new_dynamo(dynamodb: Any) -> Callable[[], DynamoStore]:
    """Makes stores in ministack that are empty and know nothing of each other."""

    def make() -> DynamoStore:
        prefix = f"test-{uuid.uuid4().hex}"
        create_tables(dynamodb, prefix)
        return DynamoStore(lambda: dynamodb, prefix)

    return make


@pytest.fixture(params=["sqlite", "ministack"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, once on each engine."""
    if request.param == "ministack":
        yield request.getfixturevalue("new_dynamo")()
        return
    with_file = SqliteStore(tmp_path / "jada.sqlite3")
    yield with_file
    with_file.close()
