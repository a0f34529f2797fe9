"""Two stages deployed, called, updated, put back and removed, as on AWS.

The package is the real one, run by AWS's own client; what it meets is `stand_in`.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from botocore.exceptions import ClientError

from infra import functions, zappa_run
from infra.aws import Aws
from infra.deploy import deploy
from infra.package import Package, pack
from infra.promote import promote
from infra.rollback import rollback
from infra.stack import Stack
from infra.stages import stage_of
from jada_flask.config import PUBLIC_SECRETS
from tests import machine
from tests.aws.stand_in.browser import Browser
from tests.aws.stand_in.checkout import as_package, checkout, commit, packed
from tests.aws.stand_in.gateway import Response
from tests.aws.stand_in.operator import PASSWORD, Operator, settings
from tests.aws.stand_in.world import World
from tests.builders import booking

STAGING, PRODUCTION = "https://staging.example.com", "https://production.example.com"
BOTH = ("jada-staging", "jada-staging-public")
PUBLIC_ROLE = "jada-staging-public-us-west-2"
PAUSE = 0.05  # seconds, where a deployment waits for AWS


@dataclasses.dataclass
class Release:
    """A checkout, and its package."""

    root: Path
    package: Package


@dataclasses.dataclass
class Stage:
    """A stage that serves, and what its operator was shown."""

    world: World
    origin: str
    shown: dict[str, str]

    def visitor(self, **headers: str) -> Browser:
        return Browser(self.world.send, self.origin, **headers)

    def script(self) -> Browser:
        return self.visitor(X_Dashboard_Token=self.shown["X-Dashboard-Token"])

    def staff(self) -> Browser:
        """Somebody of the staff who has signed in."""
        browser = self.visitor()
        answer = sign_in(browser)
        assert answer.status == 200, answer
        browser.headers["X-CSRFToken"] = answer.json["csrf_token"]
        return browser


@pytest.fixture(scope="session")
def world(
    lambda_python: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    machine.program("Zappa", str(zappa_run.PYTHON))
    with World(tmp_path_factory.mktemp("aws"), lambda_python) as running:
        yield running


@pytest.fixture(autouse=True)
def _there(world: World) -> Iterator[None]:
    """Whoever asks AWS something in a test, asks the stand-in."""
    with environment(world):
        yield


@contextmanager
def environment(world: World, stage: str = "") -> Iterator[None]:
    """What a deployment finds around it; for a stage, what its operator has said."""
    before = dict(os.environ)
    os.environ |= {"AWS_ENDPOINT_URL": world.url, "JADA_SMOKE_URL": world.url}
    os.environ |= settings(stage) if stage else {}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


@pytest.fixture(scope="session")
def first(world: World, tmp_path_factory: pytest.TempPathFactory) -> Release:
    root = checkout(tmp_path_factory.mktemp("first"))
    return Release(root, packed(root))


@pytest.fixture(scope="session")
def second(first: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The same with another style, so with other bytes and another commit."""
    folder = tmp_path_factory.mktemp("second")
    root, tree = folder / "root", folder / "tree"
    shutil.copytree(first.root, root)
    with ZipFile(first.package.path) as archive:
        archive.extractall(tree)
    for style in (root, tree):
        with (style / "jada_flask/static/app.css").open("a") as file:
            file.write("/* the second */\n")
    commit(root, "Change the style")
    pack(tree, folder / "second.zip")
    return Release(root, as_package(root, folder / "second.zip"))


@pytest.fixture(scope="session")
def staging(world: World, first: Release) -> Stage:
    """Deployed from nothing."""
    shown = deployed(world, "staging", first)
    return Stage(world, STAGING, shown)


@pytest.fixture(scope="session")
def job(staging: Stage) -> dict[str, Any]:
    """A booking, taken by a script, with all that follows from it."""
    answer = staging.script().post("/api/bookings", booking(charter_date="2099-05-30"))
    assert answer.status == 201, answer
    staging.world.settle()
    return dict(answer.json)


def deployed(world: World, stage: str, release: Release) -> dict[str, str]:
    """Deploy, and give back what was shown of secrets."""
    operator = Operator()
    world.client("ses").verify_email_identity(
        EmailAddress=settings(stage)["JADA_MAIL_FROM"]
    )
    with environment(world, stage), operator.at_work() as talk:
        deploy(
            stage,
            talk,
            root=release.root,
            make=lambda root, say: release.package,
            pause=PAUSE,
        )
    return operator.shown


def sign_in(browser: Browser) -> Response:
    return browser.post("/admin/login", {"user": "admin", "password": PASSWORD})


