"""Who may call what. Every view says so; one that does not is never served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask
from werkzeug.exceptions import Forbidden, Unauthorized

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import NotFoundError
from jada_flask.domain.staff import Right, Session
from jada_flask.hashes import token_matches
from jada_flask.services import staff
from jada_flask.web import csrf
from jada_flask.web.context import asked, begin_sign_in, config, context, now

View = TypeVar("View", bound=Callable[..., Any])

ANYONE = "anyone"  # looks at no identity at all
CREW = "crew"  # the view itself exchanges the link or its cookie
GUEST = "guest"
STAFF = "staff"
DASHBOARD = "dashboard"
SERVICE = "service"
SERVICE_HEADER = "X-Service-Key"
_SERVICE = "HTTP_X_SERVICE_KEY"  # as WSGI has it; asking by the name takes ten times
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_NAME = 512  # bytes; what is longer would not fit into a key of the store


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes this request."""

    kind: str
    session: Session | None = None

    @property
    def actor(self) -> Actor:
        return Actor(self.kind, self.session.user if self.session else "")

    @property
    def principal(self) -> str:
        """Whose idempotency keys these are."""
        return str(self.actor)


def open_to(*kinds: str, right: Right | None = None) -> Callable[[View], View]:
    """Say who may call a view, and which right a member of staff needs for it.

    Without a word on the right, looking is for everybody who signed in, and changing
    something for those who run the day.
    """

    def declare(view: View) -> View:
        view.access = frozenset(kinds)  # type: ignore[attr-defined]
        view.right = right  # type: ignore[attr-defined]
        return view

    return declare


def guard() -> None:
    """Before each request: let in whom the view names, and nobody else."""
    here = asked()
    if here.endpoint is None:
        return
    _check_names(here.view_args)
    allowed = access_of(context().app, here.endpoint)
    csrf.bind(crew=CREW in allowed)
    if ANYONE in allowed or GUEST in allowed:
        return
    if CREW in allowed:
        if here.method not in _SAFE:
            csrf.check()
        return
    let_in(*allowed)


def let_in(*kinds: str) -> None:
    """Let in a caller of these kinds, and nobody else."""
    caller = identify()
    if caller is None:
        raise Unauthorized("Sign in, or send a token that may do this.")
    if caller.kind not in kinds:
        raise Forbidden("This token may not do that.")
    if caller.session:
        _check_staff(caller.session)
    context().g.caller = caller


def _check_names(named: dict[str, Any] | None) -> None:
    """Say at once that there is nothing of a name that no key could hold."""
    for name in (named or {}).values():
        if len(str(name).encode()) > _LONGEST_NAME:
            raise NotFoundError("There is nothing of such a long name.")


def _check_staff(session: Session) -> None:
    """Refuse what this member of staff may not do, or did not mean to."""
    here = asked()
    safe = here.method in _SAFE
    if not safe:
        csrf.check()
    view = context().app.view_functions[here.endpoint or ""]
    default = Right.LOOK if safe else Right.WORK
    right: Right = getattr(view, "right", None) or default
    if not session.role.may(right):
        raise Forbidden(f"As {session.role.value} you may not do that.")


def access_of(app: Flask, endpoint: str) -> frozenset[str]:
    """Who may call this endpoint; empty, and so nobody, where nothing is said."""
    return getattr(app.view_functions[endpoint], "access", frozenset())


def identify() -> Caller | None:
    """Who calls: by a token in a header, else by the cookie of a session.

    A header counts before a cookie, and a wrong header is nobody at all.
    """
    here = asked()
    token = here.environ.get("HTTP_X_DASHBOARD_TOKEN")
    key = here.environ.get(_SERVICE)
    if token is not None:
        hashed = config().dashboard_token_hash
        return Caller(DASHBOARD) if token_matches(token, hashed) else None
    if key is not None:
        return (
            Caller(SERVICE) if token_matches(key, config().service_key_hash) else None
        )
    secret = here.cookies.get(csrf.session_cookie())
    if not secret:
        return None
    try:
        return Caller(STAFF, staff.session_of(begin_sign_in(), secret, at=now()))
    except NotFoundError:
        return None


def caller() -> Caller:
    """Who was let in."""
    found: Caller = context().g.caller
    return found


def own_session() -> Session:
    """The session of the member of staff who calls; nobody else has one."""
    session = caller().session
    if session is None:
        raise Forbidden("Only somebody who is signed in can do that.")
    return session


def member() -> Session | None:
    """The member of staff who is signed in, for the frame of a page."""
    found: Caller | None = context().g.get("caller")
    return found.session if found else None


def check_all(app: Flask) -> None:
    """At start: no view may be without a word on who may call it."""
    silent = [name for name in app.view_functions if not access_of(app, name)]
    if silent:
        raise RuntimeError(f"nobody said who may call {', '.join(sorted(silent))}")
