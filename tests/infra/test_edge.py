"""Which address leads where, and what CloudFront adds or keeps on the way."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from infra.edge import BEHAVIOURS, FORWARDED
from jada_flask.app import create_app
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests import machine
from tests.callers import Caller
from tests.conftest import Keys
from tests.infra.conftest import Stage

ROOT = Path(__file__).parents[2]
FUNCTIONS = {"CrewEvents": "crew_events", "GuestPages": "guest_pages"}
SLUG = "abcdefghijklmnopqrstuv2345"
PAGES = "guest-or-nowhere"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


def config(stage: Stage) -> Any:
    return stage.asked("Distribution")["DistributionConfig"]


def behaviour(stage: Stage, path: str) -> Any:
    """The first behaviour whose pattern fits, as CloudFront looks for it."""
    for each in config(stage)["CacheBehaviors"]:
        if fnmatchcase(path, each["PathPattern"]):
            return each
    return config(stage)["DefaultCacheBehavior"]


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/", "dispatch"),
        ("/healthz", "dispatch"),
        ("/api/bookings", "dispatch"),
        ("/admin/login", "dispatch"),
        ("/dispatch", "dispatch"),
        ("/dispatch/x.css", "dispatch"),
        ("/events/", "dispatch"),
        ("/events/e1", "public"),
        ("/crew/c1/calendar.ics", "public"),
        ("/g/presign", "public"),
        (f"/g/{SLUG}/waiver", "public"),
        (f"/g/{SLUG}/photos", "public"),
        (f"/g/{SLUG}", PAGES),
        (f"/g/{SLUG}/", PAGES),
        (f"/g/{SLUG.upper()}.HTML", PAGES),
        (f"/g/{SLUG}/photos/1", PAGES),
        ("/static/1a2b/app.css", "static"),
        ("/nowhere", "dispatch"),
    ],
)
def test_an_address_leads_to_its_origin(served: Stage, path: str, origin: str) -> None:
    assert behaviour(served, path)["TargetOriginId"] == origin


def test_every_page_of_crew_and_guests_is_the_public_functions(
    app: Flask, served: Stage
) -> None:
    """And nothing else is: what is about money never runs under the public role."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "x1", rule.rule)
        blueprint = rule.endpoint.partition(".")[0]
        outside = blueprint in ("crew", "guests", "guest_pages")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            origin = whose(served, method, path)

            assert (origin in ("public", PAGES)) is outside, f"{method} {rule.rule}"


def whose(stage: Stage, method: str, path: str) -> str:
    """The origin that a request goes to, after what a function at the edge chose."""
    found = behaviour(stage, path)
    chosen = [found["TargetOriginId"]]
    for each in found.get("FunctionAssociations", ()):
        name = each["FunctionARN"].rpartition("-")[2]
        chosen += at_the_edge(FUNCTIONS[name], path, method)["chosen"]
    return str(chosen[-1])


def test_what_carries_the_service_key_is_the_offices(served: Stage) -> None:
    (look,) = behaviour(served, "/events/e1")["FunctionAssociations"]
    assert look["FunctionARN"].endswith("-CrewEvents")

    said = at_the_edge("crew_events", "/events/e1", **{"x-service-key": "s" * 32})

    assert said["chosen"] == ["dispatch"]
    assert "dispatch" in {each["Id"] for each in config(served)["Origins"]}


def test_a_page_that_the_bucket_does_not_have_is_the_public_functions(
    served: Stage,
) -> None:
    """A slug that is wrong and one that nobody has get the same page."""
    (group,) = config(served)["OriginGroups"]["Items"]

    assert group["Id"] == PAGES
    members = [each["OriginId"] for each in group["Members"]["Items"]]
    assert members == ["guest", "public"]
    assert group["FailoverCriteria"]["StatusCodes"]["Items"] == [403, 404]
    assert behaviour(served, f"/g/{SLUG}")["AllowedMethods"] == ["GET", "HEAD"]


def test_before_the_functions_are_there_no_function_chooses_one(bare: Stage) -> None:
    assert not behaviour(bare, "/events/e1").get("FunctionAssociations")
    assert behaviour(bare, f"/g/{SLUG}")["FunctionAssociations"]
    assert not config(bare).get("OriginGroups")


