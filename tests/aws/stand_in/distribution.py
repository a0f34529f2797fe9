"""CloudFront: which address leads where, as the deployed distribution says it.

Nothing is kept, as if every answer had expired; what is kept how long is tested on the
template. Every viewer is taken to have come over TLS.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import unquote

from tests import machine
from tests.aws.stand_in.checkout import ROOT
from tests.aws.stand_in.gateway import Request, Response
from tests.aws.stand_in.stacks import parts

# What goes on to an origin of ours whatever the policy says.
_ANYWAY: Final = (
    "content-type", "if-match", "if-modified-since", "if-none-match",
    "if-unmodified-since", "range",
)  # fmt: skip
_EDGE: Final = ROOT / "infra" / "test" / "at_the_edge.js"
_RUN: Final = """
const { code, event } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(require(process.argv[1]).run(code, event)));
"""
ToApi = Callable[[str, Request, str], Response]
Asked = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Distribution:
    """One distribution: what it was made from, and how to reach what is behind it."""

    id: str
    config: Asked
    to_api: ToApi
    buckets: Any

    @property
    def hosts(self) -> list[str]:
        own = f"DomainName of {self.id}"  # as moto_more words it
        return [own, *self.config.get("Aliases", ())]

    def answer(self, request: Request, viewer: str) -> Response:
        """Answer a viewer, whose address is given with its port."""
        behaviour = self._behaviour(request.path)
        if request.method not in behaviour["AllowedMethods"]:
            return _error(403, "This distribution is not configured for the method.")
        request, chosen = _at_the_edge(behaviour, request)
        names, failing = self._tried(chosen or behaviour["TargetOriginId"])
        response = _error(502, "There is no origin.")
        for name in names:
            response = self._from(self._origin(name), behaviour, request, viewer)
            if response.status not in failing:
                break
        return _dressed(behaviour, response)

    def _behaviour(self, path: str) -> Asked:
        for behaviour in self.config["CacheBehaviors"]:
            if fnmatchcase(path, behaviour["PathPattern"]):
                found: Asked = behaviour
                return found
        default: Asked = self.config["DefaultCacheBehavior"]
        return default

    def _tried(self, name: str) -> tuple[list[str], list[int]]:
        """Origins in their order, and after which statuses the next is tried."""
        for group in self.config.get("OriginGroups", {}).get("Items", ()):
            if group["Id"] == name:
                members = [each["OriginId"] for each in group["Members"]["Items"]]
                return members, group["FailoverCriteria"]["StatusCodes"]["Items"]
        return [name], []

    def _origin(self, name: str) -> Asked:
        found: Asked = next(o for o in self.config["Origins"] if o["Id"] == name)
        return found

    def _from(
        self, origin: Asked, behaviour: Asked, request: Request, viewer: str
    ) -> Response:
        if "S3OriginConfig" in origin:
            return self._from_bucket(origin, request)
        headers = [
            ("Host", origin["DomainName"]),
            ("User-Agent", "Amazon CloudFront"),
            *_forwarded(behaviour, request, viewer),
        ]
        own = {
            each["HeaderName"]: each["HeaderValue"]
            for each in origin.get("OriginCustomHeaders", ())
        }
        path = origin.get("OriginPath", "") + request.path
        sent = replace(request, path=path, headers=[*headers, *own.items()])
        return self.to_api(origin["DomainName"], sent, "130.176.0.1")

    def _from_bucket(self, origin: Asked, request: Request) -> Response:
        bucket = origin["DomainName"].partition(".s3.")[0]
        key = unquote(request.path.lstrip("/"))
        try:
            found = self.buckets.get_object(Bucket=bucket, Key=key)
        except self.buckets.exceptions.NoSuchKey:
            return _error(404, "NoSuchKey")
        named = found["ResponseMetadata"]["HTTPHeaders"]
        kept = ("content-type", "cache-control", "etag", "last-modified")
        headers = [(name, named[name]) for name in kept if name in named]
        body = found["Body"].read()
        return Response(200, headers, b"" if request.method == "HEAD" else body)


def _forwarded(
    behaviour: Asked, request: Request, viewer: str
) -> Iterable[tuple[str, str]]:
    """The viewer's headers that go on, and what CloudFront says of him."""
    named: dict[str, str] = {}
    if "OriginRequestPolicyId" in behaviour:
        policies = parts("CloudFront::OriginRequestPolicy")
        policy = policies[behaviour["OriginRequestPolicyId"]]
        asked = policy["OriginRequestPolicyConfig"]["HeadersConfig"]["Headers"]
        named = {name.lower(): name for name in (*asked, "Cookie")}
    address = named.pop("cloudfront-viewer-address", "")
    for name, value in request.headers:
        if name.lower() in named or name.lower() in _ANYWAY:
            yield named.get(name.lower(), name), value
    if address:
        yield address, viewer
    before = request.header("X-Forwarded-For")
    yield "X-Forwarded-For", ", ".join(filter(None, (before, viewer.split(":")[0])))


