"""The tables of a stage, from the list that the application itself works with."""

from __future__ import annotations

from infra.words import Node, Resources, kept, sub
from jada_flask.tables import ALL, Table


def tables() -> Resources:
    return {logical_name(table): _table(table) for table in ALL}


def logical_name(table: Table) -> str:
    return f"{table.name}Table"


def _table(table: Table) -> Node:
    kinds = {table.partition: "S", table.sort: table.sort_type}
    for index in table.indexes:
        kinds |= {index.partition: "S", index.sort: index.sort_type}
    properties: Node = {
        "TableName": sub(f"jada-${{Stage}}-{table.name}"),
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in kinds.items()
        ],
        "KeySchema": _keys(table.partition, table.sort),
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "DeletionProtectionEnabled": True,
    }
    if table.indexes:
        properties["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index.name,
                "KeySchema": _keys(index.partition, index.sort),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in table.indexes
        ]
    if table.expires:
        properties["TimeToLiveSpecification"] = {
            "AttributeName": table.expires,
            "Enabled": True,
        }
    if table.append_only:
        # Whoever changes an entry in spite of all is told on, with what stood there.
        properties["StreamSpecification"] = {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    return kept("DynamoDB::Table", properties)


def _keys(partition: str, sort: str) -> list[Node]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
