"""The store in DynamoDB."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from jada_flask.adapters.aws.dynamo_errors import PassingError, Refusal, no_answer
from jada_flask.adapters.aws.dynamo_values import (
    action,
    key_condition,
    plain_item,
    typed_item,
    typed_key,
)
from jada_flask.adapters.limits import check_key, check_total, check_write, pack
from jada_flask.adapters.paging import (
    Range,
    check_cursor,
    check_query,
    cursor_of,
    index_of,
)
from jada_flask.domain.errors import ConfigError
from jada_flask.ports import Item, Operation, Page, Patch, Put
from jada_flask.tables import Table

_TRIES = 8
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5  # seconds
_PLAINLY = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}
_WRITES = {*_PLAINLY.values(), "transact_write_items"}


def connect(region: str | None = None, endpoint_url: str | None = None) -> Any:
    """A client: one for a process, since each costs five times what a call costs."""
    import boto3
    from botocore.config import Config

    # A server that says nothing costs 8 seconds, not botocore's 60.
    config = Config(
        connect_timeout=1,
        read_timeout=2,
        retries={"mode": "standard", "total_max_attempts": 4},
        tcp_keepalive=True,
        max_pool_connections=50,
    )
    return boto3.session.Session().client(
        "dynamodb", region_name=region, endpoint_url=endpoint_url, config=config
    )


class DynamoStore:
    """`Store` in the tables `<prefix>-<name>`; the client is made when first needed.

    What an opening may reach is up to the role that its client has. On one machine
    there are no roles; there `only` names the tables that it may.
    """

    def __init__(
        self,
        client: Callable[[], Any],
        prefix: str,
        *,
        only: Sequence[Table] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._only = only
        self._make_client = client
        self._client: Any = None
        self._prefix = prefix
        self._sleep = sleep

    def get(self, table: Table, partition: str, sort: str | int) -> Item | None:
        """The item as of now."""
        check_key(table, partition, sort)
        answer = self._ask(
            "get_item",
            TableName=self._name(table),
            Key=typed_key(table, (partition, sort)),
            ConsistentRead=True,
        )
        return plain_item(answer["Item"]) if "Item" in answer else None

    def query(
        self,
        table: Table,
        partition: str,
        *,
        index: str | None = None,
        prefix: str | None = None,
        lo: str | int | None = None,
        hi: str | int | None = None,
        limit: int = 50,
        after: Item | None = None,
        descending: bool = False,
    ) -> Page:
        """The items of one partition by sort key, from `lo` to `hi` (both included)."""
        asked, by = Range(prefix, lo, hi), index_of(table, index)
        check_query(table, by, partition, asked, limit)
        request = key_condition(by, table, partition, asked)
        request |= {"TableName": self._name(table), "ScanIndexForward": not descending}
        # No index of DynamoDB's can be read as of now.
        request |= {"IndexName": by.name} if by else {"ConsistentRead": True}
        if after is not None:
            check_cursor(table, by, partition, asked, after)
            request["ExclusiveStartKey"] = typed_item(after)
        # One more than asked for, to know whether anything follows.
        items = self._read(request, limit + 1)
        if len(items) <= limit:
            return Page(items, None)
        items.pop()
        return Page(items, cursor_of(table, by, items[-1]))

    def write(self, *operations: Operation) -> None:
        """All of them or none."""
        check_write(operations)
        packed = [
            len(pack(operation.table, operation.item))
            for operation in operations
            if isinstance(operation, Put)
        ]
        check_total(operations, sum(packed))
        actions = [action(each, self._name(each.table)) for each in operations]
        if len(operations) == 1 and _can_be_repeated(operations[0]):
            verb, request = actions[0]
            self._ask(_PLAINLY[verb], **request)
            return
        # A transaction even for one: it has a token, by which a repeated request is
        # told from a second one. A plain conditional put whose reply is lost is refused
        # the second time for its own success.
        self._ask(
            "transact_write_items",
            TransactItems=[{verb: request} for verb, request in actions],
            ClientRequestToken=str(uuid.uuid4()),
        )

    def everything(self, table: Table) -> Iterator[Item]:
        """Every item; what is written meanwhile may be among them or not."""
        request: dict[str, Any] = {"TableName": self._name(table)}
        while True:
            answer = self._ask("scan", ConsistentRead=True, **request)
            yield from map(plain_item, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def purge(self, now: int) -> int:
        """Nothing to do: DynamoDB takes expired items away by itself."""
        del now
        return 0

    def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            self._client.close()

    def _name(self, table: Table) -> str:
        if self._only is not None and table not in self._only:
            raise PermissionError(f"this opening does not reach {table.name}")
        return f"{self._prefix}-{table.name}"

    def _read(self, request: dict[str, Any], most: int) -> list[Item]:
        items: list[Item] = []
        while True:
            answer = self._ask("query", Limit=most - len(items), **request)
            items += map(plain_item, answer["Items"])
            # An answer ends at 1 MB, however many were asked for.
            if len(items) == most or "LastEvaluatedKey" not in answer:
                return items
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _ask(self, name: str, **request: Any) -> dict[str, Any]:
        pause = _FIRST_PAUSE
        for _ in range(_TRIES - 1):
            try:
                return self._call(name, request)
            except PassingError as passing:
                # What was refused for certain is a new request the next time.
                if "ClientRequestToken" in request and not passing.refusal.is_pending():
                    request["ClientRequestToken"] = str(uuid.uuid4())
            self._sleep(random.uniform(0, pause))
            pause = min(2 * pause, _LONGEST_PAUSE)
        try:
            return self._call(name, request)
        except PassingError as passing:
            raise passing.refusal.error(writes=name in _WRITES) from passing

    def _call(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            NoCredentialsError,
            NoRegionError,
            ParamValidationError,
        )

        writes = name in _WRITES
        try:
            if self._client is None:
                self._client = self._make_client()
            answer: dict[str, Any] = getattr(self._client, name)(**request)
        except ClientError as error:
            refusal = Refusal(error.response)
            if refusal.passes():
                raise PassingError(refusal) from error
            raise refusal.error(writes=writes) from error
        except ParamValidationError as error:
            raise ValueError(str(error)) from error
        except (NoCredentialsError, NoRegionError) as error:
            raise ConfigError(f"The store cannot be reached: {error}") from error
        except BotoCoreError as error:
            raise no_answer(writes=writes) from error
        return answer


def _can_be_repeated(operation: Operation) -> bool:
    """Whether doing it twice is the same as doing it once."""
    if operation.when:
        return False
    return not isinstance(operation, Patch) or not operation.add
