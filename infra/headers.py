"""What CloudFront says with each answer: for pages of guests, files of ours, the rest.

The application says the same where it answers by itself; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

from infra.words import Node, Resources, resource, sub

_BASE = "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
# Where photos come from and go to, by signed addresses.
_PHOTOS = "https://${PhotoBucket.RegionalDomainName}"
_GUEST_CONTENT = (
    f"{_BASE}; script-src 'self'; style-src 'self'; img-src 'self' blob: {_PHOTOS}; "
    f"font-src 'self'; connect-src 'self' {_PHOTOS}; form-action 'self' {_PHOTOS}; "
    "manifest-src 'self'; require-trusted-types-for 'script'"
)
_NOTHING_OF_THE_DEVICE = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
)
# What S3 tells about itself is nobody's business.
_UNSAID = (
    "Server",
    "x-amz-id-2",
    "x-amz-meta-revision",
    "x-amz-request-id",
    "x-amz-server-side-encryption",
    "x-amz-version-id",
)
_ALWAYS: Node = {
    "StrictTransportSecurity": {
        "AccessControlMaxAgeSec": 63_072_000,
        "IncludeSubdomains": True,
        "Preload": True,
        "Override": True,
    },
    "ContentTypeOptions": {"Override": True},
}
_FRAMES: Node = {"FrameOptions": {"FrameOption": "DENY", "Override": True}}
_COMMON = {
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": _NOTHING_OF_THE_DEVICE,
    "Cross-Origin-Resource-Policy": "same-origin",
}


def headers_policies() -> Resources:
    return {
        "GuestHeaders": _policy(
            "guest",
            _ALWAYS
            | _FRAMES
            | {
                "ContentSecurityPolicy": {
                    "ContentSecurityPolicy": sub(_GUEST_CONTENT),
                    "Override": True,
                },
                "ReferrerPolicy": {"ReferrerPolicy": "no-referrer", "Override": True},
            },
            _COMMON | {"Cross-Origin-Opener-Policy": "same-origin"},
            unsaid=_UNSAID,
        ),
        "StaticHeaders": _policy("static", _ALWAYS | _FRAMES, _COMMON, unsaid=_UNSAID),
        # The application speaks for itself; these two stand even when it cannot.
        "DynamicHeaders": _policy("dynamic", _ALWAYS, {}, unsaid=("Server",)),
    }


def _policy(
    name: str, security: Node, custom: dict[str, str], *, unsaid: tuple[str, ...]
) -> Node:
    config: dict[str, Any] = {
        "Name": sub(f"jada-${{Stage}}-{name}"),
        "SecurityHeadersConfig": security,
        "RemoveHeadersConfig": {"Items": [{"Header": header} for header in unsaid]},
    }
    if custom:
        config["CustomHeadersConfig"] = {
            "Items": [
                {"Header": header, "Value": value, "Override": True}
                for header, value in custom.items()
            ]
        }
    return resource(
        "CloudFront::ResponseHeadersPolicy", {"ResponseHeadersPolicyConfig": config}
    )
