"""Signing in and out. Sessions are rows that can be taken away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import JadaError, NotFoundError
from jada_flask.domain.staff import Role, Session
from jada_flask.hashes import password_matches
from jada_flask.ports import ConditionError, Delete, MissingOrAtMost, Patch
from jada_flask.records.jobs import SESSION, counter_key
from jada_flask.tables import JOBS
from jada_flask.unit_of_work import UnitOfWork

_WINDOW = timedelta(minutes=5)
_TRIES = 10
_SEEN_EVERY = timedelta(minutes=5)
# Somebody who is not on the list is hashed against this, so that it takes as long.
_NOBODY = (
    "scrypt:32768:8:1$BBJ1yYqkc0Ki5Gkq$"
    "7f6f0ee0d4f0f9a3c4b1b5f47d9a6dbf3a3b16c32aa0ac1c9d4cb7b6fbb5a2d3"
    "7f6f0ee0d4f0f9a3c4b1b5f47d9a6dbf3a3b16c32aa0ac1c9d4cb7b6fbb5a2d3"
)


class SignInError(JadaError):
    """The name or the password is wrong; which of them is not said."""


class TooManyTriesError(JadaError):
    """Too many tries to sign in from one place or for one name."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many tries to sign in. Wait a few minutes and try again.")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session, with the secret that only the browser keeps."""

    session: Session
    secret: str


def sign_in(
    work: UnitOfWork,
    user: str,
    password: str,
    *,
    hashed: str,
    address: str,
    at: datetime,
) -> SignedIn:
    """Start a session. Counts the try before it looks at the password.

    Raises `SignInError`, and `TooManyTriesError` from the eleventh try in five minutes
    on.
    """
    _count(work, f"login#address#{address}", at)
    _count(work, f"login#user#{user[:80]}", at)
    known = user == "admin"
    if not password_matches(password, hashed if known else _NOBODY) or not known:
        raise SignInError("This name and password do not belong together.")
    secret = token_urlsafe(32)
    session = Session(_id(secret), user, "Admin", Role.ADMIN, at, at)
    work.save(SESSION, session)
    work.commit(
        by=Actor("staff", user), did="staff.signed_in", at=at, about=f"staff:{user}"
    )
    return SignedIn(session, secret)


def session_of(work: UnitOfWork, secret: str, *, at: datetime) -> Session:
    """The session of a browser; raises `NotFoundError` when it is over."""
    session = work.get(SESSION, _id(secret))
    if session is None or not session.serves(at):
        raise NotFoundError("You are no longer signed in.")
    if at - session.seen_at > _SEEN_EVERY:
        _seen(work, session, at)
    return session


def sign_out(work: UnitOfWork, session: Session, *, at: datetime) -> None:
    """End a session: its cookie is worth nothing from now on."""
    work.add_raw(Delete(JOBS, SESSION.key(session.id_hash)))
    by = Actor("staff", session.user)
    work.commit(by=by, did="staff.signed_out", at=at, about=f"staff:{session.user}")


def _seen(work: UnitOfWork, session: Session, at: datetime) -> None:
    """Note that somebody is still there; of two requests at once, either will do."""
    later = UnitOfWork(work.opening)
    later.get(SESSION, session.id_hash)
    later.save(SESSION, replace(session, seen_at=at))
    try:
        later.store.write(*later.writes)
    except ConditionError:
        return


def _count(work: UnitOfWork, name: str, at: datetime) -> None:
    """One try more in this window of five minutes, unless there were too many."""
    seconds = int(_WINDOW.total_seconds())
    window, into = divmod(int(at.timestamp()), seconds)
    try:
        work.store.write(
            Patch(
                JOBS,
                counter_key(name, window),
                set={"expires": (window + 2) * seconds},
                add={"tries": 1},
                when=(MissingOrAtMost("tries", _TRIES - 1),),
            )
        )
    except ConditionError:
        raise TooManyTriesError(seconds - into) from None


def _id(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
