"""The headers of every answer: what a browser may do with it, and who may keep it."""

from __future__ import annotations

from secrets import token_urlsafe

from flask import Response, g, request

_BASE = "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
_ALWAYS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
        "browsing-topics=()"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
}
_GUEST = (
    f"{_BASE}; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; manifest-src 'self'; "
    "require-trusted-types-for 'script'"
)
_JSON = f"{_BASE}; form-action 'none'; sandbox"


def nonce() -> str:
    """128 bits that mark this answer's own scripts and styles.

    Made when first asked for.
    """
    if "nonce" not in g:
        g.nonce = token_urlsafe(16)
    made: str = g.nonce
    return made


def dress(response: Response) -> Response:
    """After each request, errors included."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static_file" and response.status_code < 400:
        return response
    if response.mimetype in ("application/json", "application/problem+json"):
        return _dress_json(response)
    if request.blueprint == "guests":
        return _dress_guest(response)
    return _dress_page(response)


def _dress_json(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _JSON)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response


def _dress_guest(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _GUEST)
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _dress_page(response: Response) -> Response:
    crew = request.blueprint == "crew"
    scripts = "'none'" if crew else f"'nonce-{nonce()}' 'strict-dynamic'"
    response.headers.setdefault(
        "Content-Security-Policy",
        f"{_BASE}; script-src {scripts}; style-src 'self' 'nonce-{nonce()}'; "
        "img-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self'; "
        "require-trusted-types-for 'script'",
    )
    # An address with a token in it is told to nobody, not even to ourselves.
    told = "no-referrer" if "token" in request.args else "same-origin"
    response.headers.setdefault("Referrer-Policy", told)
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    response.vary.add("Cookie")
    return response
