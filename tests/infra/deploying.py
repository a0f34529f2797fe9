"""A fresh account at moto, and an operator who deploys there.

It stands in for what moto lacks: what a function answers, and CloudFront before it.
Whether a stage serves is for a test to say; all else is as AWS has it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any
from zipfile import ZipFile, ZipInfo

import boto3
from moto.awslambda.models import lambda_backends
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from infra.aws import Aws
from infra.package import Package
from infra.stack import Stack
from infra.talk import Talk
from tests.infra import moto_more

ROOT = Path(__file__).parents[2]
REGION = "us-west-2"
ENVIRONMENT = {
    "JADA_BASE_URL": "https://jada.example.com",
    "JADA_CERTIFICATE_ARN": "arn:aws:acm:us-east-1:123456789012:certificate/1",
    "JADA_MAIL_FROM": "jada@example.com",
    "JADA_ALERT_EMAIL": "office@example.com",
    "GMAIL_SERVICE_ACCOUNT_EMAIL": "audit@project.iam.gserviceaccount.com",
    "GMAIL_AUDIT_RECIPIENT": "audit@example.com",
}
PASSWORD = "starboard-genoa-windlass"
_ANSWERS: dict[str, tuple[int, dict[str, str], str]] = {
    "/healthz": (200, {"Cache-Control": "no-store"}, '{"stage": "%s"}'),
    "/api/bookings": (401, {"Cache-Control": "no-store"}, ""),
    "/dispatch": (303, {"Location": "/admin/login?next=/dispatch"}, ""),
    "/admin/login": (
        200,
        {"Cache-Control": "no-store"},
        '<link href="/static/0123456789ab/app.css">',
    ),
    "/events/none": (401, {"Cache-Control": "no-store"}, ""),
    "/static/0123456789ab/app.css": (200, {"Cache-Control": "immutable"}, "a{}"),
}
Start = Callable[[str, list[tuple[str, str]]], Any]


@dataclass
class Account:
    """One account of AWS, empty at first; every test has its own."""

    number: str
    url: str = ""
    # What is wrong with the package of this hash: path and status.
    wrong: dict[str, tuple[str, int]] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=REGION, endpoint_url=self.url)

    def answer(self, function: str, path: str) -> tuple[int, dict[str, str], str]:
        """What a function answers, by what it runs."""
        found = lambda_backends[self.number][REGION].get_function(function)
        status, headers, body = _ANSWERS.get(path, (404, {}, ""))
        wrong_path, wrong_status = self.wrong.get(found.code_sha_256, ("", 0))
        body = body.replace("%s", found.environment_vars["JADA_STAGE"])
        return (wrong_status if path == wrong_path else status), headers, body

    def environment(self, function: str = "jada-dev") -> dict[str, str]:
        said = self.client("lambda").get_function_configuration(FunctionName=function)
        found: dict[str, str] = said["Environment"]["Variables"]
        return found

    def sha256(self, function: str = "jada-dev") -> str:
        """As AWS writes it, in base64."""
        said = self.client("lambda").get_function_configuration(FunctionName=function)
        return str(said["CodeSha256"])

    def parameters(self, path: str) -> dict[str, str]:
        pages = self.client("ssm").get_paginator("get_parameters_by_path")
        return {
            each["Name"]: each["Value"]
            for page in pages.paginate(Path=path, Recursive=True, WithDecryption=True)
            for each in page["Parameters"]
        }


@contextmanager
def opened(number: str) -> Iterator[Account]:
    """An account behind a loopback port."""
    moto_more.teach()
    account = Account(number)
    moto = _moto()

    def route(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        host, path = environ.get("HTTP_HOST", ""), environ["PATH_INFO"]
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = number
        if ".execute-api." in host:
            return _say(start, 403, {}, "")
        if host.startswith("DomainName of"):
            found = account.answer(f"jada-{host.split('-')[1]}", path)
            return _say(start, *found)
        if path.endswith("/invocations"):
            return _invoked(account, environ, start)
        answer: Iterable[bytes] = moto(environ, start)
        return answer

    server = make_server(
        "127.0.0.1", 0, route, threaded=True, request_handler=MotoRequestHandler
    )
    account.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield account
    finally:
        server.shutdown()
        server.server_close()


@cache
def _moto() -> Any:
    """One for all accounts: it takes seconds to learn what AWS can be asked."""
    return DomainDispatcherApplication(create_backend_app)


def _say(
    start: Start, status: int, headers: dict[str, str], body: str
) -> Iterable[bytes]:
    content = body.encode()
    start(f"{status} .", [*headers.items(), ("Content-Length", str(len(content)))])
    return [content]


def _invoked(
    account: Account, environ: dict[str, Any], start: Start
) -> Iterable[bytes]:
    """A function that answers as the application would; 403 without the secret."""
    event = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    name = environ["PATH_INFO"].split("/")[3]
    if name == "fails-to-start":
        failed = {"errorType": "ConfigError", "errorMessage": "SECRET_KEY: required"}
        return _say(start, 200, {"X-Amz-Function-Error": "x"}, json.dumps(failed))
    account.tried.append(name)
    status, headers, body = account.answer(name, event["path"])
    if not event["headers"]["X-Origin-Secret"]:
        status = 403
    said = {"statusCode": status, "headers": headers, "body": body}
    return _say(start, 200, {}, json.dumps(said))


@dataclass
class Operator:
    """Who deploys: a checkout with commits, answers to what is asked, a record."""

    account: Account
    root: Path
    said: list[str] = field(default_factory=list)
    revealed: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    agrees: bool = True
    zappa: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def talk(self) -> Talk:
        def answer(question: str) -> str:
            self.asked.append(question)
            return next((v for k, v in self.answers.items() if k in question), "")

        return Talk(
            self.said.append,
            answer,
            answer,
            self.revealed.append,
            lambda stage: self.agrees,
        )

    def make(self, root: Path, say: Callable[[str], None]) -> Package:
        """A package of the commit: its number is in it, as its code would be."""
        out = BytesIO()
        commit = git(root, "rev-parse", "HEAD")
        with ZipFile(out, "w") as zipped:
            style = root / "style"
            css = style.read_text() if style.exists() else "a{}"
            zipped.writestr(ZipInfo("jada_flask/static/app.css"), css)
            zipped.writestr(ZipInfo("jada_flask/code.py"), (root / "code").read_text())
        path = root.parent / f"{commit[:12]}.zip"
        path.write_bytes(out.getvalue())
        digest = hashlib.sha256(out.getvalue()).hexdigest()
        return Package(path, commit, digest, path.stat().st_size, 100)

    def commit(self, code: str) -> str:
        """Change the code, commit it; what it is called."""
        (self.root / "code").write_text(code)
        git(self.root, "add", "-A")
        git(self.root, "commit", "-q", "-m", code)
        return git(self.root, "rev-parse", "HEAD")

    def run_zappa(
        self, command: str, stage: str, settings: dict[str, Any], package: str
    ) -> None:
        """What Zappa does to a function, without the half minute that it takes."""
        given = settings[stage]
        self.zappa.append((f"{command} {stage}", given))
        client = self.account.client("lambda")
        name = f"jada-{stage}".replace("_", "-")
        bucket, _, key = package.removeprefix("s3://").partition("/")
        if command == "deploy":
            client.create_function(
                FunctionName=name,
                Role=given["role_arn"],
                Handler=given["lambda_handler"],
                Runtime=given["runtime"],
                Environment={"Variables": given["aws_environment_variables"]},
                Code={"S3Bucket": bucket, "S3Key": key},
                Publish=True,
            )
            self._api(name)
            return
        client.update_function_code(
            FunctionName=name, S3Bucket=bucket, S3Key=key, Publish=True
        )
        if "lambda_concurrency" not in given:
            client.delete_function_concurrency(FunctionName=name)

    def _api(self, name: str) -> None:
        body = {"Resources": {"Api": _REST_API | {"Properties": {"Name": name}}}}
        stack = Stack(Aws(REGION), name, pause=0)
        change = stack.prepare(json.dumps(body), {})
        assert change
        stack.execute(change, self.said.append)


_REST_API = {"Type": "AWS::ApiGateway::RestApi"}


def checkout(folder: Path) -> Path:
    """A repository with the settings of the stages, at its first commit."""
    root = folder / "checkout"
    root.mkdir()
    shutil.copy(ROOT / "zappa_settings.json", root)
    git(root, "init", "-q")
    git(root, "config", "user.email", "someone@example.com")
    git(root, "config", "user.name", "Someone")
    return root


def git(root: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