def mail_to(world: World, somebody: str, origin: str) -> EmailMessage:
    for raw in reversed(world.mails()):
        mail = message_from_bytes(raw, EmailMessage, policy=policy.default)
        if somebody in str(mail["To"]) and origin in text_of(mail):
            return mail
    raise AssertionError(f"nothing was sent to {somebody}")


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part else ""


def log_of(stage: Stage, function: str) -> str:
    """The end of what a function printed, to be shown when a test fails."""
    return stage.world.functions.printed(function)[-3000:]


def hidden(page: Response) -> dict[str, str]:
    """The fields of a form that nobody fills in."""
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))


def test_it_answers_as_the_stage_that_it_is(staging: Stage) -> None:
    answer = staging.visitor().get("/healthz")

    assert (answer.status, answer.json["stage"]) == (200, "staging")


def test_signing_in_sets_each_cookie_once(staging: Stage) -> None:
    answer = sign_in(staging.visitor())

    [cookie] = answer.all("Set-Cookie")
    assert answer.status == 200
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_a_wrong_password_does_not(staging: Stage) -> None:
    wrong = {"user": "admin", "password": "not it"}

    answer = staging.visitor().post("/admin/login", wrong)

    assert (answer.status, answer.all("Set-Cookie")) == (401, [])


def test_one_call_does_the_offices_work(staging: Stage, job: dict[str, Any]) -> None:
    shown = staging.script().get(f"/api/bookings/{job['booking_id']}").json

    assert shown["margin"]["net"] == "289.41"
    states = {step["name"]: step["state"] for step in shown["steps"]}
    # Google is beyond this machine; that is tried again, and holds up nothing.
    assert states.pop("operator_summary") == "failed"
    assert set(states.values()) == {"done"}, shown["steps"]


def test_the_schedule_finds_nothing_left(staging: Stage, job: dict[str, Any]) -> None:
    [answer] = staging.world.fire("jada-staging-drain")

    # What Google did not take, the summary and perhaps a payment's audit mail, may just
    # now be due again; nothing else is.
    assert answer.error is None
    assert answer.payload in ({}, {"failed": 1}, {"failed": 2})


def test_a_crew_member_answers_through_the_public_function(
    staging: Stage, job: dict[str, Any]
) -> None:
    mail = mail_to(staging.world, "nia.okafor", STAGING)
    [link] = set(re.findall(r"https://\S+token=\S+", text_of(mail)))
    crew = staging.visitor()

    exchanged = crew.get(link)
    [address] = exchanged.all("Location")
    page = crew.get(address)
    answered = crew.submit(address, hidden(page) | {"answer": "accept"})
    staging.world.settle()

    statuses = [each.status for each in (exchanged, page, answered)]
    assert statuses == [303, 200, 303], log_of(staging, BOTH[1])
    assert "token=" not in address
    event = staging.staff().get(f"/api/events/{job['event_id']}").json
    answers = {one["name"]: one["answer"] for one in event["crew"]}
    assert answers["Nia Okafor"] == "accepted"


def test_the_same_payment_twice_is_logged_once(
    staging: Stage, job: dict[str, Any]
) -> None:
    staff, event = staging.staff(), f"/api/events/{job['event_id']}"
    patron = staff.get(event).json["roster"][0]["patron_id"]
    payment = {"amount": "840.75", "method": "cash"}

    once = staff.post(f"{event}/{patron}/payment", payment)
    again = staff.post(f"{event}/{patron}/payment", payment)

    assert [once.status, again.status] == [200, 200]
    assert [once.json["duplicate"], again.json["duplicate"]] == [False, True]
    assert again.json["payment_id"] == once.json["payment_id"]
    assert len(staff.get(f"{event}/payments").json["items"]) == 1


@pytest.mark.parametrize("spelling", ["{}", "{}/", "{}.html", "{}.HTML"])
def test_the_guest_page_opens_in_every_spelling(
    staging: Stage, job: dict[str, Any], spelling: str
) -> None:
    slug = job["guest_page_url"].rpartition("/g/")[2].strip("/")

    pages = [
        staging.visitor().get("/g/" + spelling.format(name))
        for name in (slug, slug.upper())
    ]

    assert [page.status for page in pages] == [200, 200]
    assert pages[0].body == pages[1].body
    assert "Avery" in pages[0].text
    assert pages[0].all("Content-Type") == ["text/html; charset=utf-8"]


def test_a_page_that_is_not_there_is_told_in_words(staging: Stage) -> None:
    answer = staging.visitor().get("/g/no-such-charter")

    assert answer.status == 404
    assert "text/html" in answer.all("Content-Type")[0]


