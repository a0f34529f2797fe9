"""The places aboard that a body names, checked against the people of the house."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.domain.house import CrewRole, Operations


def raise_together(*checks: Callable[[], object]) -> None:
    """Make every check, so that the sender learns of all that is wrong at once."""
    faults: list[Fault] = []
    for check in checks:
        try:
            check()
        except InvalidError as error:
            faults.extend(error.faults)
    if faults:
        raise InvalidError(*faults)


def places_of(listed: Sequence[Mapping[str, Any]]) -> tuple[CrewRole, ...]:
    """The places that a loaded list of crew names."""
    return tuple(CrewRole(place["crew_id"], place["role"]) for place in listed)


def check_places(
    crew: Sequence[CrewRole],
    captain_id: str | None,
    operations: Operations,
    *,
    listing: str = "crew",
) -> None:
    """Refuse people the house does not know, and whoever would stand aboard twice.

    `listing` is the field that holds the crew, as the sender spells it.
    """
    aboard = [] if captain_id is None else [("captain_id", captain_id)]
    for index, place in enumerate(crew):
        aboard.append((f"{listing}.{index}.crew_id", place.crew_id))
    check = partial(_check_place, seen={}, operations=operations)
    raise_together(*(partial(check, *named) for named in aboard))


def _check_place(
    field: str, person: str, *, seen: dict[str, str], operations: Operations
) -> None:
    operations.person(person, field)
    if person in seen:
        words = f"{person} is aboard already ({seen[person]}); name each person once."
        raise InvalidError(Fault(field, words))
    seen[person] = field
