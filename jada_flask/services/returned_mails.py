"""Addresses from which mails come back: noted, shown with the charter, held back.

Who goes on sending to them is soon nobody's sender any more: SES stops an account whose
mails bounce. So nothing more goes there, until the address is changed or staff say that
it is right after all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from jada_flask.domain.audit import SYSTEM, Actor
from jada_flask.domain.errors import NotFoundError
from jada_flask.domain.returned_mail import ReturnedMail
from jada_flask.ports import Delete, Item, Present
from jada_flask.records.operations import EVENT, RETURNED, returned_mark
from jada_flask.unit_of_work import UnitOfWork

_MARK = returned_mark("")


def note(work: UnitOfWork, told: ReturnedMail, *, at: datetime) -> bool:
    """Note what came back, on the address and on the charter that the mail was about.

    The same told again changes nothing. Whether anything was new.
    """
    known = work.get(RETURNED, told.address)
    if told.held_back:
        stands = known.followed_by(told) if known else told
        if stands != known:
            work.save(RETURNED, stands)
    else:
        stands = known or told
    shown = _show(work, told.event_id, stands)
    if not work.writes and not shown:
        return False
    work.commit(
        by=SYSTEM,
        did=f"mail.{told.why}",
        at=at,
        about=told.event_id or told.address,
        detail=f"{told.address}: {told.reason}",
    )
    return True


def held_back(
    work: UnitOfWork, address: str, event_id: str, *, at: datetime
) -> ReturnedMail | None:
    """Why nothing is sent there; noted on the charter that it would have been about."""
    known = work.get(RETURNED, address.lower())
    if known is None or not known.held_back:
        return None
    if _show(work, event_id, known):
        work.commit(
            by=SYSTEM, did="mail.held_back", at=at, about=event_id, detail=address
        )
    return known


def beside(event: Item) -> Mapping[str, ReturnedMail]:
    """What came back of the mails about a charter, by address, from its header."""
    return {
        name.removeprefix(_MARK): RETURNED.value({"doc": mark})
        for name, mark in event.items()
        if name.startswith(_MARK) and mark
    }


def lift(
    work: UnitOfWork, event_id: str, address: str, *, by: Actor, at: datetime
) -> None:
    """Send there again, since somebody knows that the address is right after all.

    Raises `NotFoundError` where nothing is held back.
    """
    known = work.get(RETURNED, address)
    event = work.find(EVENT, event_id)
    if event is None or not (known or address in beside(event.item)):
        raise NotFoundError("Nothing is held back from this address.")
    if known:
        work.add_raw(Delete(RETURNED.table, RETURNED.key(address), (Present(),)))
    work.mark(event_id, {returned_mark(address): None})
    work.commit(by=by, did="mail.lifted", at=at, about=event_id, detail=address)


def _show(work: UnitOfWork, event_id: str, told: ReturnedMail) -> bool:
    """Note it on the header of a charter, where its page looks; whether it was new."""
    event = work.find(EVENT, event_id) if event_id else None
    if event is None:
        return False
    name, doc = returned_mark(told.address), RETURNED.item(told)["doc"]
    if event.item.get(name) == doc:
        return False
    work.mark(event_id, {name: doc})
    return True
