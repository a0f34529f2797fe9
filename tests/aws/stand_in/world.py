"""All of AWS that a deployment meets, behind one loopback port.

    with World(folder) as world:
        ...deploy with AWS_ENDPOINT_URL=world.url...
        Browser(world.send, "https://jada.example.com").get("/healthz")

By the host that is asked for, a request goes to a distribution, to a REST API or to
AWS's own interface. That one is moto, in an account of its own, and what moto lacks:
functions are run, a queue's messages reach them, roles decide about tables (ministack).
"""

from __future__ import annotations

import http.client
import json
import re
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

import boto3
from moto.events.models import events_backends
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.ses.models import ses_backends
from moto.sqs.models import sqs_backends
from werkzeug.serving import make_server

from tests.aws.stand_in import network, stacks
from tests.aws.stand_in.account import ACCOUNT, REGION
from tests.aws.stand_in.distribution import Distribution
from tests.aws.stand_in.functions import Functions
from tests.aws.stand_in.gateway import Gateway, Request, Response
from tests.aws.stand_in.grants import Grants
from tests.aws.stand_in.runtime import PYTHON
from tests.contracts import ministack
from tests.infra import moto_more

Environ = dict[str, Any]
Start = Callable[[str, list[tuple[str, str]]], Any]
_INVOKE: Final = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")
_CODE: Final = re.compile(r"/2015-03-31/functions/([^/]+)/?")
_URLS: Final = re.compile(r"/2021-10-31/functions/[^/]+/urls/?")
_INVALIDATE: Final = re.compile(r"/2020-05-31/distribution/([^/]+)/invalidation(/.*)?")
_BYTES: Final = re.compile(r"/-/code/([^/]+)/([^/]+)")
_API: Final = re.compile(r"([a-z0-9]+)\.execute-api\..*")


