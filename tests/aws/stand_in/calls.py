"""What a call of AWS's interface asks to do, in the words of IAM.

Of the services that our functions call, tables apart; whatever else a function called
would be nothing that its role allows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from tests.aws.stand_in.account import ACCOUNT, REGION
from tests.aws.stand_in.gateway import Request, Response


@dataclass(frozen=True, slots=True)
class Call:
    """An action, what it is about, and what conditions may ask of it."""

    action: str
    resource: str
    about: dict[str, str] = field(default_factory=dict)


_VERBS: Final = {
    "GET": "GetObject",
    "HEAD": "GetObject",
    "PUT": "PutObject",
    "DELETE": "DeleteObject",
}
_SIGNED: Final = re.compile(r"Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/")


def signed(request: Request) -> tuple[str, str]:
    """Whose key signed a call, and for which service."""
    found = _SIGNED.search(request.header("Authorization"))
    return (found[1], found[2]) if found else ("", "")


def call_of(service: str, request: Request) -> Call:
    """What is asked for."""
    if service not in _SERVICES:
        return Call(f"{service}:?", "")
    return _SERVICES[service](request)


def refusal(service: str, call: Call) -> Response:
    """What AWS answers whoever may not."""
    words = f"not authorized to perform: {call.action} on {call.resource}"
    if service == "s3":
        body = f"<Error><Code>AccessDenied</Code><Message>{words}</Message></Error>"
        return Response(403, [("Content-Type", "application/xml")], body.encode())
    said = {"__type": "AccessDeniedException", "message": words}
    headers = [
        ("Content-Type", "application/x-amz-json-1.1"),
        ("x-amzn-ErrorType", "AccessDeniedException"),
    ]
    return Response(403, headers, json.dumps(said).encode())


def _s3(request: Request) -> Call:
    bucket, _, key = unquote(request.path.lstrip("/")).partition("/")
    arn = f"arn:aws:s3:::{bucket}"
    if not key:
        return Call("s3:ListBucket", arn)
    return Call(f"s3:{_VERBS.get(request.method, request.method)}", f"{arn}/{key}")


def _ssm(request: Request) -> Call:
    path = _body(request).get("Path", "")
    return Call(f"ssm:{_target(request)}", _arn("ssm", f"parameter{path}"))


def _sqs(request: Request) -> Call:
    queue = _body(request).get("QueueUrl", "").rpartition("/")[2]
    action = _target(request).removesuffix("Batch")
    return Call(f"sqs:{action}", _arn("sqs", queue))


def _ses(request: Request) -> Call:
    sender = _body(request).get("FromEmailAddress", "")
    raw = "Raw" in _body(request).get("Content", {})
    action = "ses:SendRawEmail" if raw else "ses:SendEmail"
    return Call(action, _arn("ses", f"identity/{sender}"), {"ses:FromAddress": sender})


def _cloudfront(request: Request) -> Call:
    distribution = unquote(request.path.split("/")[3])
    arn = f"arn:aws:cloudfront::{ACCOUNT}:distribution/{distribution}"
    return Call("cloudfront:CreateInvalidation", arn)


_SERVICES: Final[dict[str, Callable[[Request], Call]]] = {
    "cloudfront": _cloudfront,
    "s3": _s3,
    "ses": _ses,
    "sqs": _sqs,
    "ssm": _ssm,
}


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def _target(request: Request) -> str:
    return request.header("X-Amz-Target").rpartition(".")[2]


def _body(request: Request) -> Any:
    return json.loads(request.body or b"{}")
