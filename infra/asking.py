"""Two ways to ask the application something: over HTTPS, and as API Gateway does."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.aws import Aws
from infra.smoke import Answer, Ask

_PATIENCE = 30  # seconds: a cold start, at CloudFront's far end


def over_https(host: str, prefix: str = "") -> Ask:
    """Ask a host. Redirects are answers.

    `JADA_SMOKE_URL` leads to another place than the host's, which then goes by the
    `Host` of the request; for tests.
    """
    other = os.environ.get("JADA_SMOKE_URL", "")

    def ask(path: str) -> Answer:
        connection = _connection(other or f"https://{host}")
        try:
            connection.request("GET", prefix + path, headers={"Host": host})
            said = connection.getresponse()
            body = said.read().decode("utf-8", "replace")
            headers = {name.lower(): value for name, value in said.getheaders()}
            return Answer(said.status, headers, body)
        except (OSError, HTTPException) as error:
            return Answer(0, {}, str(error))
        finally:
            connection.close()

    return ask


def _connection(url: str) -> HTTPConnection:
    parts = urlsplit(url)
    made = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return made(parts.hostname or "", parts.port, timeout=_PATIENCE)


def by_invocation(aws: Aws, function: str, secret: str) -> Ask:
    """Ask a function directly, with the event that API Gateway would send."""

    def ask(path: str) -> Answer:
        said = aws("lambda").invoke(
            FunctionName=function, Payload=json.dumps(event(path, secret)).encode()
        )
        answer = json.loads(said["Payload"].read() or b"null")
        if said.get("FunctionError") or not isinstance(answer, dict):
            return Answer(0, {}, str(answer))
        return _answer(answer)

    return ask


def event(path: str, secret: str) -> dict[str, Any]:
    """A request as a REST API of API Gateway hands it on."""
    parts = urlsplit(path)
    query = dict(parse_qsl(parts.query)) or None
    headers = {"Accept": "*/*", "Host": "smoke.invalid", "X-Origin-Secret": secret}
    return {
        "resource": "/{proxy+}",
        "path": parts.path,
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": query and {k: [v] for k, v in query.items()},
        "pathParameters": {"proxy": parts.path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "path": parts.path,
            "stage": "smoke",
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": None,
        "isBase64Encoded": False,
    }


def _answer(said: Mapping[str, Any]) -> Answer:
    headers = {name.lower(): str(value) for name, value in _headers(said)}
    body = said.get("body") or ""
    if said.get("isBase64Encoded"):
        body = base64.b64decode(body).decode("utf-8", "replace")
    return Answer(int(said.get("statusCode", 0)), headers, body)


def _headers(said: Mapping[str, Any]) -> list[tuple[str, Any]]:
    many = said.get("multiValueHeaders") or {}
    found = [(name, ", ".join(values)) for name, values in many.items()]
    return found + list((said.get("headers") or {}).items())
