"""AWS's own interface: moto, and what moto lacks of it.

Functions are run; the office's and the public function may do what their roles allow,
and nothing else; their calls about tables go on to ministack.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    create_backend_app,
)

from tests.aws.stand_in import permissions, queues
from tests.aws.stand_in.account import ACCOUNT
from tests.aws.stand_in.calls import call_of, refusal, signed
from tests.aws.stand_in.functions import Functions
from tests.aws.stand_in.gateway import Request, Response
from tests.aws.stand_in.grants import Grants
from tests.aws.stand_in.wsgi import Environ, Start, give, request_of

_INVOKE: Final = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")
_URLS: Final = re.compile(r"/2021-10-31/functions/([^/]+)/urls/?")
_INVALIDATE: Final = re.compile(r"/2020-05-31/distribution/([^/]+)/invalidation")
_HOP: Final = ("transfer-encoding", "connection")
Later = Callable[[Callable[[], Any]], None]


class Interface:
    """What `AWS_ENDPOINT_URL` leads to; `later` runs what no caller waits for."""

    def __init__(self, later: Later) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._later = later
        self.invalidated: list[str] = []
        self.refused: list[str] = []
        self.functions: Functions
        self.grants: Grants

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = ACCOUNT
        request = request_of(environ)
        key, service = signed(request)
        if service == "dynamodb" and self._role(key):
            return give(start, self._at_ministack(request))
        if said := self._refused(key, service, request):
            return give(start, said)
        for pattern, act in (
            (_INVOKE, self._invoke),
            (_URLS, self._function_urls),
            (_INVALIDATE, self._invalidate),
        ):
            if matched := pattern.fullmatch(environ["PATH_INFO"]):
                return give(start, act(unquote(matched[1]), request))
        queues.hold()
        answer: Iterable[bytes] = self._moto(environ, start)
        if "SendMessage" in request.header("X-Amz-Target"):
            self._later(lambda: queues.bring(self.functions))
        return answer

    def _role(self, key: str) -> str:
        return self.grants.role_of(key) if hasattr(self, "grants") else ""

    def _refused(self, key: str, service: str, request: Request) -> Response | None:
        """What a function is told that asks for more than its role may."""
        if not (role := self._role(key)):
            return None
        call = call_of(service, request)
        if permissions.allows(role, call.action, call.resource, call.about):
            return None
        self.refused.append(f"{role}: {call.action} on {call.resource}")
        return refusal(service, call)

    def _invoke(self, name: str, request: Request) -> Response:
        event = json.loads(request.body or b"{}")
        if request.header("X-Amz-Invocation-Type") == "Event":
            self._later(lambda: self.functions.invoke(name, event))
            return Response(202, [])
        answer = self.functions.invoke(name, event)
        failed = answer.error is not None
        body = json.dumps(answer.error if failed else answer.payload).encode()
        named = [("X-Amz-Function-Error", "Unhandled")] if failed else []
        return Response(200, [("X-Amz-Executed-Version", "$LATEST"), *named], body)

    def _function_urls(self, name: str, request: Request) -> Response:
        """None: Zappa asks at each update, and moto does not know the question."""
        headers = [("Content-Type", "application/json")]
        return Response(200, headers, b'{"FunctionUrlConfigs": []}')

    def _invalidate(self, distribution: str, request: Request) -> Response:
        paths = re.findall(r"<Path>([^<]*)</Path>", request.body.decode())
        self.invalidated += paths
        items = "".join(f"<Path>{escape(path)}</Path>" for path in paths)
        body = (
            '<?xml version="1.0"?><Invalidation><CreateTime>2026-05-01T19:00:00Z'
            "</CreateTime><Id>I1</Id><Status>Completed</Status><InvalidationBatch>"
            f"<CallerReference>1</CallerReference><Paths><Quantity>{len(paths)}"
            f"</Quantity><Items>{items}</Items></Paths></InvalidationBatch>"
            "</Invalidation>"
        )
        return Response(201, [("Content-Type", "text/xml")], body.encode())

    def _at_ministack(self, request: Request) -> Response:
        """Pass a call on as it came: it is signed for whom it names."""
        host, port = urlsplit(self.grants.url).netloc.split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        try:
            connection.request(
                request.method, request.path, request.body, dict(request.headers)
            )
            got = connection.getresponse()
            kept = [each for each in got.getheaders() if each[0].lower() not in _HOP]
            return Response(got.status, kept, got.read())
        finally:
            connection.close()