def _dressed(behaviour: Asked, response: Response) -> Response:
    """Put on what the policy of this behaviour says, and take off what it hides."""
    policies = parts("CloudFront::ResponseHeadersPolicy")
    policy = policies[behaviour["ResponseHeadersPolicyId"]]
    config = policy["ResponseHeadersPolicyConfig"]
    hidden = {each["Header"].lower() for each in config["RemoveHeadersConfig"]["Items"]}
    own = {
        each["Header"]: each["Value"]
        for each in config.get("CustomHeadersConfig", {}).get("Items", ())
    }
    own |= _security(config["SecurityHeadersConfig"])
    hidden |= {name.lower() for name in own}
    kept = [each for each in response.headers if each[0].lower() not in hidden]
    return replace(response, headers=[*kept, *own.items()])


_SECURITY: Final = {
    "ContentSecurityPolicy": "Content-Security-Policy",
    "FrameOptions": "X-Frame-Options",
    "ReferrerPolicy": "Referrer-Policy",
}


def _security(config: Asked) -> dict[str, str]:
    said = {
        header: config[kind][kind.removesuffix("s")]
        for kind, header in _SECURITY.items()
        if kind in config
    }
    if hsts := config.get("StrictTransportSecurity"):
        age = hsts["AccessControlMaxAgeSec"]
        header = f"max-age={age}; includeSubDomains; preload"
        said["Strict-Transport-Security"] = header
    if "ContentTypeOptions" in config:
        said["X-Content-Type-Options"] = "nosniff"
    return said


def _at_the_edge(behaviour: Asked, request: Request) -> tuple[Request, str]:
    """What a behaviour's function makes of a request, and the origin it chooses."""
    chosen = ""
    for association in behaviour.get("FunctionAssociations", ()):
        part = association["FunctionARN"].rpartition(" of ")[2]
        code = parts("CloudFront::Function")[part]["FunctionCode"]
        said = _run(code, request)
        chosen = next(iter(said["chosen"]), "")
        changed = said["returned"]
        # One that keeps the query would have to be given it, parsed.
        query = "" if changed["uri"] != request.path else request.query
        request = replace(request, path=changed["uri"], query=query)
    return request, chosen


def _run(code: str, request: Request) -> dict[str, Any]:
    headers = {name.lower(): {"value": value} for name, value in request.headers}
    event = {
        "version": "1.0",
        "context": {"eventType": "viewer-request"},
        "viewer": {"ip": "198.51.100.11"},
        "request": {
            "method": request.method,
            "uri": request.path,
            "querystring": {},
            "headers": headers,
            "cookies": {},
        },
    }
    node = machine.program("Node.js", "node")
    given = json.dumps({"code": code, "event": event}).encode()
    done = subprocess.run(
        [node, "-e", _RUN, str(_EDGE)], input=given, stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _error(status: int, words: str) -> Response:
    return Response(status, [("Content-Type", "text/plain")], words.encode())