class World:
    """The stand-in, running; `folder` is where it unpacks what it runs."""

    def __init__(self, folder: Path, python: Path = PYTHON) -> None:
        self._folder, self._python = folder, python
        self._open = ExitStack()
        self._calls: list[Future[None]] = []
        self._lock = Lock()
        self.invalidated: list[tuple[str, list[str]]] = []

    def __enter__(self) -> Self:
        moto_more.teach()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server(
            "127.0.0.1", 0, self._route, threaded=True,
            request_handler=MotoRequestHandler,
        )  # fmt: skip
        self.port: int = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self._open.callback(self._shut)
        store = self._open.enter_context(ministack.running(auth=True))
        self.grants = Grants(self.url, store)
        around = {
            "AWS_ENDPOINT_URL": self.url,
            "PYTHONPATH": str(network.cut(self._folder / "site")),
        }
        self.functions = Functions(
            self._folder / "code", self._python, self.grants, around
        )
        self._open.callback(self.functions.stop)
        self._gateway = Gateway(self.functions)
        self._pool = self._open.enter_context(ThreadPoolExecutor(4))
        return self

    def __exit__(self, *args: object) -> None:
        self._open.close()

    # What a test asks for.

    def client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=self.url, region_name=REGION)

    def send(self, url: str, request: Request) -> Response:
        """Send a request to whoever serves an address, over HTTP."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        target = request.path + (f"?{request.query}" if request.query else "")
        try:
            connection.putrequest(
                request.method, target, skip_host=True, skip_accept_encoding=True
            )
            connection.putheader("Host", urlsplit(url).netloc)
            for name, value in request.headers:
                connection.putheader(name, value)
            if request.body:
                connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body or None)
            got = connection.getresponse()
            return Response(got.status, got.getheaders(), got.read())
        finally:
            connection.close()

    def fire(self, rule: str) -> list[Any]:
        """Let a schedule's moment come; what its targets returned."""
        backend = events_backends[ACCOUNT][REGION]
        found = next(r for r in backend.event_buses["default"].rules.values()
                     if r.name == rule)  # fmt: skip
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": ACCOUNT,
            "time": "2026-05-01T19:00:00Z",
            "region": REGION,
            "resources": [found.arn],
            "detail": {},
        }
        for target in found.targets:
            assert self._lets_in(target["Arn"], found.arn), "no permission to call"
        return [self.functions.invoke(t["Arn"], event) for t in found.targets]

    def _lets_in(self, function: str, rule: str) -> bool:
        """Whether a function's own policy lets a rule call it."""
        return any(
            statement.get("Principal") == {"Service": "events.amazonaws.com"}
            and statement["Condition"]["ArnLike"]["AWS:SourceArn"] == rule
            for statement in self.functions.find(function).policy.statements
        )

    def settle(self) -> None:
        """Wait until every call that nobody waits for has ended."""
        while True:
            with self._lock:
                calls, self._calls = self._calls, []
            if not calls:
                return
            for call in calls:
                call.result()

    def mails(self) -> list[bytes]:
        """Every mail that was handed to SES, whole."""
        sent = ses_backends[ACCOUNT][REGION].sent_messages
        return [
            raw if isinstance(raw, bytes) else str(raw).encode()
            for raw in (message.raw_data for message in sent)
        ]

    # Who is asked.

    def _route(self, environ: Environ, start: Start) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "")
        if api := _API.fullmatch(host):
            request, address = _request(environ), environ["REMOTE_ADDR"]
            return _give(start, self._gateway.answer(api[1], request, address))
        if distribution := self._at(host):
            viewer = f"{environ['REMOTE_ADDR']}:{environ['REMOTE_PORT']}"
            return _give(start, distribution.answer(_request(environ), viewer))
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = ACCOUNT
        for pattern, act in (
            (_INVOKE, self._invoke),
            (_URLS, self._function_urls),
            (_INVALIDATE, self._invalidate),
            (_BYTES, self._bytes),
        ):
            if matched := pattern.fullmatch(environ["PATH_INFO"]):
                return _give(start, act(matched, _request(environ)))
        return self._aws(environ, start)

    def _aws(self, environ: Environ, start: Start) -> Iterable[bytes]:
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        key = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2]
        if target.startswith("DynamoDB_") and self.grants.holds(key.partition("/")[0]):
            return _give(start, self._table(_request(environ)))
        if environ["REQUEST_METHOD"] == "GET" and (
            found := _CODE.fullmatch(environ["PATH_INFO"])
        ):
            return _give(start, self._with_code(unquote(found[1]), environ))
        self._hold_queues()
        answer: Iterable[bytes] = self._moto(environ, start)
        if "SendMessage" in target:
            self._later(self._pump)
        return answer

    def _at(self, host: str) -> Distribution | None:
        """The distribution that a host leads to."""
        for name, asked in stacks.parts("CloudFront::Distribution").items():
            found = Distribution(
                name, asked["DistributionConfig"], self._to_api, self.client("s3")
            )
            if host in found.hosts:
                return found
        return None

    def _to_api(self, host: str, request: Request, address: str) -> Response:
        found = _API.fullmatch(host)
        assert found, host
        return self._gateway.answer(found[1], request, address)

    # What moto lacks.

    def _invoke(self, found: re.Match[str], request: Request) -> Response:
        name = unquote(found[1])
        event = json.loads(request.body or b"{}")
        if request.header("X-Amz-Invocation-Type") == "Event":
            self._later(lambda: self.functions.invoke(name, event))
            return Response(202, [])
        answer = self.functions.invoke(name, event)
        failed = answer.error is not None
        body = json.dumps(answer.error if failed else answer.payload).encode()
        named = [("X-Amz-Function-Error", "Unhandled")] if failed else []
        return Response(200, [("X-Amz-Executed-Version", "$LATEST"), *named], body)

    def _function_urls(self, found: re.Match[str], request: Request) -> Response:
        return _json({"FunctionUrlConfigs": []})

    def _invalidate(self, found: re.Match[str], request: Request) -> Response:
        if request.method == "POST":
            paths = re.findall(r"<Path>([^<]*)</Path>", request.body.decode())
            self.invalidated.append((unquote(found[1]), paths))
        number = (found[2] or "").strip("/") or f"I{len(self.invalidated):013}"
        items = "".join(
            f"<Path>{escape(path)}</Path>" for path in self.invalidated[-1][1]
        )
        count = len(self.invalidated[-1][1])
        body = (
            '<?xml version="1.0"?><Invalidation><CreateTime>2026-05-01T19:00:00Z'
            f"</CreateTime><Id>{number}</Id><Status>Completed</Status><InvalidationBatch>"
            f"<CallerReference>{number}</CallerReference><Paths><Quantity>{count}"
            f"</Quantity><Items>{items}</Items></Paths></InvalidationBatch></Invalidation>"
        )
        status = 201 if request.method == "POST" else 200
        return Response(status, [("Content-Type", "text/xml")], body.encode())

    def _bytes(self, found: re.Match[str], request: Request) -> Response:
        function = self.functions.find(unquote(found[1]), unquote(found[2]))
        return Response(200, [("Content-Type", "application/zip")], function.code_bytes)

    def _with_code(self, name: str, environ: Environ) -> Response:
        """Say of a function what moto says, and where its real code can be had."""
        query = dict(
            part.split("=", 1) for part in environ["QUERY_STRING"].split("&") if part
        )
        version = unquote(query.get("Qualifier", "$LATEST"))
        said = _through(self._moto, environ)
        if said.status != 200:
            return said
        body = json.loads(said.body)
        location = f"{self.url}/-/code/{name}/{version}"
        body["Code"] = {"RepositoryType": "S3", "Location": location}
        return _json(body)

    def _table(self, request: Request) -> Response:
        """Pass a call on to ministack as it came: it is signed for whom it names."""
        host, port = urlsplit(self.grants.url).netloc.split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        try:
            connection.request(
                request.method, request.path, request.body, dict(request.headers)
            )
            got = connection.getresponse()
            kept = [
                header for header in got.getheaders()
                if header[0].lower() not in ("transfer-encoding", "connection")
            ]  # fmt: skip
            return Response(got.status, kept, got.read())
        finally:
            connection.close()

    def _hold_queues(self) -> None:
        """Keep moto from running a function by itself: it needs Docker, and waits."""
        for queue in list(sqs_backends[ACCOUNT][REGION].queues.values()):
            queue.lambda_event_source_mappings.clear()

    def _pump(self) -> None:
        """Bring what lies in queues to the functions that listen, as Lambda does."""
        for mapping in stacks.parts("Lambda::EventSourceMapping").values():
            if ":sqs:" in mapping["EventSourceArn"]:
                self._bring(mapping)

    def _bring(self, mapping: dict[str, Any]) -> None:
        backend = sqs_backends[ACCOUNT][REGION]
        source = mapping["EventSourceArn"]
        queue = source.rpartition(":")[2]
        messages = backend.receive_message(queue, mapping["BatchSize"], 0, 120)
        if not messages:
            return
        event = {"Records": [_record(each, source) for each in messages]}
        if self.functions.invoke(mapping["FunctionName"], event).error is None:
            for each in messages:
                backend.delete_message(queue, str(each.receipt_handle))

    def _later(self, act: Callable[[], Any]) -> None:
        with self._lock:
            self._calls.append(self._pool.submit(act))

    def _shut(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _record(message: Any, source: str) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": source,
        "awsRegion": REGION,
    }


def _request(environ: Environ) -> Request:
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI") or "/"
    path, _, query = target.partition("?")
    headers = [
        (name[5:].replace("_", "-").title(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    if environ.get("CONTENT_TYPE"):
        headers.append(("Content-Type", environ["CONTENT_TYPE"]))
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return Request(environ["REQUEST_METHOD"], path, query, headers, body)


def _give(start: Start, response: Response) -> Iterable[bytes]:
    headers = [*response.headers]
    if not response.all("Content-Length"):
        headers.append(("Content-Length", str(len(response.body))))
    start(f"{response.status} .", headers)
    return [response.body]


def _through(app: Any, environ: Environ) -> Response:
    """What another WSGI application answers."""
    began: list[tuple[str, list[tuple[str, str]]]] = []
    body = b"".join(app(environ, lambda status, headers, *_: began.append(
        (status, headers))))  # fmt: skip
    status, headers = began[0]
    return Response(int(status.split()[0]), headers, body)


def _json(value: Any) -> Response:
    return Response(
        200, [("Content-Type", "application/json")], json.dumps(value).encode()
    )
