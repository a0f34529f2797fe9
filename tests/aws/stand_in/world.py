"""All of AWS that a deployment meets, behind one loopback port.

    with World(folder) as world:
        ...deploy with AWS_ENDPOINT_URL=world.url...
        Browser(world.send, "https://jada.example.com").get("/healthz")

By the host that is asked for, a request goes to a distribution, to a REST API or to
AWS's own interface. Everything lies in one account of moto's, which is gone when the
process ends.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Final, Self
from urllib.parse import urlsplit

import boto3
from moto.moto_server.werkzeug_app import MotoRequestHandler
from moto.ses.models import ses_backends
from werkzeug.serving import make_server

from tests.aws.stand_in import network, schedules, stacks
from tests.aws.stand_in.account import ACCOUNT, REGION
from tests.aws.stand_in.distribution import Distribution
from tests.aws.stand_in.functions import Functions
from tests.aws.stand_in.gateway import Gateway, Request, Response
from tests.aws.stand_in.grants import Grants
from tests.aws.stand_in.interface import Interface
from tests.aws.stand_in.runtime import PYTHON, Answer
from tests.aws.stand_in.wsgi import Environ, Start, give, request_of
from tests.contracts import ministack
from tests.infra import moto_more

_API: Final = re.compile(r"([a-z0-9]+)\.execute-api\..*")
_PATIENCE: Final = 60  # seconds


class World:
    """The stand-in, running; `folder` is where it unpacks what it runs."""

    def __init__(self, folder: Path, python: Path = PYTHON) -> None:
        self._folder, self._python = folder, python
        self._open = ExitStack()
        self._calls: list[Future[Any]] = []
        self._lock = Lock()

    def __enter__(self) -> Self:
        moto_more.teach()
        self.interface = Interface(self._later)
        self._server = make_server(
            "127.0.0.1",
            0,
            self._route,
            threaded=True,
            request_handler=MotoRequestHandler,
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self._open.callback(self._shut)
        store = self._open.enter_context(ministack.running(auth=True))
        self.grants = self.interface.grants = Grants(self.url, store)
        around = {
            "AWS_ENDPOINT_URL": self.url,
            "PYTHONPATH": str(network.cut(self._folder / "site")),
        }
        self.functions = self.interface.functions = Functions(
            self._folder / "code", self._python, self.grants, around
        )
        self._open.callback(self.functions.stop)
        self._gateway = Gateway(self.functions)
        self._pool = self._open.enter_context(ThreadPoolExecutor(4))
        return self

    def __exit__(self, *args: object) -> None:
        self._open.close()

    def client(self, service: str) -> Any:
        """A client of whoever owns the account."""
        return boto3.client(service, endpoint_url=self.url, region_name=REGION)

    def send(self, url: str, request: Request) -> Response:
        """Send a request to whoever serves an address, over HTTP."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._server.server_port, timeout=_PATIENCE
        )
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

    def fire(self, rule: str) -> list[Answer]:
        """Let a schedule's moment come; what came of it."""
        return schedules.fire(self.functions, rule)

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
        """Every mail that was handed to SES, whole, oldest first."""
        sent = ses_backends[ACCOUNT][REGION].sent_messages
        return [
            raw if isinstance(raw, bytes) else str(raw).encode()
            for raw in (message.raw_data for message in sent)
        ]

    def _route(self, environ: Environ, start: Start) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "")
        if _API.fullmatch(host):
            response = self._to_api(host, request_of(environ), environ["REMOTE_ADDR"])
            return give(start, response)
        if distribution := self._at(host):
            viewer = f"{environ['REMOTE_ADDR']}:{environ['REMOTE_PORT']}"
            return give(start, distribution.answer(request_of(environ), viewer))
        return self.interface(environ, start)

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
        api_id = host.partition(".")[0]
        return self._gateway.answer(api_id, request, address)

    def _later(self, act: Callable[[], Any]) -> None:
        with self._lock:
            self._calls.append(self._pool.submit(act))

    def _shut(self) -> None:
        self._server.shutdown()
        self._server.server_close()
