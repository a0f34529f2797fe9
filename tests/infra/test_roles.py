"""The two roles, enforced: ministack asks at each call what the template's say.

Their documents are read from the stage that was deployed, so that every name in them is
the resolved one. What only AWS has (invalidation, mails, secrets, buckets) is read.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jada_flask.adapters.aws.dynamo import DynamoStore
from jada_flask.ports import Check, Delete, Missing, Patch, Present, Put
from jada_flask.tables import EVENTS, FINANCE, JOBS, PAYMENTS, Table
from tests.infra.conftest import ENTRY, NEW, WHO, As, Stage

LOG = "jada-dev-Payments"
KEY = {"PK": {"S": "e#p@example.com"}, "SK": {"N": "1"}}
OTHER = ENTRY | {"SK": 2}


@pytest.fixture(scope="module")
def owner_of_all(as_role: As) -> Any:
    """The office's function after somebody has given its role everything besides."""
    return as_role("jada-dev", "dispatch", and_all=True)


def store_of(client: Any) -> DynamoStore:
    return DynamoStore(lambda: client, "jada-dev")


# The office's function


@pytest.mark.parametrize("table", [EVENTS, FINANCE, JOBS], ids=lambda each: each.name)
def test_the_office_works_on_the_tables_that_change(office: Any, table: Table) -> None:
    store, key = store_of(office), ("a", "b")

    store.write(Put(table, {"pk": "a", "sk": "b"}))
    store.write(Patch(table, key, set={"n": 1}))
    store.write(Check(table, key, (Present(),)), Put(table, {"pk": "a", "sk": "c"}))
    store.write(Delete(table, ("a", "c")))

    assert store.get(table, *key)
    assert store.query(table, "a").items
    index = table.indexes[0]
    assert store.query(table, "x", index=index.name).items == []


def test_the_office_appends_to_the_log_in_a_transaction(office: Any) -> None:
    store = store_of(office)

    store.write(Put(PAYMENTS, OTHER, NEW), Put(JOBS, {"pk": "m", "sk": "1"}))

    assert store.get(PAYMENTS, WHO, 2) == OTHER
    assert len(store.query(PAYMENTS, "e", index="GSI2").items) == 2


def test_the_office_writes_no_entry_outside_a_transaction(office: Any) -> None:
    """The adapter would not even ask; whoever had the function would go round it."""
    with pytest.raises(ClientError, match="AccessDenied"):
        office.put_item(TableName=LOG, Item={**KEY, "SK": {"N": "3"}})

    assert store_of(office).get(PAYMENTS, WHO, 3) is None


@pytest.mark.parametrize("who", ["office", "owner_of_all"])
@pytest.mark.parametrize("action", ["Update", "Delete"])
def test_the_office_changes_no_entry(
    request: pytest.FixtureRequest, who: str, action: str
) -> None:
    office = request.getfixturevalue(who)
    change = {"UpdateExpression": "SET amount = :a"} if action == "Update" else {}
    value = {"ExpressionAttributeValues": {":a": {"N": "1"}}} if change else {}
    asked = {"TableName": LOG, "Key": KEY, **change, **value}

    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(office, f"{action.lower()}_item")(**asked)
    with pytest.raises(ClientError, match="AccessDenied"):
        office.transact_write_items(TransactItems=[{action: asked}])

    assert store_of(office).get(PAYMENTS, WHO, 1) == ENTRY