def test_before_the_functions_are_there_everything_leads_to_a_bucket(
    bare: Stage,
) -> None:
    origins = {each["Id"] for each in config(bare)["Origins"] if each}
    targets = {each["TargetOriginId"] for each in config(bare)["CacheBehaviors"]}

    assert origins == {"guest", "static"}
    assert targets <= origins


def test_nothing_of_a_function_is_kept(served: Stage) -> None:
    dynamic = [
        each
        for each in [
            config(served)["DefaultCacheBehavior"],
            *config(served)["CacheBehaviors"],
        ]
        if each["TargetOriginId"] in ("dispatch", "public")
    ]

    assert len(dynamic) == len(BEHAVIOURS) - 1
    for each in dynamic:
        assert each["CachePolicyId"] == CACHING_DISABLED
        assert "POST" in each["AllowedMethods"]


def test_no_error_is_kept_and_none_is_replaced(served: Stage) -> None:
    for each in config(served)["CustomErrorResponses"]:
        assert each["ErrorCachingMinTTL"] == 0
        assert set(each) == {"ErrorCode", "ErrorCachingMinTTL"}
    codes = {each["ErrorCode"] for each in config(served)["CustomErrorResponses"]}
    assert {403, 404, 500, 502, 503, 504} <= codes


def test_the_functions_are_told_the_secret_and_called_by_tls(served: Stage) -> None:
    origins = {each["Id"]: each for each in config(served)["Origins"]}

    for name, api, path in (
        ("dispatch", "abc123", "/staging"),
        ("public", "def456", "/staging_public"),
    ):
        origin = origins[name]
        assert origin["DomainName"].startswith(f"{api}.execute-api.us-west-2.")
        assert origin["OriginPath"] == path
        assert origin["OriginCustomHeaders"] == [
            {"HeaderName": "X-Origin-Secret", "HeaderValue": "o" * 40}
        ]
        assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    for name in ("guest", "static"):
        assert origins[name]["OriginAccessControlId"]
        assert "OriginCustomHeaders" not in origins[name]


def test_both_names_are_served_with_modern_tls(served: Stage) -> None:
    assert config(served)["Aliases"] == ["jada.example.com", "guests.example.com"]
    tls = config(served)["ViewerCertificate"]
    assert tls["MinimumProtocolVersion"] == "TLSv1.2_2021"


def test_every_header_that_the_application_reads_is_forwarded() -> None:
    given = {name.lower() for name in FORWARDED}

    assert headers_read() - given == set()
    assert {"cloudfront-viewer-address", "accept"} <= given
    assert len(FORWARDED) <= 10


def headers_read() -> set[str]:
    """The names that stand in `request.headers.get(…)` and such, in our sources."""
    found = {"x-service-key"}  # by its constant
    for folder in ("jada_flask", "blueprints"):
        for file in (ROOT / folder).rglob("*.py"):
            source = file.read_text("utf-8")
            if "request.headers" not in source:
                continue
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and node.args:
                    where, what = ast.unparse(node.func), node.args[0]
                    if where == "request.headers.get" and isinstance(
                        what, ast.Constant
                    ):
                        found.add(str(what.value).lower())
    return found


def said_by(policy: Any) -> dict[str, str]:
    """The headers of a policy as a browser gets them."""
    made = policy["ResponseHeadersPolicyConfig"]
    security = made["SecurityHeadersConfig"]
    said = {
        each["Header"]: each["Value"]
        for each in made.get("CustomHeadersConfig", {"Items": []})["Items"]
    }
    hsts = security["StrictTransportSecurity"]
    said["Strict-Transport-Security"] = (
        f"max-age={hsts['AccessControlMaxAgeSec']}; includeSubDomains; preload"
    )
    said["X-Content-Type-Options"] = "nosniff"
    for name, header in (
        ("FrameOptions", "X-Frame-Options"),
        ("ReferrerPolicy", "Referrer-Policy"),
        ("ContentSecurityPolicy", "Content-Security-Policy"),
    ):
        if name in security:
            (value,) = [
                value for key, value in security[name].items() if key != "Override"
            ]
            said[header] = value
    return said


