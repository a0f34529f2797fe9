"""The headers of every answer: what a browser may do with it, and who may keep it."""

from __future__ import annotations

from functools import lru_cache
from secrets import token_urlsafe

from flask import Response, g, request

from jada_flask.web.answers import Answer

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
_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_JSON = {
    **_ALWAYS,
    **_PRIVATE,
    "Content-Security-Policy": f"{_BASE}; form-action 'none'; sandbox",
}
_GUEST = {
    **_ALWAYS,
    **_PRIVATE,
    "Content-Security-Policy": (
        f"{_BASE}; script-src 'self'; style-src 'self'; "
        "img-src 'self' blob:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; manifest-src 'self'; "
        "require-trusted-types-for 'script'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
}


def nonce() -> str:
    """128 bits that mark this answer's own scripts and styles.

    Made when first asked for.
    """
    if "nonce" not in g:
        g.nonce = token_urlsafe(16)
    made: str = g.nonce
    return made


def dress(response: Response) -> Response:
    """After each request, errors included; what a view has said itself stands."""
    said = {name.lower() for name, _ in response.headers}
    if isinstance(response, Answer):
        response.beside = _beside(frozenset(said))
        return response
    wanted = _wanted(response)
    for name, value in wanted.items():
        if name.lower() not in said:
            response.headers.add(name, value)
    return response


@lru_cache(maxsize=64)
def _beside(said: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """What an answer in JSON has beside the headers of its own."""
    return tuple(pair for pair in _JSON.items() if pair[0].lower() not in said)


def _wanted(response: Response) -> dict[str, str]:
    if request.endpoint == "static_file" and response.status_code < 400:
        return _ALWAYS
    if response.mimetype in ("application/json", "application/problem+json"):
        return _JSON
    if request.blueprint in ("guests", "guest_pages"):
        return _GUEST
    response.vary.add("Cookie")
    return _ALWAYS | _of_a_page()


def _of_a_page() -> dict[str, str]:
    crew = request.blueprint == "crew"
    scripts = "'none'" if crew else f"'nonce-{nonce()}' 'strict-dynamic'"
    return {
        "Content-Security-Policy": (
            f"{_BASE}; script-src {scripts}; style-src 'self' 'nonce-{nonce()}'; "
            "img-src 'self'; "
            "font-src 'self'; connect-src 'self'; form-action 'self'; "
            "manifest-src 'self'; require-trusted-types-for 'script'"
        ),
        # An address with a token in it is told to nobody, not even to ourselves.
        "Referrer-Policy": "no-referrer" if "token" in request.args else "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
