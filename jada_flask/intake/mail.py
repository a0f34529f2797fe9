"""A marketplace's mail: what it is about, and the terms that it states.

Anything that is not plain is quarantined, with what a person has to look at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jada_flask.domain.booking import Status, Terms
from jada_flask.domain.errors import InvalidError
from jada_flask.domain.house import Operations
from jada_flask.intake.itinerary import Found, terms_of
from jada_flask.intake.labelled import find_labelled
from jada_flask.intake.letter import Letter, open_letter
from jada_flask.intake.markets import MailKind, Market, kind_of, market_of

_STATUS = {
    MailKind.INQUIRY: Status.INQUIRY,
    MailKind.REQUEST: Status.PENDING,
    MailKind.APPROVED: Status.APPROVED,
    MailKind.CHANGED: Status.APPROVED,
}
_CALLS = ("view itinerary", "view booking", "view trip", "view reservation")
_FIGURES = {"price", "fee", "payout"}
_PASTE = "Please paste the itinerary."


class Action(StrEnum):
    """What is to be done about a mail."""

    TAKE = "take"
    CANCEL = "cancel"
    IGNORE = "ignore"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail comes to; `reason` says why it was not taken, or what it tells."""

    kind: MailKind
    action: Action
    reason: str
    source: str = ""
    source_ref: str = ""
    terms: Terms | None = None
    sent_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A marketplace's letter of one kind, with what stands behind its labels."""

    kind: MailKind
    letter: Letter
    market: Market
    found: Found
    references: frozenset[str]

    @property
    def source_ref(self) -> str:
        return min(self.references) if len(self.references) == 1 else ""

    def comes_to(
        self, action: Action, reason: str, terms: Terms | None = None
    ) -> Reading:
        source, sent_at = self.market.source, self.letter.sent_at
        ref = self.source_ref
        return Reading(self.kind, action, reason, source, ref, terms, sent_at)


def read_mail(
    raw: bytes, operations: Operations, *, at: datetime, checked_by: str = ""
) -> Reading:
    """What the mail in these bytes comes to at this moment.

    Takes only what its sender's domain, its phrases and its labelled figures agree on;
    raises `UnreadableError` where the bytes are no mail at all. `checked_by` names the
    mail server that has to vouch for the sender.
    """
    letter = open_letter(raw, checked_by=checked_by)
    market = market_of(letter.domain)
    if market is None or letter.doubt:
        return _doubtful(letter, market)
    return _from_market(_opened(letter, market), operations, at)


def _doubtful(letter: Letter, market: Market | None) -> Reading:
    """What is from no marketplace, or not for certain."""
    if market is None and letter.is_reply:
        words = f"It is somebody's answer, from {letter.domain[:80]}."
        return Reading(MailKind.UNKNOWN, Action.IGNORE, words)
    words = letter.doubt or (
        f"It comes from {letter.domain[:80]}, which is no marketplace we know."
    )
    return Reading(MailKind.UNKNOWN, Action.QUARANTINE, words)


def _from_market(opened: _Opened, operations: Operations, at: datetime) -> Reading:
    if opened.kind is MailKind.MARKETING:
        return _marketing(opened)
    if opened.kind is MailKind.PAYOUT:
        words = "It announces a payout; compare it with the booking."
        return opened.comes_to(Action.IGNORE, words)
    if opened.kind is MailKind.UNKNOWN:
        words = f"Its words fit no kind of mail that we know. {_PASTE}"
        return opened.comes_to(Action.QUARANTINE, words)
    if not opened.source_ref:
        words = f"It does not name just one booking by its reference. {_PASTE}"
        return opened.comes_to(Action.QUARANTINE, words)
    if opened.kind is MailKind.CANCELLED:
        return opened.comes_to(Action.CANCEL, opened.letter.subject)
    return _booking(opened, operations, at)


def _opened(letter: Letter, market: Market) -> _Opened:
    found: dict[str, list[str]] = {}
    for lines in (letter.text, letter.html):
        for label, values in find_labelled(lines, market.words).items():
            found.setdefault(label, []).extend(values)
    named = market.references_in("\n".join((letter.subject, *letter.lines)))
    named |= {market.reference_of(value) for value in found.get("ref", [])}
    return _Opened(kind_of(letter), letter, market, found, frozenset(named))


def _marketing(opened: _Opened) -> Reading:
    """To be ignored if it is sent to many and is about no booking."""
    letter = opened.letter
    bulk = letter.bulk or any("unsubscribe" in line.casefold() for line in letter.lines)
    if bulk and not opened.references:
        return opened.comes_to(Action.IGNORE, "It is an advertisement.")
    words = "It looks like an advertisement, but it may be about a booking."
    return opened.comes_to(Action.QUARANTINE, words)


def _booking(opened: _Opened, operations: Operations, at: datetime) -> Reading:
    if not opened.found.keys() & _FIGURES and _only_calls(opened.letter):
        words = f"It only says that there is news at {opened.market.name}. {_PASTE}"
        return opened.comes_to(Action.QUARANTINE, words)
    try:
        terms = terms_of(
            opened.found,
            source=opened.market.source,
            source_ref=opened.source_ref,
            status=_STATUS[opened.kind],
            operations=operations,
        )
    except (ValueError, InvalidError) as error:
        return opened.comes_to(Action.QUARANTINE, f"{error} {_PASTE}")
    if terms.status is not Status.APPROVED and terms.start <= at:
        words = "The time it asks for has passed, so it has expired."
        return opened.comes_to(Action.IGNORE, words, terms)
    return opened.comes_to(Action.TAKE, "", terms)


def _only_calls(letter: Letter) -> bool:
    text = "\n".join(letter.lines).casefold()
    return any(call in text for call in _CALLS)
