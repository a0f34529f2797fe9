"""The people who can be asked to crew."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.domain.house import Person
from jada_flask.domain.text import clean_email, clean_name, clean_phone
from jada_flask.records.operations import OPERATIONS
from jada_flask.services.house import operations
from jada_flask.unit_of_work import UnitOfWork

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
    others = tuple(one for one in house.people if one.crew_id != crew_id)
    work.save(OPERATIONS, replace(house, people=(*others, person)))
    work.commit(by=by, did="crew.added", at=at, about=f"crew:{crew_id}")
    return person


def everybody(work: UnitOfWork) -> tuple[Person, ...]:
    return tuple(sorted(operations(work).people, key=lambda person: person.crew_id))