def test_the_pages_have_their_style(staging: Stage) -> None:
    page = staging.visitor().get("/admin/login")
    style = re.findall(r'href="(/static/[^"]+\.css)"', page.text)[0]

    answer = staging.visitor().get(style)

    assert answer.status == 200
    assert "immutable" in answer.all("Cache-Control")[0]


@pytest.mark.parametrize("function", BOTH)
def test_whoever_comes_past_cloudfront_is_refused(
    staging: Stage, function: str
) -> None:
    stage = function.removeprefix("jada-").replace("-", "_")
    api = Stack(Aws("us-west-2"), function).resource("Api")
    origin = f"https://{api}.execute-api.us-west-2.amazonaws.com"
    visitor = Browser(staging.world.send, origin, X_Origin_Secret="g" * 40)

    answer = visitor.get(f"/{stage}/healthz")

    assert answer.status == 403
    assert answer.all("Content-Type") == ["application/problem+json"]


def test_what_a_visitor_claims_of_himself_does_not_count(staging: Stage) -> None:
    visitor = staging.visitor(
        X_Origin_Secret="mine", CloudFront_Viewer_Address="6.6.6.6:1"
    )

    assert visitor.get("/healthz").status == 200


RULE = "arn:aws:events:us-west-2:210987654321:rule"


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize(
    "event",
    [
        {"raw_command": "import os; os.abort()"},
        {"httpMethod": "", "raw_command": "import os; os.abort()"},
        {"httpMethod": "", "command": "os.abort"},
        {"command": "os.abort"},
        {"manage": "check"},
        {"task": "drain"},
        {"source": "aws.events", "resources": [f"{RULE}/jada-drain/os.abort"]},
        {"source": "aws.events", "resources": [f"{RULE}/jada-os.abort"]},
        {"Records": [{"s3": {"configurationId": "x:os.abort"}}]},
        {"Records": [{"Sns": {"Message": '{"command":"os.abort"}'}}]},
        {"Records": [{"eventSource": "aws:sqs", "eventSourceARN": "another"}]},
        {"awslogs": {"data": "x"}},
        {"bot": "x", "invocationSource": "x"},
        {},
        [],
        None,
    ],
    ids=str,
)  # fmt: skip
def test_whatever_else_is_invoked_runs_nothing(
    staging: Stage, function: str, event: Any
) -> None:
    said = staging.world.client("lambda").invoke(
        FunctionName=function, Payload=json.dumps(event).encode()
    )

    error = json.loads(said["Payload"].read())
    assert (said["FunctionError"], error["errorType"]) == (
        "Unhandled",
        "PermissionError",
    )


@pytest.mark.parametrize("table", ["Payments", "Finance", "Jobs"])
def test_the_public_role_reads_no_table_of_money(staging: Stage, table: str) -> None:
    keys = {"Payments": ("PK", "x", "SK", "1")}.get(table, ("pk", "x", "sk", "x"))
    kinds = ("S", "N" if table == "Payments" else "S")
    key = {keys[0]: {kinds[0]: keys[1]}, keys[2]: {kinds[1]: keys[3]}}
    reader = staging.world.grants.client("dynamodb", PUBLIC_ROLE)

    with pytest.raises(ClientError, match="AccessDenied"):
        reader.get_item(TableName=f"jada-staging-{table}", Key=key)


def test_nor_a_secret_of_the_office_nor_its_pages(staging: Stage) -> None:
    grants = staging.world.grants
    bucket = Stack(Aws("us-west-2"), "jada-staging-parts").outputs()["GuestBucketName"]
    secrets, files = grants.client("ssm", PUBLIC_ROLE), grants.client("s3", PUBLIC_ROLE)

    own = secrets.get_parameters_by_path(Path="/jada/staging/public")["Parameters"]

    assert {each["Name"].rpartition("/")[2] for each in own} == set(PUBLIC_SECRETS)
    with pytest.raises(ClientError, match="AccessDenied"):
        secrets.get_parameters_by_path(Path="/jada/staging/dispatch")
    with pytest.raises(ClientError, match="AccessDenied"):
        files.put_object(Bucket=bucket, Key="g/x/index.html", Body=b"x")
    staging.world.interface.refused.clear()


@pytest.mark.parametrize("function", BOTH)
def test_nobody_may_invoke_without_a_condition(staging: Stage, function: str) -> None:
    try:
        said = staging.world.client("lambda").get_policy(FunctionName=function)
        statements = json.loads(said["Policy"])["Statement"]
    except staging.world.client("lambda").exceptions.ResourceNotFoundException:
        statements = []

    for statement in statements:
        assert statement["Principal"] != "*"
        assert statement["Condition"]["ArnLike"]["AWS:SourceArn"].startswith("arn:aws:")


