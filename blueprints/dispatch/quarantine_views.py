"""What arrived and could not be read for certain: a person looks at it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from flask import redirect

from blueprints.dispatch import bp
from jada_flask.domain.errors import JadaError
from jada_flask.domain.quarantine import Quarantined
from jada_flask.intake.letter import open_letter
from jada_flask.services import house, quarantine
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web import paging
from jada_flask.web.access import STAFF, caller, open_to
from jada_flask.web.context import begin, now
from jada_flask.web.pages import page
from jada_flask.web.writes import attempted

_PER_PAGE = 10
_LONGEST = 8_000  # characters of it that are shown
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Row:
    """One arrival as a person reads it."""

    kept: Quarantined
    subject: str
    text: str
    is_cut: bool
    settle_url: str


@bp.get("/dispatch/quarantine")
@open_to(STAFF)
def quarantined() -> str:
    """What waits for a person, newest first, page by page."""
    work = begin()
    found = quarantine.waiting(work, limit=_PER_PAGE, after=paging.after("quarantine"))
    cursor = paging.cursor("quarantine", found.after)
    return page(
        "dispatch/quarantine.html",
        rows=[_row(work, one) for one in found.values],
        next_url=f"/dispatch/quarantine?{urlencode({'cursor': cursor})}"
        if cursor
        else None,
        zone=house.operations(work).docks[0].zone,
    )


@bp.post("/dispatch/quarantine/<arrival_id>/settle")
@open_to(STAFF)
def settle(arrival_id: str) -> Any:
    """A person is done with it."""
    by, at = caller().actor, now()
    attempted(lambda work: quarantine.settle(work, arrival_id, by=by, at=at))
    return redirect("/dispatch/quarantine?said=settled", 303)


def _row(work: UnitOfWork, kept: Quarantined) -> Row:
    original = quarantine.original(work, kept.arrival_id)
    subject, text = map(_plain, _readable(original))
    return Row(
        kept,
        subject,
        text[:_LONGEST],
        len(text) > _LONGEST,
        f"/dispatch/quarantine/{quote(kept.arrival_id, safe='')}/settle",
    )


def _plain(text: str) -> str:
    """The text with what would turn its letters round shown, not obeyed."""
    return _TURNS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _readable(original: str) -> tuple[str, str]:
    """Subject and words of a mail; all of it as it came where it is none."""
    try:
        letter = open_letter(original.encode())
    except JadaError:
        return "", original
    # Whichever part says more: some mails have a text that only points to the other.
    longest = max(letter.text, letter.html, key=lambda lines: sum(map(len, lines)))
    return letter.subject, "\n".join(longest).strip() or original
