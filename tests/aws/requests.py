"""Requests as a REST API of API Gateway hands them on."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

SECRET = "o" * 40
_HOST = "abc.execute-api.us-west-2.amazonaws.com"


def request(
    method: str, path: str, body: Any = None, *, form: str = "", **headers: str
) -> dict[str, Any]:
    """A request that CloudFront let through, with a body of JSON or a form's text."""
    address, _, query = path.partition("?")
    sent = {"X-Origin-Secret": SECRET, "Accept": "application/json", "Host": _HOST}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        sent["Content-Type"] = "application/json"
    elif form:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    asked = dict(parse_qsl(query))
    return {
        "resource": "/{proxy+}",
        "path": address,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": asked or None,
        "multiValueQueryStringParameters": {n: [v] for n, v in asked.items()} or None,
        "pathParameters": {"proxy": address.lstrip("/")},
        "stageVariables": {"SECRET_KEY": "planted"},
        "requestContext": {
            "path": f"/dev{address}",
            "stage": "dev",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "198.51.100.7"},
        },
        "body": json.dumps(body) if body is not None else form or None,
        "isBase64Encoded": False,
    }