def test_nothing_secret_is_in_a_functions_settings(staging: Stage) -> None:
    client = staging.world.client("lambda")
    for name in BOTH:
        said = client.get_function_configuration(FunctionName=name)
        environment = said["Environment"]["Variables"]

        assert environment["JADA_STAGE"] == "staging"
        assert not {"SECRET_KEY", "JADA_ORIGIN_SECRET"} & environment.keys()
        assert not [name for name in environment if name.endswith("_HASH")]


def test_no_function_asked_for_more_than_its_role_allows(
    staging: Stage, job: dict[str, Any]
) -> None:
    staging.world.settle()

    assert staging.world.interface.refused == []


def test_production_gets_what_staging_runs_and_can_go_back_and_go(
    staging: Stage, first: Release, second: Release
) -> None:
    world, aws = staging.world, Aws("us-west-2")
    operator = Operator()

    with environment(world, "production"), operator.at_work() as talk:
        promote(talk, root=first.root, pause=PAUSE)
    production = Stage(world, PRODUCTION, operator.shown)

    assert production.visitor().get("/healthz").json["stage"] == "production"
    assert runs(aws, "production") == runs(aws, "staging") == {first.package.sha256}
    assert sign_in(production.visitor()).status == 200
    assert staging.shown["X-Dashboard-Token"] != operator.shown["X-Dashboard-Token"]

    by_hand = functions.deployed(aws, "jada-production")
    assert by_hand is not None
    functions.set_environment(
        aws, "jada-production", by_hand.environment | {"LOG_FORMAT": "json"}
    )
    world.client("lambda").put_function_concurrency(
        FunctionName="jada-production", ReservedConcurrentExecutions=7
    )
    deployed(world, "staging", second)
    with environment(world, "production"), operator.at_work() as talk:
        promote(talk, root=second.root, pause=PAUSE)

    now = functions.deployed(aws, "jada-production")
    assert runs(aws, "production") == runs(aws, "staging") == {second.package.sha256}
    assert now is not None
    assert (now.environment["LOG_FORMAT"], now.concurrency) == ("json", 7)
    assert production.visitor().get("/healthz").status == 200

    with operator.at_work() as talk:
        rollback("production", talk, root=second.root, pause=PAUSE)

    assert runs(aws, "production") == {first.package.sha256}
    assert runs(aws, "staging") == {second.package.sha256}
    assert production.visitor().get("/healthz").status == 200

    remove(world, aws, "production", second.root)

    assert left(world, "production") == []
    assert staging.visitor().get("/healthz").status == 200


def runs(aws: Aws, stage: str) -> set[str]:
    """The hashes of what a stage's two functions run."""
    found = [
        functions.deployed(aws, function.name) for function in stage_of(stage).functions
    ]
    return {each.sha256 for each in found if each}


def remove(world: World, aws: Aws, name: str, root: Path) -> None:
    """Take a stage away, by Zappa and by its stack, as the guide says."""
    stage = stage_of(name, root)
    outputs = Stack(aws, stage.stack).outputs()
    for function in stage.functions:
        wanted = functions.for_zappa(function, {}, outputs, "jada-releases", None)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "zappa_settings.json"
            file.write_text(json.dumps(wanted))
            words = ["undeploy", function.zappa, "-y", "-s", str(file)]
            done = subprocess.run(
                [str(zappa_run.PYTHON), "-m", "zappa.cli", *words],
                cwd=folder,
                env=without_region(),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
    world.client("cloudformation").delete_stack(StackName=stage.stack)


def without_region() -> dict[str, str]:
    """The environment, but for a region: it would be stronger than the settings'."""
    return {name: text for name, text in os.environ.items() if "_REGION" not in name}


def left(world: World, stage: str) -> list[str]:
    """What of a stage is still there beside what is kept on purpose."""
    mine = f"jada-{stage}"
    stacks = world.client("cloudformation").describe_stacks()["Stacks"]
    rules = world.client("events").list_rules()["Rules"]
    roles = world.client("iam").list_roles()["Roles"]
    running = world.client("lambda").list_functions()["Functions"]
    queues = world.client("sqs").list_queues().get("QueueUrls", [])
    names = [
        *(each["StackName"] for each in stacks),
        *(each["Name"] for each in rules),
        *(each["RoleName"] for each in roles),
        *(each["FunctionName"] for each in running),
        *(url.rpartition("/")[2] for url in queues),
    ]
    return sorted(name for name in names if name.startswith(mine))
