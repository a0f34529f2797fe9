"""The people of the office: taking them on, changing them, ending their sessions."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.domain.staff import Member, Role
from jada_flask.domain.text import clean_email, clean_name
from jada_flask.hashes import hash_password
from jada_flask.records.jobs import MEMBER
from jada_flask.services.staff import ADMIN
from jada_flask.unit_of_work import UnitOfWork

_USER = re.compile(r"[a-z0-9][a-z0-9_.-]{1,39}", re.ASCII)


def add(
    work: UnitOfWork,
    user: str,
    name: str,
    email: str,
    *,
    role: str,
    password: str,
    by: Actor,
    at: datetime,
) -> Member:
    """Take somebody on, or give who is there new particulars and a new password.

    A new password ends the sessions that the old one began.
    """
    if not _USER.fullmatch(user) or user == ADMIN:
        words = "2 to 40 of a-z, 0-9, `_`, `-` and `.`; `admin` is the settings' own."
        raise InvalidError(Fault("user", words))
    if role not in set(Role):
        raise InvalidError(Fault("role", f"One of {', '.join(Role)}."))
    before = work.get(MEMBER, user)
    member = Member(
        user,
        clean_name(name, "name"),
        Role(role),
        hash_password(password),
        clean_email(email, "email"),
        sessions_valid_after=at if before else None,
    )
    work.save(MEMBER, member)
    work.commit(by=by, did="staff.added", at=at, about=f"staff:{user}", detail=role)
    return member


def end_sessions(
    work: UnitOfWork, user: str, *, leave: bool, by: Actor, at: datetime
) -> Member:
    """Sign somebody out everywhere; with `leave`, for good."""
    member = work.need(MEMBER, user, otherwise=f"Nobody here is called {user!r}.")
    ended = replace(member, sessions_valid_after=at, active=not leave)
    work.save(MEMBER, ended)
    did = "staff.left" if leave else "staff.signed_out_everywhere"
    work.commit(by=by, did=did, at=at, about=f"staff:{user}")
    return ended


def everybody(work: UnitOfWork) -> list[Member]:
    """Everybody who ever worked here, by name of sign-in."""
    return work.query(MEMBER, "STAFF", limit=500).values
