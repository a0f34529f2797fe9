"""From a fresh account to a stage that serves, to the next release, and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from infra.aws import DeployError
from infra.deploy import deploy
from infra.promote import promote
from infra.release import Release
from infra.rollback import rollback
from tests.infra.deploying import (
    ENVIRONMENT,
    PASSWORD,
    Operator,
    checkout,
    git,
    opened,
)

_numbers = count(300_000_000_001)
GMAIL = {"private_key": "-----BEGIN PRIVATE KEY-----", "client_email": "a@example.com"}
KEY = base64.b64encode(json.dumps(GMAIL).encode()).decode()


@contextmanager
def an_operator(folder: Path) -> Iterator[Operator]:
    """Somebody with a fresh account and a first commit."""
    with opened(str(next(_numbers))) as account, pytest.MonkeyPatch.context() as patch:
        settings = ENVIRONMENT | {
            "AWS_ENDPOINT_URL": account.url,
            "JADA_SMOKE_URL": account.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            # Of another region than the settings': it must not matter.
            "AWS_DEFAULT_REGION": "eu-central-1",
        }
        for name, value in settings.items():
            patch.setenv(name, value)
        someone = Operator(account, checkout(folder))
        someone.answers = {"password": PASSWORD, "GMAIL_SERVICE_ACCOUNT_KEY": KEY}
        someone.commit("one")
        yield someone


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    """Somebody with a fresh account and a first commit."""
    with an_operator(tmp_path) as someone:
        yield someone


@pytest.fixture
def running(operator: Operator) -> Operator:
    """The same with a stage `dev` that runs the first commit."""
    deployed(operator)
    operator.said.clear()
    operator.zappa.clear()
    operator.account.tried.clear()
    return operator


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """What a first deployment leaves, to be looked at and not touched."""
    with an_operator(tmp_path_factory.mktemp("fresh")) as someone:
        deployed(someone)
        yield someone


def deployed(operator: Operator, stage: str = "dev") -> Release:
    return deploy(
        stage,
        operator.talk,
        root=operator.root,
        make=operator.make,
        zappa=operator.run_zappa,
        pause=0,
    )


def promoted(operator: Operator) -> Release:
    return promote(operator.talk, root=operator.root, zappa=operator.run_zappa, pause=0)


def told(operator: Operator) -> str:
    return "\n".join(operator.said)


# A fresh account


def test_a_fresh_account_becomes_a_stage(fresh: Operator) -> None:
    assert [done for done, _ in fresh.zappa] == ["deploy dev", "deploy dev_public"]
    stack = fresh.account.client("cloudformation").describe_stacks(
        StackName="jada-dev-parts"
    )["Stacks"][0]
    known = {
        each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]
    }
    assert known["DispatchApi"]
    assert known["PublicApi"]
    assert known["BaseUrl"] == "https://jada.example.com"
    assert "https://jada.example.com/dispatch" in told(fresh)


def test_a_fresh_account_lets_the_api_write_its_log(fresh: Operator) -> None:
    account = fresh.account.client("apigateway").get_account()
    assert ":role/jada-releases-ApiLogRole" in account["cloudwatchRoleArn"]


def test_a_function_knows_where_its_parts_are(fresh: Operator) -> None:
    office = fresh.account.environment("jada-dev")
    public = fresh.account.environment("jada-dev-public")

    number = fresh.account.number
    assert office["JADA_GUEST_BUCKET"] == f"jada-dev-guest-{number}"
    assert office["JADA_DISTRIBUTION_ID"]
    assert office["JADA_PHOTO_BUCKET"] == f"jada-dev-photos-{number}"
    assert office["JADA_NUDGE_QUEUE"].endswith(":jada-dev-nudge")
    assert public["JADA_NUDGE_QUEUE"] == office["JADA_NUDGE_QUEUE"]
    assert office["JADA_MAIL_FROM"] == "jada@example.com"
    assert office["GMAIL_AUDIT_RECIPIENT"] == "audit@example.com"
    assert not {name for name in public if name.startswith(("GMAIL_", "GAS_"))}
    assert "JADA_ALERT_EMAIL" not in office


def test_what_the_settings_leave_to_the_deployment_is_filled_in(
    fresh: Operator,
) -> None:
    settings = json.loads((fresh.root / "zappa_settings.json").read_text())

    for stage, name in (("dev", "jada-dev"), ("dev_public", "jada-dev-public")):
        left = settings[stage]["aws_environment_variables"]
        filled = fresh.account.environment(name)
        assert left.keys() <= filled.keys()
        assert all(filled.values())


def test_lambda_gets_exactly_the_package(fresh: Operator) -> None:
    commit = git(fresh.root, "rev-parse", "HEAD")
    package = fresh.make(fresh.root, print)

    assert package.commit == commit
    for name in ("jada-dev", "jada-dev-public"):
        assert base64.b64decode(fresh.account.sha256(name)).hex() == package.sha256


def test_static_files_lie_where_pages_look_for_them(fresh: Operator) -> None:
    bucket = f"jada-dev-static-{fresh.account.number}"
    s3 = fresh.account.client("s3")

    (only,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    found = s3.get_object(Bucket=bucket, Key=only["Key"])
    assert only["Key"].startswith("static/")
    assert only["Key"].endswith("/app.css")
    assert found["ContentType"] == "text/css; charset=utf-8"
    assert found["CacheControl"] == "public, max-age=31536000, immutable"


def test_a_stage_without_a_name_of_its_own_has_cloudfronts(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JADA_BASE_URL", "JADA_CERTIFICATE_ARN"):
        monkeypatch.delenv(name)

    deployed(operator)

    domain = "https://DomainName of jada-dev-parts-Distribution"
    assert operator.account.environment()["JADA_BASE_URL"] == domain
    assert operator.account.environment()["JADA_GUEST_URL"] == domain


# Secrets


def test_secrets_are_made_up_once_and_shared(fresh: Operator) -> None:
    kept = fresh.account.parameters("/jada/dev")
    office = {n.rpartition("/")[2] for n in kept if "/dispatch/" in n}
    public = {n.rpartition("/")[2] for n in kept if "/public/" in n}

    assert {"SECRET_KEY", "ADMIN_PASS_HASH", "GMAIL_SERVICE_ACCOUNT_KEY"} <= office
    assert public == {"SECRET_KEY", "JADA_ORIGIN_SECRET"}
    for name in public:
        assert kept[f"/jada/dev/dispatch/{name}"] == kept[f"/jada/dev/public/{name}"]


def test_a_second_deployment_asks_for_nothing_and_keeps_all(running: Operator) -> None:
    kept = running.account.parameters("/jada/dev")
    running.asked.clear()
    running.revealed.clear()
    running.commit("two")

    deployed(running)

    now = running.account.parameters("/jada/dev")
    assert running.asked == []
    assert running.revealed == []
    assert {n: v for n, v in now.items() if "release" not in n} == {
        n: v for n, v in kept.items() if "release" not in n
    }


def test_what_one_function_knows_the_other_gets(running: Operator) -> None:
    """Links are signed by one and read by the other."""
    kept = running.account.parameters("/jada/dev")
    name = "/jada/dev/public/SECRET_KEY"
    running.account.client("ssm").delete_parameter(Name=name)

    deployed(running)

    now = running.account.parameters("/jada/dev")
    assert now[name] == kept[name] == now["/jada/dev/dispatch/SECRET_KEY"]


def test_no_secret_is_said_nor_given_to_zappa_nor_lambda(fresh: Operator) -> None:
    kept = fresh.account.parameters("/jada/dev")
    secrets = {
        v for n, v in kept.items() if "/settings/" not in n and "release" not in n
    }
    secrets |= {text.rpartition(": ")[2] for text in fresh.revealed}
    assert len(secrets) > 8
    shown = told(fresh) + json.dumps(fresh.zappa)
    shown += json.dumps(fresh.account.environment())

    assert [secret for secret in secrets if secret in shown] == []
    assert PASSWORD not in shown


def test_what_a_person_has_to_carry_on_is_shown_once(fresh: Operator) -> None:
    names = [text.partition(":")[0] for text in fresh.revealed]

    assert names == [
        "X-Service-Key",
        "X-Dashboard-Token",
        "GAS_SHARED_SECRET, for the Apps Script",
    ]


def test_without_the_gmail_key_nothing_is_replaced(operator: Operator) -> None:
    operator.answers["GMAIL_SERVICE_ACCOUNT_KEY"] = ""

    with pytest.raises(DeployError, match=r"GMAIL_SERVICE_ACCOUNT_KEY: missing"):
        deployed(operator)

    assert operator.zappa == []
    assert operator.revealed == []
    assert not [n for n in operator.account.parameters("/jada") if "SECRET" in n]


# Refusals


def test_uncommitted_changes_are_not_deployed(operator: Operator) -> None:
    (operator.root / "code").write_text("more")

    with pytest.raises(DeployError, match="uncommitted changes"):
        deployed(operator)


def test_there_are_three_stages(operator: Operator) -> None:
    with pytest.raises(DeployError, match="no stage 'prod'"):
        deployed(operator, "prod")


def test_each_missing_setting_is_named(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JADA_MAIL_FROM", "GMAIL_AUDIT_RECIPIENT"):
        monkeypatch.delenv(name)

    with pytest.raises(DeployError) as refused:
        deployed(operator)

    assert "JADA_MAIL_FROM: missing; whom mails come from" in str(refused.value)
    assert "GMAIL_AUDIT_RECIPIENT: missing" in str(refused.value)
    assert operator.account.parameters("/jada") == {}


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("JADA_BASE_URL", "http://jada.example.com", "only https"),
        ("JADA_BASE_URL", "https://jada.example.com/x", "not an origin"),
        ("JADA_BASE_URL", "", "needs both"),
        ("JADA_CERTIFICATE_ARN", "arn:aws:acm:us-west-2:1:certificate/1", "us-east-1"),
        ("JADA_MAIL_FROM", "nobody", "JADA_MAIL_FROM"),
    ],
)
def test_a_wrong_setting_is_refused(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(DeployError, match=why):
        deployed(operator)

    assert operator.zappa == []


def test_nothing_is_made_before_the_plan_is_agreed_to(operator: Operator) -> None:
    operator.agrees = False

    with pytest.raises(DeployError, match="Nothing was changed"):
        deployed(operator)

    assert "secret SECRET_KEY: made up" in told(operator)
    assert "jada-dev: made, with its API" in told(operator)
    assert operator.account.parameters("/jada") == {}
    assert not operator.account.client("s3").list_buckets()["Buckets"]
    stacks = operator.account.client("cloudformation").describe_stacks()["Stacks"]
    assert stacks == []


# The next release


def test_nothing_to_do_is_said_and_nothing_done(running: Operator) -> None:
    deployed(running)

    assert told(running).endswith(
        f"Nothing to do: dev runs {git(running.root, 'rev-parse', 'HEAD')[:12]}."
    )
    assert running.zappa == []


def test_the_next_release_is_an_update(running: Operator) -> None:
    running.commit("two")

    release = deployed(running)

    assert [done for done, _ in running.zappa] == ["update dev", "update dev_public"]
    assert base64.b64decode(running.account.sha256()).hex() == release.sha256


def test_a_package_is_tried_before_it_is_live_and_removed(running: Operator) -> None:
    running.commit("two")

    deployed(running)

    assert set(running.account.tried) == {"jada-dev-next", "jada-dev-public-next"}
    functions = running.account.client("lambda").list_functions()["Functions"]
    assert {each["FunctionName"] for each in functions} == {
        "jada-dev",
        "jada-dev-public",
    }


def test_a_package_that_would_not_serve_never_goes_live(running: Operator) -> None:
    before = running.account.sha256()
    running.commit("two")
    running.account.wrong[sha256_of(running)] = ("/api/bookings", 200)

    with pytest.raises(DeployError, match="/api/bookings: 200, not 401"):
        deployed(running)

    assert running.account.sha256() == before
    assert running.zappa == []
    names = running.account.client("lambda").list_functions()["Functions"]
    assert len(names) == 2


def sha256_of(operator: Operator) -> str:
    """Of the package that the checkout gives, as AWS writes it."""
    digest = operator.make(operator.root, print).sha256
    return base64.b64encode(bytes.fromhex(digest)).decode()


def test_what_fails_when_it_is_live_is_put_back(running: Operator) -> None:
    """What only the whole stage shows: a page that CloudFront could not find."""
    before, first = running.account.sha256(), git(running.root, "rev-parse", "HEAD")
    running.commit("two")
    running.account.wrong[sha256_of(running)] = ("/static/0123456789ab/app.css", 404)

    with pytest.raises(DeployError, match=f"dev runs {first[:12]} again"):
        deployed(running)

    assert running.account.sha256() == before
    assert running.account.sha256("jada-dev-public") == before
    assert "/static/0123456789ab/app.css: 404, not 200" in told(running)


def test_what_somebody_set_by_hand_stays(running: Operator) -> None:
    client = running.account.client("lambda")
    there = running.account.environment() | {"TZ": "UTC", "JADA_INTAKE_LABEL": "Jada"}
    client.update_function_configuration(
        FunctionName="jada-dev", Environment={"Variables": there}
    )
    client.put_function_concurrency(
        FunctionName="jada-dev", ReservedConcurrentExecutions=7
    )
    running.commit("two")

    deployed(running)

    now = running.account.environment()
    assert (now["TZ"], now["JADA_INTAKE_LABEL"]) == ("UTC", "Jada")
    kept = client.get_function_concurrency(FunctionName="jada-dev")
    assert kept["ReservedConcurrentExecutions"] == 7


def test_a_setting_that_nobody_reads_goes(running: Operator) -> None:
    there = running.account.environment() | {"JADA_OF_YESTERDAY": "1"}
    running.account.client("lambda").update_function_configuration(
        FunctionName="jada-dev", Environment={"Variables": there}
    )

    deployed(running)

    assert "jada-dev: JADA_OF_YESTERDAY goes" in told(running)
    assert "JADA_OF_YESTERDAY" not in running.account.environment()


def test_a_secret_that_was_exchanged_is_known_before_it_is_sent(
    running: Operator,
) -> None:
    """Two values while it is exchanged: CloudFront sends the first, both are good."""
    ssm = running.account.client("ssm")
    for who in ("dispatch", "public"):
        name = f"/jada/dev/{who}/JADA_ORIGIN_SECRET"
        old = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        both = f"{'n' * 40},{old}"
        ssm.put_parameter(Name=name, Value=both, Type="SecureString", Overwrite=True)

    deployed(running)

    assert "jada-dev: starts anew, its secrets are newer" in told(running)
    assert "jada-dev-public: starts anew, its secrets are newer" in told(running)
    stack = running.account.client("cloudformation").describe_stacks(
        StackName="jada-dev-parts"
    )["Stacks"][0]
    known = {each["ParameterKey"]: each for each in stack["Parameters"]}
    assert known["OriginSecret"]["ParameterValue"] in ("n" * 40, "****")
    said = running.account.client("lambda").get_function_configuration(
        FunctionName="jada-dev"
    )
    assert "secrets of" in said["Description"]
    assert [done for done, _ in running.zappa] == ["update dev", "update dev_public"]


def test_an_operators_setting_can_be_changed_and_taken_away(
    running: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JADA_MAIL_FROM")
    monkeypatch.setenv("JADA_INTAKE_LABEL", "Jada")
    monkeypatch.setenv("JADA_INTAKE_MAILBOX", "office@example.com")
    deployed(running)
    assert running.account.environment()["JADA_INTAKE_LABEL"] == "Jada"
    assert running.account.environment()["JADA_MAIL_FROM"] == "jada@example.com"

    monkeypatch.setenv("JADA_INTAKE_LABEL", "")
    deployed(running)

    kept = running.account.parameters("/jada/dev/settings")
    assert "/jada/dev/settings/JADA_INTAKE_LABEL" not in kept
    assert "JADA_INTAKE_LABEL" not in running.account.environment()


def test_pages_that_are_open_keep_their_files(running: Operator) -> None:
    (running.root / "style").write_text("b{}")
    running.commit("two")
    deployed(running)

    bucket = f"jada-dev-static-{running.account.number}"
    found = running.account.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert len({each["Key"].split("/")[1] for each in found}) == 2


def test_a_function_whose_api_was_never_made_is_made_anew(running: Operator) -> None:
    """As after an interruption: Zappa would neither deploy it nor update it."""
    running.account.client("cloudformation").delete_stack(StackName="jada-dev")

    deployed(running)

    assert next(done for done, _ in running.zappa) == "deploy dev"


# Back


def test_a_stage_goes_back_to_what_ran_before(running: Operator) -> None:
    first = running.account.sha256()
    running.commit("two")
    deployed(running)

    before = rollback("dev", running.talk, root=running.root, pause=0)

    assert running.account.sha256() == first
    assert running.account.sha256("jada-dev-public") == first
    assert f"dev runs {before.short}." in told(running)


def test_code_that_comes_back_finds_what_it_needs_to_know(running: Operator) -> None:
    """A setting that went with the newer release returns with the older one."""
    client = running.account.client("lambda")
    there = running.account.environment()
    client.update_function_configuration(
        FunctionName="jada-dev", Environment={"Variables": there | {"JADA_OLD": "1"}}
    )
    client.publish_version(FunctionName="jada-dev")
    first = running.account.client("ssm").get_parameter(Name="/jada/dev/release")
    kept = json.loads(first["Parameter"]["Value"])
    kept[0]["versions"]["jada-dev"] = "2"
    running.account.client("ssm").put_parameter(
        Name="/jada/dev/release", Value=json.dumps(kept), Overwrite=True, Type="String"
    )
    running.commit("two")
    deployed(running)
    assert "JADA_OLD" not in running.account.environment()

    rollback("dev", running.talk, root=running.root, pause=0)

    assert running.account.environment()["JADA_OLD"] == "1"


def test_going_back_twice_needs_two_releases(running: Operator) -> None:
    running.commit("two")
    deployed(running)
    rollback("dev", running.talk, root=running.root, pause=0)

    with pytest.raises(DeployError, match="ran nothing before"):
        rollback("dev", running.talk, root=running.root, pause=0)


def test_going_back_undoes_a_deployment_that_was_interrupted(running: Operator) -> None:
    """Its code is live, and no record says so."""
    first = running.account.sha256()
    history = running.account.parameters("/jada/dev/")["/jada/dev/release"]
    running.commit("two")
    deployed(running)
    running.account.client("ssm").put_parameter(
        Name="/jada/dev/release", Value=history, Overwrite=True, Type="String"
    )

    rollback("dev", running.talk, root=running.root, pause=0)

    assert running.account.sha256() == first
    assert running.account.parameters("/jada/dev/")["/jada/dev/release"] == history


def test_going_back_is_agreed_to_first(running: Operator) -> None:
    running.commit("two")
    deployed(running)
    second = running.account.sha256()
    running.agrees = False

    with pytest.raises(DeployError, match="Nothing was changed"):
        rollback("dev", running.talk, root=running.root, pause=0)

    assert running.account.sha256() == second


# On to production


def test_production_gets_what_staging_runs(operator: Operator) -> None:
    staged = deployed(operator, "staging")

    release = promoted(operator)

    assert release.sha256 == staged.sha256
    names = ("jada-staging", "jada-production", "jada-production-public")
    assert len({operator.account.sha256(name) for name in names}) == 1


def test_staging_has_to_be_deployed_first(operator: Operator) -> None:
    with pytest.raises(DeployError, match="staging was never deployed"):
        promoted(operator)


def test_a_staging_that_is_not_well_is_not_promoted(operator: Operator) -> None:
    deployed(operator, "staging")
    operator.account.wrong[operator.account.sha256("jada-staging")] = ("/healthz", 500)

    with pytest.raises(DeployError, match="staging is not well"):
        promoted(operator)

    assert not [done for done, _ in operator.zappa if "production" in done]


def test_another_commit_is_not_promoted_under_its_name(operator: Operator) -> None:
    """The checkout says how production is set up, so it has to be the same."""
    staged = deployed(operator, "staging")
    operator.commit("two")

    with pytest.raises(DeployError, match=f"git checkout {staged.short}"):
        promoted(operator)


def test_code_that_was_put_there_by_hand_is_not_promoted(operator: Operator) -> None:
    deployed(operator, "staging")
    operator.account.client("lambda").update_function_code(
        FunctionName="jada-staging", ZipFile=b"by hand"
    )

    with pytest.raises(DeployError, match="does not run what was deployed"):
        promoted(operator)


def test_a_kept_package_that_was_changed_is_not_promoted(operator: Operator) -> None:
    staged = deployed(operator, "staging")
    operator.account.client("s3").put_object(
        Bucket=f"jada-releases-{operator.account.number}-us-west-2",
        Key=f"packages/{staged.sha256}.zip",
        Body=b"another",
    )

    with pytest.raises(DeployError, match="was changed"):
        promoted(operator)
