"""Requests as a REST API of API Gateway hands them on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode

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


class Visitor:
    """A browser in front of one function: it keeps cookies and sends forms."""

    def __init__(self, door: Callable[[Any, Any], Any], origin: str) -> None:
        self._door = door
        self._origin = origin
        self._cookies: SimpleCookie = SimpleCookie()

    def get(self, path: str) -> Seen:
        return self._ask("GET", path)

    def post(self, path: str, form: Mapping[str, str]) -> Seen:
        return self._ask("POST", path, form=urlencode(form))

    def _ask(self, method: str, path: str, form: str = "") -> Seen:
        cookies = [f"{each.key}={each.value}" for each in self._cookies.values()]
        sent = {"Accept": "text/html", "Origin": self._origin}
        sent |= {"Cookie": "; ".join(cookies)} if cookies else {}
        seen = Seen(self._door(request(method, path, form=form, **sent), None))
        for cookie in seen.headers.get("Set-Cookie", []):
            self._cookies.load(cookie)
        return seen


class Seen:
    """What a visitor was answered."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.status: int = answer["statusCode"]
        self.headers: Mapping[str, list[str]] = answer["multiValueHeaders"]
        self.text: str = answer["body"]

    def field(self, name: str) -> str:
        """The value of a hidden field, or of the first button of that name."""
        found = re.search(rf'name="{name}" value="([^"]+)"', self.text)
        assert found, self.text
        return found[1]
