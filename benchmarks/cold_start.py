"""Cold starts under AWS's own client: from the process to its first answer."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from statistics import median

from benchmarks import packages
from benchmarks.empty_aws import EmptyAws
from benchmarks.figure import Figure
from infra.package_tree import PackageError
from jada_flask.hashes import hash_password, hash_token
from tests.aws.stand_in.runtime import PYTHON, Runtime

_ROUNDS = 7
_MOST = 50.0  # MB
_MOST_MEMORY = 60.0  # MiB
HOST = "office.example.com"
_ZAPPAS = "handler.lambda_handler"
_OURS = "jada_flask.aws_entry.handler"


@dataclass(frozen=True, slots=True)
class Side:
    """A package, its door, and what is first asked of it."""

    folder: Path
    handler: str
    env: Mapping[str, str]
    path: str
    token: str


@dataclass(frozen=True, slots=True)
class Start:
    """One cold start: milliseconds of the clock and of the processor, and MiB."""

    init: float
    first: float
    processor: float
    memory: float

    @property
    def total(self) -> float:
        return self.init + self.first


def measure() -> list[Figure]:
    """Ours by a bare application's, and a stock build of this one by ours."""
    if not PYTHON.exists():
        print("skip  cold start: there is no Python 3.13 with AWS's client here.")
        return []
    try:
        folders = packages.ours(), packages.hello(), packages.stock()
    except PackageError as error:
        print(f"skip  cold start: there is nothing to compare. {error}")
        return []
    token = token_hex(32)
    secrets = made_secrets(token)
    with EmptyAws(secrets) as aws:
        sides = _sides(*folders, aws.url, secrets, token)
        starts: dict[str, list[Start]] = {name: [] for name in sides}
        for side in sides.values():
            _start(side)  # what is read from the disk is then in memory
        for _ in range(_ROUNDS):
            for name, side in sides.items():
                starts[name].append(_start(side))
    return _figures(starts, folders[0])


def _figures(starts: Mapping[str, list[Start]], folder: Path) -> list[Figure]:
    size = packages.size_of(folder) / 1e6
    used = median(
        ours.processor / hello.processor
        for ours, hello in zip(starts["ours"], starts["hello"], strict=True)
    )
    facts = (
        *(_fact(name, starts[name]) for name in starts),
        f"{used:.2f} by processor time, which a busy machine changes less",
    )
    slim = "cold start to the first answer, by a bare Flask application's"
    reads = "the same, the first answer being a list of bookings"
    quick = "cold start of a stock build of this application, by ours"
    memory = [start.memory for start in (*starts["ours"], *starts["ours, a list"])]
    return [
        Figure("megabytes of the package, unzipped", [size], _MOST),
        Figure(slim, _ratios(starts, "ours", "hello"), 1.2, facts=facts),
        Figure(reads, _ratios(starts, "ours, a list", "hello"), 1.2),
        Figure(quick, _ratios(starts, "stock", "ours"), 3.5, at_least=True),
        Figure("MiB at most, after both first answers", memory, _MOST_MEMORY),
    ]


def _ratios(starts: Mapping[str, list[Start]], one: str, other: str) -> list[float]:
    pairs = zip(starts[one], starts[other], strict=True)
    return [first.total / second.total for first, second in pairs]


def _fact(name: str, starts: list[Start]) -> str:
    init, first = median(s.init for s in starts), median(s.first for s in starts)
    total, used = median(s.total for s in starts), median(s.processor for s in starts)
    return (
        f"{name}: {init:.0f} + {first:.0f} ms, in all {total:.0f}; processor "
        f"{used:.0f} ms; {max(s.memory for s in starts):.1f} MiB"
    )


def _start(side: Side) -> Start:
    with Runtime(side.folder, side.handler, side.env) as function:
        answer = function.invoke(event(side.path, side.token))
        if answer.error or answer.payload["statusCode"] != 200:
            raise RuntimeError(f"{side.path}: {answer}\n{function.printed}")
        return Start(
            init=function.init_milliseconds,
            first=answer.milliseconds,
            processor=function.cpu_seconds * 1000,
            memory=function.peak_rss_kib / 1024,
        )


def _sides(
    ours: Path,
    hello: Path,
    stock: Path,
    aws: str,
    secrets: Mapping[str, str],
    token: str,
) -> dict[str, Side]:
    """Ours reads its secrets from AWS; Zappa's have them in their environment."""
    plain = settings(aws)
    from_aws = plain | {"JADA_SECRETS_PATH": "/jada/dev/dispatch"}
    return {
        "hello": Side(hello, _ZAPPAS, {}, "/healthz", token),
        "ours": Side(ours, _OURS, from_aws, "/healthz", token),
        "ours, a list": Side(ours, _OURS, from_aws, "/api/bookings", token),
        "stock": Side(stock, _ZAPPAS, {**plain, **secrets}, "/healthz", token),
    }


def settings(aws: str) -> dict[str, str]:
    """What a stage has in its environment."""
    return {
        "JADA_STAGE": "dev",
        "JADA_BASE_URL": f"https://{HOST}",
        "JADA_DATA_DIR": "/nonexistent",  # there nothing can be written
        "GAS_ENDPOINT_URL": "https://script.google.com/macros/s/x/exec",
        "GMAIL_SERVICE_ACCOUNT_EMAIL": "jada@office.iam.gserviceaccount.com",
        "GMAIL_AUDIT_RECIPIENT": "audit@example.com",
        "AWS_ENDPOINT_URL": aws,
        "AWS_LAMBDA_FUNCTION_NAME": "jada-dev",
    }


def made_secrets(token: str) -> dict[str, str]:
    """What it keeps in Parameter Store; the token opens the edge and the dashboard."""
    key = {
        "type": "service_account",
        "client_id": "1",
        "client_email": "jada@office.iam.gserviceaccount.com",
        "private_key": "-----BEGIN PRIVATE KEY-----\n",
        "private_key_id": "1",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return {
        "SECRET_KEY": token_hex(32),
        "ADMIN_PASS_HASH": hash_password(token_hex(16)),
        "SERVICE_KEY_HASH": hash_token(token_hex(32)),
        "DASHBOARD_TOKEN_HASH": hash_token(token),
        "JADA_ORIGIN_SECRET": token,
        "GAS_SHARED_SECRET": token_hex(32),
        "GMAIL_SERVICE_ACCOUNT_KEY": b64encode(json.dumps(key).encode()).decode(),
    }


def event(path: str, token: str) -> dict[str, object]:
    """A GET as a REST API of API Gateway hands it on, from behind CloudFront."""
    headers = {
        "Accept": "application/json",
        "X-Dashboard-Token": token,
        "Host": HOST,
        "X-Forwarded-For": "198.51.100.7, 203.0.113.9",
        "X-Origin-Secret": token,
    }
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [headers[name]] for name in headers},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "path": f"/dev{path}",
            "stage": "dev",
            "identity": {"sourceIp": "198.51.100.7"},
        },
        "body": None,
        "isBase64Encoded": False,
    }
