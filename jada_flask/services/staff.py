"""Signing in and out. Sessions are rows that can be taken away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from secrets import token_urlsafe

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import JadaError, NotFoundError
from jada_flask.domain.staff import Member, Role, Session
from jada_flask.hashes import password_matches
from jada_flask.ports import ConditionError, Delete, MissingOrAtMost, Patch
from jada_flask.records.jobs import MEMBER, SESSION, counter_key
from jada_flask.tables import JOBS
from jada_flask.unit_of_work import UnitOfWork

ADMIN = "admin"  # the one of ADMIN_PASS_HASH
_WINDOW = timedelta(minutes=5)
_TRIES = 10
_TRIES_OF_ONE_NAME = 50  # more, so that a stranger cannot lock a colleague out
_SEEN_EVERY = timedelta(minutes=5)
_LONGEST_NAME = 80


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
    admin_hash: str,
    address: str,
    at: datetime,
) -> SignedIn:
    """Start a session. Counts the try before it looks at the password.

    `admin` is the one of the settings, everybody else is in the store. Raises
    `SignInError`, and `TooManyTriesError` once there were too many tries.
    """
    _count(work, f"login#address#{_place(address)}", _TRIES, at)
    _count(work, f"login#user#{user[:_LONGEST_NAME]}", _TRIES_OF_ONE_NAME, at)
    member = _member(work, user, admin_hash)
    # Whoever is not on the list is hashed all the same, so that it takes as long.
    right = password_matches(password, member.pass_hash if member else admin_hash)
    if member is None or not member.active or not right:
        raise SignInError("This name and password do not belong together.")
    secret = token_urlsafe(32)
    session = Session(_id(secret), user, member.name, member.role, at, at)
    work.save(SESSION, session)
    by = Actor("staff", user)
    work.commit(by=by, did="staff.signed_in", at=at, about=f"staff:{user}")
    return SignedIn(session, secret)


def session_of(work: UnitOfWork, secret: str, *, at: datetime) -> Session:
    """The session of a browser; raises `NotFoundError` when it is over.

    The role is the one that the member has now, not the one of the sign-in.
    """
    session = work.get(SESSION, _id(secret))
    if session is None or not session.serves(at):
        raise NotFoundError("You are no longer signed in.")
    # The one of the settings is not in the store.
    member = work.get(MEMBER, session.user) if session.user != ADMIN else None
    if session.user != ADMIN and (member is None or member.ends(session)):
        raise NotFoundError("You are no longer signed in.")
    if at - session.seen_at > _SEEN_EVERY:
        _seen(work, session, at)
    return replace(session, role=member.role) if member else session


def sign_out(work: UnitOfWork, session: Session, *, at: datetime) -> None:
    """End a session: its cookie is worth nothing from now on."""
    work.add_raw(Delete(JOBS, SESSION.key(session.id_hash)))
    by = Actor("staff", session.user)
    about = f"staff:{session.user}"
    work.commit(by=by, did="staff.signed_out", at=at, about=about)


def _member(work: UnitOfWork, user: str, admin_hash: str) -> Member | None:
    if user == ADMIN:
        return Member(ADMIN, "Admin", Role.ADMIN, admin_hash)
    return work.get(MEMBER, user) if 0 < len(user) <= _LONGEST_NAME else None


def _place(address: str) -> str:
    """Where a try comes from: of version 6 the network, for a home has all of one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found if found.version == 4 else ip_network((int(found), 64), False))


def _seen(work: UnitOfWork, session: Session, at: datetime) -> None:
    """Note that somebody is still there; of two requests at once, either will do."""
    later = UnitOfWork(work.opening)
    later.get(SESSION, session.id_hash)
    later.save(SESSION, replace(session, seen_at=at))
    try:
        later.store.write(*later.writes)
    except ConditionError:
        return


def _count(work: UnitOfWork, name: str, most: int, at: datetime) -> None:
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
                when=(MissingOrAtMost("tries", most - 1),),
            )
        )
    except ConditionError:
        raise TooManyTriesError(seconds - into) from None


def _id(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
