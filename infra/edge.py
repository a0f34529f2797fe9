"""The distribution of a stage: which address leads where, and what is kept."""

from __future__ import annotations

from pathlib import Path

from infra.headers import headers_policies
from infra.words import (
    SERVED,
    Node,
    Resources,
    att,
    host_of,
    if_,
    ref,
    resource,
    sub,
)

_AT_THE_EDGE = Path(__file__).parent / "cloudfront"
# AWS's own policy, the same in every account: nothing is kept.
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# All that the application reads; CloudFront allows ten. `Content-Type` comes anyway.
FORWARDED = (
    "Accept",
    "CloudFront-Viewer-Address",
    "Idempotency-Key",
    "Origin",
    "Sec-Fetch-Site",
    "Stripe-Signature",
    "X-CSRFToken",
    "X-Dashboard-Token",
    "X-Service-Key",
)
# The first pattern that fits an address decides.
BEHAVIOURS = (
    ("/api/*", "dispatch"),
    ("/admin/*", "dispatch"),
    ("/dispatch*", "dispatch"),
    ("/events/", "dispatch"),
    ("/events/*", "public"),
    ("/crew/*", "public"),
    ("/healthz", "dispatch"),
    ("/g/presign", "public"),
    ("/g/*/waiver", "public"),
    ("/g/*/photos", "public"),
    ("/g/*", "guest"),
    ("/static/*", "static"),
)
_DEFAULT = "dispatch"
_FUNCTIONS = {
    "dispatch": ("DispatchApi", "/${Stage}"),
    "public": ("PublicApi", "/${Stage}_public"),
}
_BUCKETS = {"guest": "GuestBucket", "static": "StaticBucket"}
# What the bucket does not have, the public function says in words for people.
_GUEST_PAGES = "guest-or-nowhere"
# What a function at the edge looks at first, by the pattern of its behaviour.
_LOOKED_AT = {"/events/*": "CrewEvents", "/g/*": "GuestPages"}
_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)


def edge() -> Resources:
    return {
        "Distribution": _distribution(),
        "BucketAccess": _bucket_access(),
        "CrewEvents": _function("crew-events", "Who answers about an event"),
        "GuestPages": _function("guest-pages", "Where a guest page is"),
        "GuestCaching": _caching("guest", longest=300),
        "StaticCaching": _caching("static", longest=31_536_000),
        "Forwarding": _forwarding(),
        **headers_policies(),
    }


def _distribution() -> Node:
    origins = [_api(name) for name in _FUNCTIONS] + [_bucket(name) for name in _BUCKETS]
    guests = if_("GuestsApart", host_of("GuestUrl"))
    config: Node = {
        "Comment": sub("jada-${Stage}"),
        "Enabled": True,
        "HttpVersion": "http2and3",
        "IPV6Enabled": True,
        "PriceClass": "PriceClass_100",
        "Aliases": if_("OwnName", [host_of("BaseUrl"), guests]),
        "ViewerCertificate": if_(
            "OwnName",
            {
                "AcmCertificateArn": ref("CertificateArn"),
                "MinimumProtocolVersion": "TLSv1.2_2021",
                "SslSupportMethod": "sni-only",
            },
            {"CloudFrontDefaultCertificate": True},
        ),
        "Origins": origins,
        "OriginGroups": if_(SERVED, _origin_groups()),
        "DefaultCacheBehavior": _behaviour(_DEFAULT),
        "CacheBehaviors": [
            {"PathPattern": pattern, **_behaviour(origin), **_looked_at(pattern)}
            for pattern, origin in BEHAVIOURS
        ],
        # Else a page that was asked for too early would stay missing for minutes.
        "CustomErrorResponses": [
            {"ErrorCode": code, "ErrorCachingMinTTL": 0} for code in _ERRORS
        ],
    }
    return resource("CloudFront::Distribution", {"DistributionConfig": config})