def test_a_guest_page_has_the_headers_that_the_application_gives_it(
    client: Caller, parts: Parts, served: Stage
) -> None:
    """But for the bucket of photos, which one machine does not have."""
    key = f"g/{SLUG}/index.html"
    parts.ports.files.save(key, b"<html></html>", content_type="text/html")
    answer = dict(client.get(f"/g/{SLUG}").headers)
    bucket = " https://jada-staging-photos-123456789012.s3.us-west-2.amazonaws.com"

    said = said_by(served.asked("GuestHeaders"))

    assert said["Content-Security-Policy"].count(bucket) == 3
    said["Content-Security-Policy"] = said["Content-Security-Policy"].replace(
        bucket, ""
    )
    own = {"Content-Type", "Content-Length", "Cache-Control"}
    assert said == {name: answer[name] for name in answer.keys() - own}


def test_a_file_of_ours_has_the_headers_that_the_application_gives_it(
    client: Caller, served: Stage
) -> None:
    page = client.get("/admin/login").get_data(as_text=True)
    (address, *_) = re.findall(r'"(/static/[^"]+\.css)"', page)
    answer = client.get(address).headers

    said = said_by(served.asked("StaticHeaders"))

    assert said == {name: answer[name] for name in said}


def test_the_edge_keeps_a_page_five_minutes_and_a_file_as_long_as_it_says(
    served: Stage,
) -> None:
    for name, longest in (("Guest", 300), ("Static", 31_536_000)):
        made = served.asked(f"{name}Caching")["CachePolicyConfig"]
        assert (made["MinTTL"], made["MaxTTL"]) == (0, longest)


@pytest.mark.parametrize(
    "name",
    [
        SLUG,
        f"{SLUG}/",
        f"{SLUG}.html",
        f"{SLUG.upper()}.HTML",
        f"%61{SLUG[1:]}",
        f"{SLUG}.htm",
        f"{SLUG}x",
        f"{SLUG[1:]}0",
        f"{SLUG}/index.html",
        f"{SLUG}%0a",
        f"..%2f{SLUG}",
    ],
)
def test_the_edge_finds_a_guest_page_where_the_application_does(
    client: Caller, parts: Parts, name: str
) -> None:
    key = f"g/{SLUG}/index.html"
    parts.ports.files.save(key, b"<html></html>", content_type="text/html")
    ours = client.get(f"/g/{name}").status_code

    asked = at_the_edge("guest_pages", f"/g/{name}")["returned"]["uri"]

    assert asked == (f"/{key}" if ours == 200 else "/g/nowhere/index.html")
    assert ours in (200, 404)


@pytest.mark.parametrize("name", [SLUG, f"{SLUG}/", "short", f"{SLUG}/photos/1", "%ff"])
def test_whoever_asks_for_no_page_gets_the_same_words(
    keys: Keys, tmp_path: Path, name: str
) -> None:
    """From the public function, which looks nothing up for it."""
    public = create_app(build(keys.config(tmp_path, JADA_SERVES="public")))
    asked = at_the_edge("guest_pages", f"/g/{name}")["returned"]["uri"]

    answer = Caller(public).get(asked)

    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "<h1" in answer.text
    nowhere = Caller(public).get("/g/nowhere/index.html")
    assert unmarked(answer.text) == unmarked(nowhere.text)
    assert answer.headers["Cache-Control"] == "no-store"


def unmarked(page: str) -> str:
    return re.sub(r'nonce="[^"]+"', "", page)


def at_the_edge(name: str, uri: str, method: str = "GET", **headers: str) -> Any:
    """What one of our functions returns, and which origin it chose."""
    folder = ROOT / "infra" / "test"
    sent = {header: {"value": value} for header, value in headers.items()}
    more = json.dumps({"method": method, "headers": sent})
    ask = (
        "const { run, sourceOf, viewerRequest } = require('./at_the_edge.js');"
        f"const asked = viewerRequest({json.dumps(uri)}, {more});"
        f"console.log(JSON.stringify(run(sourceOf({json.dumps(name)}), asked)))"
    )
    run = subprocess.run(
        [machine.program("Node.js", "node"), "-e", ask],
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(run.stdout)
