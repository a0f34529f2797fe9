"""API Gateway: a request becomes an event of a REST API, its answer a response."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from moto.apigateway.models import apigateway_backends

from tests.aws.stand_in import permissions, stacks
from tests.aws.stand_in.account import ACCOUNT, REGION
from tests.aws.stand_in.functions import Functions

Headers = list[tuple[str, str]]
# API Gateway keeps these names for itself.
_REMAPPED: Final = ("authorization", "date", "server", "www-authenticate")


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as it came over the wire: the path is still quoted."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first value of a header, or nothing."""
        wanted = name.lower()
        return next((v for n, v in self.headers if n.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    headers: Headers
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [v for n, v in self.headers if n.lower() == name.lower()]


class Gateway:
    """The REST APIs of an account."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions

    def answer(self, api_id: str, request: Request, address: str) -> Response:
        """Answer what came to an API's own address, its stage in front of the path."""
        _, _, rest = request.path.partition("/")
        stage, _, below = rest.partition("/")
        api = apigateway_backends[ACCOUNT][REGION].apis.get(api_id)
        if api is None or stage not in api.stages:
            return _said(403, "Forbidden")
        integration = _integration(api_id, api.root_resource_id, root=not below)
        if integration is None:
            return _said(403, "Missing Authentication Token")
        arn = integration["Uri"].partition("/functions/")[2].rpartition("/")[0]
        # Zappa has the gateway take on the function's role.
        role = integration.get("Credentials", "")
        if not (
            permissions.trusts(role, "apigateway")
            and permissions.allows(role, "lambda:InvokeFunction", arn)
        ):
            return _said(500, "Internal server error")
        event = _event(api_id, stage, f"/{below}", request, address)
        answer = self._functions.invoke(arn, event)
        if answer.error is not None:
            timed_out = answer.error.get("errorType") == "Sandbox.Timedout"
            return _said(504 if timed_out else 502, "Internal server error")
        return response_of(answer.payload)


def _integration(api_id: str, root_id: str, *, root: bool) -> Any:
    """What an API does with a request, for its root or for all below."""
    for method in stacks.parts("ApiGateway::Method").values():
        if method["RestApiId"] == api_id and (method["ResourceId"] == root_id) == root:
            return method["Integration"]
    return None


def _event(
    api_id: str, stage: str, path: str, request: Request, address: str
) -> dict[str, Any]:
    multi: dict[str, list[str]] = {}
    for name, value in [
        *request.headers,
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-Proto", "https"),
        ("X-Amzn-Trace-Id", f"Root=1-{int(time.time()):x}-{uuid.uuid4().hex[:24]}"),
    ]:
        multi.setdefault(name, []).append(value)
    already = multi.pop("X-Forwarded-For", [])
    multi["X-Forwarded-For"] = [", ".join([*already, address])]
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    return {
        "resource": "/" if path == "/" else "/{proxy+}",
        "path": path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in multi.items()},
        "multiValueHeaders": multi,
        "queryStringParameters": {n: v[-1] for n, v in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": None if path == "/" else {"proxy": path[1:]},
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": api_id,
            "domainName": f"{api_id}.execute-api.{REGION}.amazonaws.com",
            "httpMethod": request.method,
            "identity": {
                "sourceIp": address,
                "userAgent": request.header("User-Agent"),
            },
            "path": f"/{stage}{path}",
            "protocol": "HTTP/1.1",
            "requestId": str(uuid.uuid4()),
            "requestTimeEpoch": int(time.time() * 1000),
            "resourcePath": "/" if path == "/" else "/{proxy+}",
            "stage": stage,
        },
        # With `*/*` among the binary types, every body comes this way.
        "body": base64.b64encode(request.body).decode() if request.body else None,
        "isBase64Encoded": bool(request.body),
    }


def response_of(payload: Any) -> Response:
    """What the handler returned; anything else than the agreed shape is a 502."""
    if not isinstance(payload, dict) or not isinstance(payload.get("statusCode"), int):
        return _said(502, "Internal server error")
    body = payload.get("body") or ""
    raw = base64.b64decode(body) if payload.get("isBase64Encoded") else body.encode()
    headers = list(_headers(payload))
    return Response(payload["statusCode"], headers, raw)


def _headers(payload: dict[str, Any]) -> Iterable[tuple[str, str]]:
    multi = payload.get("multiValueHeaders") or {}
    named = {name.lower() for name in multi}
    single = {
        name: [value]
        for name, value in (payload.get("headers") or {}).items()
        if name.lower() not in named
    }
    for name, values in {**single, **multi}.items():
        if name.lower() == "content-length":
            continue
        kept = name.lower() in _REMAPPED
        for value in values:
            yield (f"x-amzn-Remapped-{name}" if kept else name), str(value)


def _said(status: int, message: str) -> Response:
    body = json.dumps({"message": message}).encode()
    return Response(status, [("Content-Type", "application/json")], body)
