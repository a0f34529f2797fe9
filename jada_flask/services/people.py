"""The people who can be asked to crew."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.domain.house import Person
from jada_flask.domain.returned_mail import ReturnedMail
from jada_flask.domain.text import clean_email, clean_name, clean_phone
from jada_flask.records.operations import (
    ASSIGNMENT,
    OPERATIONS,
    RETURNED,
    crew_key,
    stamp,
)
from jada_flask.services.house import operations
from jada_flask.unit_of_work import UnitOfWork

_MOST_ASKED = 90  # with the rest, what one commit may hold
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


def add(
    work: UnitOfWork,
    crew_id: str,
    name: str,
    email: str,
    *,
    roles: tuple[str, ...],
    phone: str = "",
    by: Actor,
    at: datetime,
) -> Person:
    """Add somebody to the house, or put new particulars in place of the old."""
    if not _ID.fullmatch(crew_id):
        raise InvalidError(
            Fault("crew_id", "Letters, digits, `_`, `-` and `.` only, like CREW_007.")
        )
    person = Person(
        crew_id,
        clean_name(name, "name"),
        clean_email(email, "email"),
        tuple(clean_name(role, "role") for role in roles),
        clean_phone(phone, "phone") if phone else "",
    )
    house = operations(work)
    _readdress(work, person, at)
    others = tuple(one for one in house.people if one.crew_id != crew_id)
    work.save(OPERATIONS, replace(house, people=(*others, person)))
    work.commit(by=by, did="crew.added", at=at, about=f"crew:{crew_id}")
    return person


def _readdress(work: UnitOfWork, person: Person, at: datetime) -> None:
    """Bring a changed address to where the member was asked already.

    What is sent again, to a charter that is still to come, then arrives.
    """
    asked = work.query(
        ASSIGNMENT,
        crew_key(person.crew_id),
        index="by_who",
        lo=stamp(at),
        limit=_MOST_ASKED,
    )
    for place in asked.values:
        now = work.get(ASSIGNMENT, place.event_id, place.crew_id)
        if now and now.email != person.email:
            work.save(ASSIGNMENT, replace(now, email=person.email))


def unreachable(work: UnitOfWork) -> dict[str, ReturnedMail]:
    """Of everybody to whom no mail is sent: why, by address."""
    known = (work.get(RETURNED, person.email) for person in operations(work).people)
    return {told.address: told for told in known if told and told.held_back}


def everybody(work: UnitOfWork) -> tuple[Person, ...]:
    return tuple(sorted(operations(work).people, key=lambda person: person.crew_id))
