"""The tables of a stage that is not at AWS: of tests, of a local DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jada_flask.tables import ALL, Table


def create_tables(client: Any, prefix: str, tables: Sequence[Table] = ALL) -> None:
    """Make the tables; those at AWS are made by `infra/`, from the same list."""
    for table in tables:
        keys = [(table.partition, "S"), (table.sort, table.sort_type)]
        indexes = []
        for index in table.indexes:
            keys += [(index.partition, "S"), (index.sort, index.sort_type)]
            schema = _schema(index.partition, index.sort)
            indexes.append(
                {
                    "IndexName": index.name,
                    "KeySchema": schema,
                    "Projection": {"ProjectionType": "ALL"},
                }
            )
        client.create_table(
            TableName=f"{prefix}-{table.name}",
            KeySchema=_schema(table.partition, table.sort),
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in dict(keys).items()
            ],
            BillingMode="PAY_PER_REQUEST",
            **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
        )


def make_missing(client: Any, prefix: str) -> None:
    """Make the tables that are not there yet, for an application on one machine."""
    there = set(client.list_tables()["TableNames"])
    missing = [table for table in ALL if f"{prefix}-{table.name}" not in there]
    create_tables(client, prefix, missing)


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
