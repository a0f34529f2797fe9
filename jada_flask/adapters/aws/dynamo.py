"""The store in DynamoDB."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cache
from threading import Lock
from typing import Any

from jada_flask.adapters.aws.dynamo_errors import BUSY, PassingError, Refusal, no_answer
from jada_flask.adapters.aws.dynamo_values import (
    action,
    key_condition,
    plain_item,
    typed_item,
    typed_key,
)
from jada_flask.adapters.lanes import Lanes
from jada_flask.adapters.limits import check_key, check_total, check_write, pack
from jada_flask.adapters.paging import (
    Range,
    check_cursor,
    check_query,
    cursor_of,
    index_of,
)
from jada_flask.domain.errors import BusyError, ConfigError
from jada_flask.ports import Item, Key, Operation, Page, Patch, Put
from jada_flask.tables import Table

_TRIES = 8
# Seconds after which nothing is begun anew: botocore waits too before it reports that
# it was throttled, and whoever asked gives up after half a minute.
_PATIENCE = 3.0
_MOST_AT_ONCE = 100
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5  # seconds
_PLAINLY = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}
_CONNECTING = Lock()  # a session is not for two threads at once
_WRITES = {*_PLAINLY.values(), "transact_write_items"}


def connect(region: str | None = None, endpoint_url: str | None = None) -> Any:
    """The client of an address: one for a process, whoever asks, from any thread.

    Each costs five times what a call costs, and both openings of the store may share
    its connections.
    """
    with _CONNECTING:
        return _connected(region, endpoint_url)


@cache
def _connected(region: str | None, endpoint_url: str | None) -> Any:
    from botocore.config import Config
    from botocore.session import get_session

    # A server that says nothing costs 8 seconds, not botocore's 60.
    config = Config(
        connect_timeout=1,
        read_timeout=2,
        retries={"mode": "standard", "total_max_attempts": 4},
        tcp_keepalive=True,
        max_pool_connections=50,
    )
    return get_session().create_client(
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
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._only = only
        self._make_client = client
        self._client: Any = None
        self._prefix = prefix
        self._sleep = sleep
        self._clock = clock
        self._lanes = Lanes()

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

    def get_many(self, *wanted: tuple[Table, Key]) -> list[Item | None]:
        """Several items as of now, a hundred in a request."""
        for table, key in wanted:
            check_key(table, *key)
        found: dict[tuple[str, Key], Item] = {}
        each = list(dict.fromkeys(wanted))  # one that is asked for twice is refused
        for start in range(0, len(each), _MOST_AT_ONCE):
            found |= self._batch(each[start : start + _MOST_AT_ONCE])
        return [found.get((table.name, key)) for table, key in wanted]

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

    def lane(self, name: str) -> AbstractContextManager[None]:
        """Among the threads of this process; functions at AWS do not see each other."""
        return self._lanes.of(name)

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

    def _batch(self, wanted: list[tuple[Table, Key]]) -> dict[tuple[str, Key], Item]:
        tables = {self._name(table): table for table, _ in wanted}
        left: dict[str, Any] = {
            name: {
                "Keys": [typed_key(table, key) for one, key in wanted if one is table],
                "ConsistentRead": True,
            }
            for name, table in tables.items()
        }
        found: dict[tuple[str, Key], Item] = {}
        for pause in _pauses():
            answer = self._ask("batch_get_item", RequestItems=left)
            for name, items in answer["Responses"].items():
                table = tables[name]
                for item in map(plain_item, items):
                    key = item[table.partition], item[table.sort]
                    found[table.name, key] = item
            left = answer.get("UnprocessedKeys") or {}
            if not left:
                return found
            # What is left was throttled, or the answer had its 16 MB.
            self._sleep(pause)
        raise BusyError(BUSY)

    def _ask(self, name: str, **request: Any) -> dict[str, Any]:
        begun, pauses = self._clock(), _pauses()
        while True:
            try:
                return self._call(name, request)
            except PassingError as passing:
                pause = next(pauses, None)
                if pause is None or self._clock() - begun > _PATIENCE:
                    raise passing.refusal.error(writes=name in _WRITES) from passing
                # A transaction that was called off is a new one the next time. One that
                # was throttled may be the repetition of one whose answer was lost.
                if "ClientRequestToken" in request and passing.refusal.is_called_off():
                    request["ClientRequestToken"] = str(uuid.uuid4())
            self._sleep(pause)

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


def _pauses() -> Iterator[float]:
    """How long to wait before each further try: twice as long, and never in step."""
    longest = _FIRST_PAUSE
    for _ in range(_TRIES - 1):
        yield random.uniform(0, longest)
        longest = min(2 * longest, _LONGEST_PAUSE)


def _can_be_repeated(operation: Operation) -> bool:
    """Whether doing it twice is the same as doing it once."""
    if operation.when:
        return False
    return not isinstance(operation, Patch) or not operation.add
