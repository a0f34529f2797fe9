"""A look at the whole installation: settings, store, and everybody it talks to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from jada_flask.config import NAMES, Config
from jada_flask.domain.errors import JadaError
from jada_flask.domain.house import Operations
from jada_flask.services import house, outbox
from jada_flask.tables import FINANCE, JOBS
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts

_TRIAL = "doctor/trial.txt"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; the words never hold a secret."""

    name: str
    well: bool
    words: str


def checkup(parts: Parts, given: Iterator[str]) -> Iterator[Finding]:
    """Look at everything, one finding each; `given` names the settings that are set."""
    yield from _settings(parts.config, set(given))
    checks: tuple[tuple[str, Callable[[Parts], str]], ...] = (
        ("store", _store),
        ("public opening", _wall),
        ("house data", _house),
        ("guest pages", _files),
        ("audit inbox", lambda parts: parts.ports.audit_mailer.health()),
        ("operator summary", lambda parts: parts.ports.summary.health()),
        ("inbox", _inbox),
        ("outbox", _outbox),
    )
    for name, check in checks:
        yield _tried(name, check, parts)


def _tried(name: str, check: Callable[[Parts], str], parts: Parts) -> Finding:
    try:
        return Finding(name, True, check(parts))
    except (JadaError, OSError, ValueError, PermissionError) as error:
        return Finding(name, False, str(error))


def _settings(config: Config, given: set[str]) -> Iterator[Finding]:
    for name in NAMES:
        words = "set" if name in given else "not set; the default holds"
        yield Finding(name, True, words)
    for name in config.unknown:
        yield Finding(name, False, "there is no such setting; remove it")


def _store(parts: Parts) -> str:
    parts.ports.store.get(JOBS, "AWAKE", "doctor")
    return f"{parts.config.store} answers"


def _wall(parts: Parts) -> str:
    """What crew and guests reach must not reach money."""
    if parts.ports.public_store is parts.ports.store:
        return "kept apart by the role of the public function"
    try:
        parts.ports.public_store.get(FINANCE, "HOUSE", "rates")
    except (PermissionError, JadaError):
        return "cannot look at a table of money"
    raise ValueError("the public opening can read money; do not serve")


def _house(parts: Parts) -> str:
    operations = house.operations(UnitOfWork(parts.office))
    _check_people(operations)
    for dock in operations.docks:
        ZoneInfo(dock.time_zone)
    return (
        f"{len(operations.boats)} boats, {len(operations.docks)} docks, "
        f"{len(operations.people)} people"
    )


def _check_people(operations: Operations) -> None:
    for boat in operations.boats:
        operations.person(boat.standard_captain, f"captain of {boat.boat_id}")
        for place in boat.standard_crew:
            operations.person(place.crew_id, f"crew of {boat.boat_id}")


def _files(parts: Parts) -> str:
    files = parts.ports.files
    files.save(_TRIAL, b"doctor", content_type="text/plain")
    files.read(_TRIAL)
    files.delete(_TRIAL)
    return "can be written and read"


def _inbox(parts: Parts) -> str:
    inbox = parts.ports.inbox
    return inbox.health() if inbox else "off; JADA_INTAKE_LABEL turns it on"


def _outbox(parts: Parts) -> str:
    work = UnitOfWork(parts.office)
    dead = outbox.waiting(work, dead=True, limit=100)
    if dead:
        raise ValueError(f"{len(dead)} messages were given up; see /dispatch/outbox")
    return f"{len(outbox.waiting(work, limit=100))} messages wait, none was given up"
