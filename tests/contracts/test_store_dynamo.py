"""What the store in DynamoDB promises besides: whatever goes wrong on the way."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from jada_flask.adapters.aws.dynamo import DynamoStore, connect
from jada_flask.adapters.aws.dynamo_tables import create_tables
from jada_flask.domain.errors import BusyError, ConfigError, UnansweredError
from jada_flask.ports import (
    Check,
    ConditionError,
    Missing,
    Operation,
    Patch,
    Present,
    Put,
    Store,
)
from jada_flask.tables import EVENTS, FINANCE, JOBS, PAYMENTS, Table
from tests.contracts import ministack

ITEM = {"pk": "E", "sk": "#"}
NEW = (Missing(),)


class FailingClient:
    """A client that fails as often as it is told before it does what it should."""

    def __init__(self, client: Any, *failures: Exception) -> None:
        self._client = client
        self._failures = list(failures)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            self.asked.append((name, request))
            if self._failures:
                raise self._failures.pop(0)
            return getattr(self._client, name)(**request)

        return call

    def tokens(self) -> list[str]:
        requests = [request for _, request in self.asked]
        return [
            each["ClientRequestToken"] for each in requests if "TransactItems" in each
        ]


def said(code: str, reasons: list[Any] | None = None) -> ClientError:
    """What botocore raises when DynamoDB says this."""
    response: dict[str, Any] = {"Error": {"Code": code, "Message": "said so"}}
    if reasons is not None:
        response["CancellationReasons"] = [{"Code": each} for each in reasons]
    return ClientError(response, "TransactWriteItems")


def cancelled(*reasons: str) -> ClientError:
    return said("TransactionCanceledException", list(reasons))


@pytest.fixture
def failing(
    new_dynamo: Callable[[], DynamoStore], dynamodb: Any
) -> Callable[..., tuple[DynamoStore, FailingClient, list[float]]]:
    """Makes a store whose client fails; what it asked, and how long it waited."""

    def make(*failures: Exception) -> tuple[DynamoStore, FailingClient, list[float]]:
        client = FailingClient(dynamodb, *failures)
        pauses: list[float] = []
        prefix = new_dynamo()._prefix
        store = DynamoStore(lambda: client, prefix, sleep=pauses.append)
        return store, client, pauses

    return make


# Contention


@pytest.mark.parametrize(
    "failure",
    [
        cancelled("None", "TransactionConflict"),
        cancelled("ThrottlingError", "None"),
        cancelled("ProvisionedThroughputExceeded", "TransactionConflict"),
        said("ThrottlingException"),
        said("ProvisionedThroughputExceededException"),
        said("TransactionConflictException"),
    ],
    ids=str,
)
def test_contention_is_waited_out(failing: Any, failure: Exception) -> None:
    store, client, pauses = failing(failure, failure)

    store.write(Put(EVENTS, ITEM, NEW))

    assert store.get(EVENTS, "E", "#") == ITEM
    assert len(pauses) == 2
    called_off = isinstance(failure, ClientError) and "Reasons" in str(failure.response)
    assert len(set(client.tokens())) == (3 if called_off else 1)


class Absent(FailingClient):
    """Does what it should before it fails: the answer is lost, the next try refused."""

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            self.asked.append((name, request))
            answer = getattr(self._client, name)(**request)
            if self._failures:
                raise self._failures.pop(0)
            return answer

        return call


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "TransactionInProgressException"]
)
def test_what_is_throttled_after_its_answer_was_lost_counts_once(
    new_dynamo: Callable[[], DynamoStore], dynamodb: Any, code: str
) -> None:
    client = Absent(dynamodb, said(code))
    prefix = new_dynamo()._prefix
    store = DynamoStore(lambda: client, prefix, sleep=lambda pause: None)

    store.write(Put(EVENTS, ITEM, NEW))
    store.write(Patch(EVENTS, ("E", "#"), add={"n": 1}))

    assert store.get(EVENTS, "E", "#") == ITEM | {"n": 1}


def test_contention_without_end_is_busy(failing: Any) -> None:
    store, client, pauses = failing(*[cancelled("TransactionConflict")] * 20)

    with pytest.raises(BusyError, match="try again"):
        store.write(Put(EVENTS, ITEM, NEW))

    assert len(client.asked) == 8
    assert all(0 <= pause <= 0.5 for pause in pauses)
    assert sum(pauses) < 3


def test_nobody_waits_long_where_each_refusal_takes_its_time(
    new_dynamo: Callable[[], DynamoStore], dynamodb: Any
) -> None:
    """Botocore has then waited for seconds by itself."""
    client = FailingClient(dynamodb, *[said("ThrottlingException")] * 20)
    moments = iter(range(0, 100, 2))
    store = DynamoStore(
        lambda: client,
        new_dynamo()._prefix,
        sleep=lambda pause: None,
        clock=lambda: next(moments),
    )

    with pytest.raises(BusyError):
        store.write(Put(EVENTS, ITEM, NEW))

    assert len(client.asked) == 2


def test_a_write_that_is_under_way_is_asked_after_by_the_same_token(
    failing: Any,
) -> None:
    store, client, _ = failing(*[said("TransactionInProgressException")] * 2)

    store.write(Patch(EVENTS, ("E", "#"), add={"n": 1}))

    assert len(set(client.tokens())) == 1


def test_a_write_that_stays_under_way_may_have_happened(failing: Any) -> None:
    store, _, _ = failing(*[said("TransactionInProgressException")] * 20)

    with pytest.raises(UnansweredError, match="look whether this was saved"):
        store.write(Patch(EVENTS, ("E", "#"), add={"n": 1}))


def test_a_failed_condition_beside_contention_is_the_answer(failing: Any) -> None:
    store, client, _ = failing(
        cancelled("TransactionConflict", "ConditionalCheckFailed")
    )

    with pytest.raises(ConditionError) as refusal:
        store.write(Put(EVENTS, ITEM), Check(JOBS, ("a", "b"), (Present(),)))

    assert refusal.value.position == 1
    assert len(client.asked) == 1


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        (Put(EVENTS, ITEM), "put_item"),
        (Patch(EVENTS, ("E", "#"), set={"n": 1}), "update_item"),
        (Put(EVENTS, ITEM, NEW), "transact_write_items"),
        (Patch(EVENTS, ("E", "#"), add={"n": 1}), "transact_write_items"),
        (
            Patch(EVENTS, ("E", "#"), set={"n": 1}, when=NEW),
            "transact_write_items",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_only_what_may_happen_twice_goes_without_a_token(
    failing: Any, operation: Operation, call: str
) -> None:
    store, client, _ = failing()

    store.write(operation)

    assert [name for name, _ in client.asked] == [call]


def test_all_is_read_as_of_now_but_an_index(failing: Any) -> None:
    store, client, _ = failing()

    store.get(EVENTS, "E", "#")
    store.query(EVENTS, "E")
    list(store.everything(EVENTS))
    store.query(EVENTS, "2026", index="by_date")
    store.get_many((EVENTS, ("E", "#")))

    consistent = [request.get("ConsistentRead") for _, request in client.asked[:-1]]
    assert consistent == [True, True, True, None]
    ((_, batch),) = client.asked[-1][1]["RequestItems"].items()
    assert batch["ConsistentRead"] is True


class Reluctant:
    """A client that answers with one item at a time of those asked for, or none."""

    def __init__(self, client: Any, *, answers: bool) -> None:
        self._client = client
        self._answers = answers
        self.asked = 0

    def batch_get_item(self, RequestItems: dict[str, Any]) -> Any:
        self.asked += 1
        ((name, wanted),) = RequestItems.items()
        keys = list(wanted["Keys"])
        first = [keys.pop(0)] if self._answers else []
        answer: dict[str, Any] = {"Responses": {name: []}, "UnprocessedKeys": {}}
        if first:
            told = {name: wanted | {"Keys": first}}
            answer = self._client.batch_get_item(RequestItems=told)
        if keys:
            answer["UnprocessedKeys"] = {name: wanted | {"Keys": keys}}
        return answer


def test_what_a_batch_leaves_out_is_asked_for_again(
    new_dynamo: Callable[[], DynamoStore], dynamodb: Any
) -> None:
    full = new_dynamo()
    full.write(*[Put(EVENTS, {"pk": "E", "sk": sort}) for sort in "abc"])
    slow = Reluctant(dynamodb, answers=True)
    pauses: list[float] = []
    store = DynamoStore(lambda: slow, full._prefix, sleep=pauses.append)

    found = store.get_many(*[(EVENTS, ("E", sort)) for sort in "cab"])

    assert [item and item["sk"] for item in found] == ["c", "a", "b"]
    assert (slow.asked, len(pauses)) == (3, 2)


def test_a_batch_that_is_never_answered_is_busy(dynamodb: Any) -> None:
    mute = Reluctant(dynamodb, answers=False)
    pauses: list[float] = []
    store = DynamoStore(lambda: mute, "test", sleep=pauses.append)

    with pytest.raises(BusyError):
        store.get_many((EVENTS, ("E", "a")))

    assert sum(pauses) < 3


# Faults


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (said("AccessDeniedException"), PermissionError),
        (said("ValidationException"), ValueError),
        (cancelled("None", "ValidationError"), ValueError),
        (cancelled("AccessDenied"), PermissionError),
        (said("ResourceNotFoundException"), ConfigError),
        (said("UnrecognizedClientException"), ConfigError),
        (said("ExpiredTokenException"), ConfigError),
        (said("InternalServerError"), UnansweredError),
        (said("ServiceUnavailable"), UnansweredError),
    ],
    ids=str,
)
def test_what_dynamodb_says_is_said_in_the_words_of_the_port(
    failing: Any, failure: Exception, error: type[Exception]
) -> None:
    store, _, _ = failing(failure)

    with pytest.raises(error) as raised:
        store.write(Put(EVENTS, ITEM, NEW))

    assert type(raised.value) is error
    assert raised.value.__cause__ is failure


def test_a_fault_while_reading_is_only_busy(failing: Any) -> None:
    store, _, _ = failing(said("InternalServerError"))

    with pytest.raises(BusyError):
        store.get(EVENTS, "E", "#")


def test_where_nobody_listens_nothing_is_known() -> None:
    def once() -> Any:
        return boto3.client(
            "dynamodb",
            endpoint_url="http://127.0.0.1:1",
            config=Config(retries={"total_max_attempts": 1}),
        )

    store = DynamoStore(once, "test")

    with pytest.raises(BusyError):
        store.get(EVENTS, "E", "#")
    with pytest.raises(UnansweredError):
        store.write(Put(EVENTS, ITEM, NEW))
    store.close()


def test_without_credentials_a_setting_is_wrong(monkeypatch: Any) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    store = DynamoStore(lambda: connect(endpoint_url="http://127.0.0.1:1"), "test")

    with pytest.raises(ConfigError, match="redentials"):
        store.get(EVENTS, "E", "#")
    store.close()


def test_a_table_that_is_not_there_is_a_wrong_setting(dynamodb: Any) -> None:
    store = DynamoStore(lambda: dynamodb, "nobody")

    with pytest.raises(ConfigError, match="cannot be reached"):
        store.get(EVENTS, "E", "#")


def test_whoever_connects_gets_the_same_client() -> None:
    """Both openings of the store, and every thread of the process."""
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda _: connect(endpoint_url="http://[::1]:1"), "12345678")
        )

    assert len(set(map(id, made))) == 1
    config = made[0].meta.config
    assert (config.connect_timeout, config.read_timeout) == (1, 2)
    assert config.retries == {"mode": "standard", "total_max_attempts": 4}
    assert config.tcp_keepalive


def test_no_client_is_made_before_it_is_needed() -> None:
    store = DynamoStore(lambda: pytest.fail("made too early"), "test")

    store.close()


# Replies that are lost


class Forgetful:
    """A way to ministack on which the replies to the first writes are lost."""

    def __init__(self, url: str, *, lost: int) -> None:
        target = urlsplit(url)
        self._target = (target.hostname, target.port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.lost = lost
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                here, _ = self._server.accept()
            except OSError:
                return
            with here:
                self._pass_on(here)

    def _pass_on(self, here: socket.socket) -> None:
        """One request and one reply a connection; the client makes another."""
        request = read_message(here)
        if not request:
            return
        with socket.create_connection(self._target) as there:
            there.sendall(
                request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
            )
            reply = read_message(there)
        if self.lost and b"TransactWriteItems" in request:
            self.lost -= 1
            return
        here.sendall(reply.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join()


def read_message(connection: socket.socket) -> bytes:
    """An HTTP message with a Content-Length."""
    message = b""
    while b"\r\n\r\n" not in message:
        if not (part := connection.recv(65536)):
            return message
        message += part
    head, _, body = message.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    ]
    while len(body) < sum(lengths):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def forgetful(
    ministack_url: str, new_dynamo: Callable[[], DynamoStore]
) -> Iterator[DynamoStore]:
    """A store that loses the replies to its first two writes."""
    way = Forgetful(ministack_url, lost=2)
    prefix = new_dynamo()._prefix
    store = DynamoStore(lambda: connect(endpoint_url=way.url), prefix)
    yield store
    assert way.lost == 0
    store.close()
    way.close()


def test_a_write_whose_reply_is_lost_is_not_refused_for_its_own_success(
    forgetful: DynamoStore,
) -> None:
    forgetful.write(Put(EVENTS, ITEM, NEW))

    assert forgetful.get(EVENTS, "E", "#") == ITEM


def test_an_addition_whose_reply_is_lost_counts_once(forgetful: DynamoStore) -> None:
    forgetful.write(Patch(EVENTS, ("E", "#"), add={"n": 1}))

    assert forgetful.get(EVENTS, "E", "#") == ITEM | {"n": 1}


# The opening for crew and guests


@pytest.fixture(scope="module")
def guarded_url() -> Iterator[str]:
    """The address of a ministack that asks everyone who they are."""
    with ministack.running(auth=True) as url:
        yield url


def client_of(url: str, service: str, key: str, secret: str) -> Any:
    return boto3.client(
        service, endpoint_url=url, aws_access_key_id=key, aws_secret_access_key=secret
    )


@pytest.fixture(scope="module")
def public(guarded_url: str) -> Iterator[Store]:
    """The store of somebody whose policy names the table Events and nothing else."""
    office = client_of(guarded_url, "dynamodb", "test", "test")
    create_tables(office, "test")
    people = client_of(guarded_url, "iam", "test", "test")
    arn = "arn:aws:dynamodb:*:*:table/test-Events"
    allowed = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": [arn, f"{arn}/*"]}
    people.create_user(UserName="public")
    people.put_user_policy(
        UserName="public",
        PolicyName="events",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )
    key = people.create_access_key(UserName="public")["AccessKey"]
    mine = client_of(
        guarded_url, "dynamodb", key["AccessKeyId"], key["SecretAccessKey"]
    )
    DynamoStore(lambda: office, "test").write(
        Put(FINANCE, {"pk": "booking", "sk": "#", "net": 28_941})
    )
    yield DynamoStore(lambda: mine, "test")
    for client in (office, people, mine):
        client.close()


def test_the_public_role_works_on_its_own_table(public: Store) -> None:
    public.write(Put(EVENTS, ITEM | {"year": "2026", "start_id": "x"}, NEW))

    assert public.query(EVENTS, "2026", index="by_date").items
    assert public.get(EVENTS, "E", "#")


@pytest.mark.parametrize("table", [PAYMENTS, FINANCE, JOBS], ids=lambda each: each.name)
def test_the_public_role_reaches_no_other_table(public: Store, table: Table) -> None:
    key: Any = ("booking", 1 if table is PAYMENTS else "#")
    item = {table.partition: key[0], table.sort: key[1]}

    with pytest.raises(PermissionError):
        public.get(table, *key)
    with pytest.raises(PermissionError):
        public.query(table, "booking")
    with pytest.raises(PermissionError):
        list(public.everything(table))
    with pytest.raises(PermissionError):
        public.write(Put(table, item, NEW))


@pytest.mark.parametrize("condition", [Present(), Missing()])
def test_the_public_role_cannot_even_probe_money_in_a_transaction(
    public: Store, condition: Any
) -> None:
    fine = Put(EVENTS, {"pk": "E", "sk": "probe"})

    with pytest.raises(PermissionError):
        public.write(fine, Check(FINANCE, ("booking", "#"), (condition,)))

    assert public.get(EVENTS, "E", "probe") is None