def _behaviour(origin: str) -> Node:
    common = {"Compress": True, "ViewerProtocolPolicy": "redirect-to-https"}
    if origin in _FUNCTIONS:
        return common | _dynamic(origin)
    reading = ["GET", "HEAD"]
    name = origin.capitalize()
    first = if_(SERVED, _GUEST_PAGES, origin) if origin == "guest" else origin
    return common | {
        "TargetOriginId": first,
        "AllowedMethods": reading,
        "CachedMethods": reading,
        "CachePolicyId": ref(f"{name}Caching"),
        "ResponseHeadersPolicyId": ref(f"{name}Headers"),
    }


def _looked_at(pattern: str) -> Node:
    """What a function does with a request before it goes on, if there is one."""
    if pattern not in _LOOKED_AT:
        return {}
    name = _LOOKED_AT[pattern]
    look = {
        "EventType": "viewer-request",
        "FunctionARN": att(name, "FunctionMetadata.FunctionARN"),
    }
    # It may choose an origin, which is not there before the functions are.
    associations = if_(SERVED, [look]) if name == "CrewEvents" else [look]
    return {"FunctionAssociations": associations}


def _origin_groups() -> Node:
    members = [{"OriginId": "guest"}, {"OriginId": "public"}]
    group = {
        "Id": _GUEST_PAGES,
        "FailoverCriteria": {"StatusCodes": {"Quantity": 2, "Items": [403, 404]}},
        "Members": {"Quantity": len(members), "Items": members},
    }
    return {"Quantity": 1, "Items": [group]}


def _dynamic(origin: str) -> Node:
    return {
        # Before the functions are there, all of it leads to a bucket that has none.
        "TargetOriginId": if_(SERVED, origin, "static"),
        "AllowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        "CachedMethods": ["GET", "HEAD"],
        "CachePolicyId": _CACHING_DISABLED,
        "OriginRequestPolicyId": ref("Forwarding"),
        "ResponseHeadersPolicyId": ref("DynamicHeaders"),
    }


def _api(name: str) -> Node:
    parameter, path = _FUNCTIONS[name]
    host = f"${{{parameter}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"
    origin = {
        "Id": name,
        "DomainName": sub(host),
        "OriginPath": sub(path),
        "CustomOriginConfig": {
            "OriginProtocolPolicy": "https-only",
            "OriginSSLProtocols": ["TLSv1.2"],
            "OriginReadTimeout": 30,
        },
        "OriginCustomHeaders": [
            {"HeaderName": "X-Origin-Secret", "HeaderValue": ref("OriginSecret")}
        ],
    }
    return if_(SERVED, origin)


def _bucket(name: str) -> Node:
    return {
        "Id": name,
        "DomainName": att(_BUCKETS[name], "RegionalDomainName"),
        "OriginAccessControlId": ref("BucketAccess"),
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def _bucket_access() -> Node:
    config = {
        "Name": sub("jada-${Stage}-${AWS::Region}"),
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    return resource(
        "CloudFront::OriginAccessControl", {"OriginAccessControlConfig": config}
    )


def _function(name: str, says: str) -> Node:
    source = _AT_THE_EDGE / f"{name.replace('-', '_')}.js"
    return resource(
        "CloudFront::Function",
        {
            "Name": sub(f"jada-${{Stage}}-{name}"),
            "AutoPublish": True,
            "FunctionCode": source.read_text("utf-8"),
            "FunctionConfig": {"Comment": says, "Runtime": "cloudfront-js-2.0"},
        },
    )


def _caching(name: str, *, longest: int) -> Node:
    """As long as the file itself says, and not at all where it says nothing."""
    config = {
        "Name": sub(f"jada-${{Stage}}-{name}"),
        "MinTTL": 0,
        "DefaultTTL": 0,
        "MaxTTL": longest,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingBrotli": True,
            "EnableAcceptEncodingGzip": True,
            "CookiesConfig": {"CookieBehavior": "none"},
            "HeadersConfig": {"HeaderBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
        },
    }
    return resource("CloudFront::CachePolicy", {"CachePolicyConfig": config})


def _forwarding() -> Node:
    config = {
        "Name": sub("jada-${Stage}-forwarded"),
        "CookiesConfig": {"CookieBehavior": "all"},
        "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": list(FORWARDED)},
        "QueryStringsConfig": {"QueryStringBehavior": "all"},
    }
    return resource(
        "CloudFront::OriginRequestPolicy", {"OriginRequestPolicyConfig": config}
    )
