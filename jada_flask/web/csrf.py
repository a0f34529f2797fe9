"""Cookies, and the proof that a write with a cookie was meant.

Flask-WTF makes and checks the tokens. What it calls the session is bound to the
cookie of whoever is signed in (staff) or came by a link (crew): nothing is stored for
it, and a GET writes nothing.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.exceptions import BadRequest, Forbidden
from wtforms import ValidationError

from jada_flask.web.context import asked, config

_FIELD = "csrf_token"


def session_cookie() -> str:
    """`__Host-` keeps a cookie from other hosts, but browsers want https for it."""
    return "__Host-jada" if config().https else "jada"


def crew_cookie(event_id: str) -> str:
    return f"__Host-jada-crew-{event_id}" if config().https else f"jada-crew-{event_id}"


def set_cookie(response: Response, name: str, value: str, *, max_age: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=config().https,
        httponly=True,
        samesite="Lax",
    )


def token() -> str:
    """The token for the forms of this page."""
    made: str = generate_csrf()
    return made


def token_for(secret: str) -> str:
    """The token for a session that begins with this answer."""
    session[_FIELD] = _binding(config().secret_key, secret)
    g.pop(_FIELD, None)
    return token()


def check() -> None:
    """Refuse a write that our own page did not make: 400 without its token."""
    refuse_foreign()
    sent = request.headers.get("X-CSRFToken") or request.form.get(_FIELD)
    try:
        _validate(sent, session.get(_FIELD))
    except ValidationError:
        raise BadRequest(
            "The form's token is missing or too old. Reload the page and send it again."
        ) from None


@lru_cache(maxsize=512)
def _validate(sent: str | None, bound: str | None) -> None:
    """Raise unless the token belongs to the session, which is for ever or never.

    So what was found good is remembered; what was not is asked again.
    """
    validate_csrf(sent)


def refuse_foreign() -> None:
    """Refuse what another site made the browser send."""
    environ = asked().environ
    site = environ.get("HTTP_SEC_FETCH_SITE", "none")
    if site not in ("none", "same-origin"):
        raise Forbidden("This request came from another site.")
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and origin not in _own_origins():
        raise Forbidden("This request came from another site.")


def _own_origins() -> set[str]:
    settings = config()
    own = {settings.base_url, settings.guest_url}
    if settings.local and not settings.https:
        parts = urlsplit(request.host_url)
        own.add(f"{parts.scheme}://{parts.netloc}")
    return own


@lru_cache(maxsize=512)
def _binding(key: str, secret: str) -> str:
    return hmac.digest(key.encode(), b"csrf\0" + secret.encode(), "sha256").hex()


def bind(*, crew: bool) -> None:
    """Bind the tokens of this request to the cookie of whoever makes it.

    Flask opens a session before it knows which address was asked for, so this comes
    later.
    """
    here = asked()
    if "HTTP_COOKIE" not in here.environ:  # scripts, which are spared the parsing
        return
    event_id = (here.view_args or {}).get("event_id", "")
    name = crew_cookie(event_id) if crew else session_cookie()
    secret = here.cookies.get(name)
    if secret:
        session[_FIELD] = _binding(config().secret_key, secret)


class NoSession(SessionInterface):
    """Flask's session, which lives as long as one request and is never stored."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        return SecureCookieSession()

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Nothing is kept: the cookies stay as they are."""