@pytest.mark.parametrize(
    ("call", "request_"),
    [
        ("scan", {"TableName": LOG}),
        (
            "batch_write_item",
            {"RequestItems": {LOG: [{"DeleteRequest": {"Key": KEY}}]}},
        ),
        (
            "execute_statement",
            {"Statement": f"DELETE FROM \"{LOG}\" WHERE PK='e#p@example.com' AND SK=1"},
        ),
        (
            "update_time_to_live",
            {
                "TableName": LOG,
                "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "SK"},
            },
        ),
        ("delete_table", {"TableName": LOG}),
        ("delete_table", {"TableName": "jada-dev-Events"}),
        ("scan", {"TableName": "jada-dev-Finance"}),
        ("get_item", {"TableName": "jada-staging-Payments", "Key": KEY}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_office_cannot_go_round_the_log_nor_into_another_stage(
    office: Any, call: str, request_: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(office, call)(**request_)


# The public function


def test_the_public_function_works_on_its_own_table(outside: Any) -> None:
    store = store_of(outside)

    store.write(
        Put(EVENTS, {"pk": "E", "sk": "#", "year": "2026", "start_id": "x"}, NEW)
    )
    store.write(Patch(EVENTS, ("E", "#"), set={"n": 1}, when=(Present(),)))

    assert store.query(EVENTS, "2026", index="by_date").items
    assert store.get(EVENTS, "E", "#")


@pytest.mark.parametrize("table", [PAYMENTS, FINANCE, JOBS], ids=lambda each: each.name)
def test_the_public_function_cannot_read_a_table_of_money(
    outside: Any, table: Table
) -> None:
    store, money = store_of(outside), table is PAYMENTS
    key: Any = (WHO, 1) if money else ("booking", "#")

    with pytest.raises(PermissionError):
        store.get(table, *key)
    with pytest.raises(PermissionError):
        store.query(table, key[0])
    for index in table.indexes:
        with pytest.raises(PermissionError):
            store.query(table, "e", index=index.name)
    with pytest.raises(PermissionError):
        list(store.everything(table))
    with pytest.raises(ClientError, match="AccessDenied"):
        outside.batch_get_item(
            RequestItems={f"jada-dev-{table.name}": {"Keys": [KEY if money else {}]}}
        )


@pytest.mark.parametrize("condition", [Present(), Missing()])
@pytest.mark.parametrize("table", [PAYMENTS, FINANCE], ids=lambda each: each.name)
def test_the_public_function_cannot_even_probe_money_in_a_transaction(
    outside: Any, table: Table, condition: Any
) -> None:
    key: Any = (WHO, 1) if table is PAYMENTS else ("booking", "#")
    fine = Put(EVENTS, {"pk": "E", "sk": "probe"})

    with pytest.raises(PermissionError):
        store_of(outside).write(fine, Check(table, key, (condition,)))

    assert store_of(outside).get(EVENTS, "E", "probe") is None


# What only AWS enforces


def test_the_public_policy_names_no_table_but_events(bare: Stage) -> None:
    text = json.dumps(bare.policy("jada-dev-public", "public"))

    assert "jada-dev-Events" in text
    assert not [name for name in ("Payments", "Finance", "Jobs") if name in text]


def test_no_role_may_do_everything_or_everywhere(bare: Stage) -> None:
    for role, name in (("jada-dev", "dispatch"), ("jada-dev-public", "public")):
        for statement in bare.policy(role, name)["Statement"]:
            if statement["Effect"] == "Deny":
                continue
            resources = statement["Resource"]
            named = [resources] if isinstance(resources, str) else resources
            assert not [action for action in statement["Action"] if "*" in action]
            assert "*" not in named


def test_the_public_function_has_no_way_to_the_office(bare: Stage) -> None:
    """It calls no other, sends no mail and reads none of the office's secrets."""
    actions, text = set[str](), ""
    for statement in bare.policy("jada-dev-public", "public")["Statement"]:
        actions |= {each.partition(":")[0] for each in statement["Action"]}
        text += json.dumps(statement["Resource"])

    assert actions == {"dynamodb", "s3", "sqs", "ssm", "kms", "lambda", "logs"}
    assert "parameter/jada/dev/public/*" in text
    assert "parameter/jada/dev/dispatch" not in text


def test_whoever_promised_messages_drops_a_line_into_one_queue(bare: Stage) -> None:
    """And only the office's function takes lines out of it."""
    queue = bare.outputs()["NudgeQueueArn"]
    for role, name in (("jada-dev", "dispatch"), ("jada-dev-public", "public")):
        may = {
            action
            for each in bare.policy(role, name)["Statement"]
            for action in each["Action"]
            if queue in each["Resource"]
        }
        taking = {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}
        more = taking if name == "dispatch" else set[str]()

        assert may == {f"sqs:{each}" for each in {"SendMessage", *more}}
    public = json.dumps(bare.policy("jada-dev-public", "public"))
    assert public.count('"sqs:') == 1


def test_a_role_is_for_its_function_and_for_what_calls_that(bare: Stage) -> None:
    """Zappa's API and its schedules call the function with the function's own role."""
    for role, name in (("jada-dev", "dispatch"), ("jada-dev-public", "public")):
        found = bare.client("iam").get_role(RoleName=f"{role}-us-west-2")["Role"]
        (statement,) = found["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {
            "Service": [
                "lambda.amazonaws.com",
                "apigateway.amazonaws.com",
                "events.amazonaws.com",
            ]
        }
        (call,) = (
            each
            for each in bare.policy(role, name)["Statement"]
            if "lambda:InvokeFunction" in each["Action"]
        )
        assert call["Resource"].endswith(f":function:{role}")
