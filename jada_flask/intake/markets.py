"""The marketplaces: where their mails come from and the words that they use.

No sample of a real mail was to be had, so the labels are those of their help pages, old
and new, and what does not fit them is put before a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from jada_flask.intake.labelled import Vocabulary
from jada_flask.intake.letter import Letter

_OPENING = 10  # lines, where the subject alone does not say what a mail is


class MailKind(StrEnum):
    """What a marketplace writes about."""

    INQUIRY = "inquiry"
    REQUEST = "request"
    APPROVED = "approved"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    PAYOUT = "payout"
    MARKETING = "marketing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Market:
    """A marketplace; `number` is what follows the prefix of a reference."""

    source: str
    name: str
    domain: str
    prefix: str
    number: str
    words: Vocabulary

    def references_in(self, text: str) -> set[str]:
        """The references of bookings that a text names, each in its one spelling."""
        written = rf"(?<![\w-]){self.prefix}({self.number})(?![\w-])"
        return {self.prefix + found for found in re.findall(written, text)}

    def reference_of(self, value: str) -> str:
        """The reference behind a label, where the prefix may be left out."""
        match = re.fullmatch(rf"#? ?(?:{self.prefix})?({self.number})", value)
        return self.prefix + match[1] if match else value[:60]


_THING = r"(?:booking|trip|reservation|rental|charter)"
_PHRASES = {
    MailKind.CANCELLED: (
        r"\bcancel+ed\b|\bcancel+ation of\b"
        r"|\b(?:request|inquiry)\b.{0,40}\b(?:expired|declined|withdrawn)\b"
    ),
    MailKind.CHANGED: (
        rf"\b{_THING}\b.{{0,40}}\b(?:updated|changed|modified|rescheduled|moved)\b"
        rf"|\b(?:updated|changed|modified|rescheduled) {_THING}\b"
        rf"|\bchanges? to (?:your|the) {_THING}\b"
    ),
    MailKind.APPROVED: (
        rf"\b(?:{_THING}|request)\b.{{0,40}}\b(?:approved|confirmed|accepted)\b"
        rf"|\b(?:approved|confirmed|accepted|instant) {_THING}\b"
        r"|\byou(?:'re| are) booked\b"
    ),
    MailKind.REQUEST: (
        rf"\bnew {_THING} request\b|\b{_THING} request from\b"
        r"|\b(?:wants|would like|requested|request) to book\b"
    ),
    MailKind.INQUIRY: (
        r"\b(?:inquiry|enquiry)\b(?!.{0,40}\b(?:expired|declined|withdrawn)\b)"
        r"|\bmessage from\b|\bsent you a (?:message|question)\b|\bquestion about\b"
    ),
    MailKind.PAYOUT: (
        r"\bpayout\b.{0,30}\b(?:sent|way|initiated|issued|processed)\b"
        r"|\byou(?:'ve| have) been paid\b"
    ),
    MailKind.MARKETING: (
        r"\bnewsletter\b|[0-9] ?% off\b|\btips (?:for|to)\b|\bboost your\b|\bwebinar\b"
        r"|\bmore bookings\b|\bearn more\b|\bintroducing\b|\brefer a\b"
    ),
}
_KINDS = {kind: re.compile(words) for kind, words in _PHRASES.items()}
_CALLED_OFF = re.compile(
    rf"\b{_THING}\b.{{0,40}}\b(?:has been|was|is now)\b.{{0,20}}\bcancel+ed\b"
    r"|^(?:booking )?status\b.{0,10}\bcancel+ed\b"
)


_HEDGE = re.compile(
    r"\b(?:will|may|can|could|might|would|should|if|unless|until|before|not|never|no)\b"
)
_STANDING = (MailKind.REQUEST, MailKind.APPROVED, MailKind.CHANGED)
_FIRM = (MailKind.APPROVED, MailKind.CHANGED, MailKind.CANCELLED)


def kind_of(letter: Letter) -> MailKind:
    """What the mail is about; unknown where its words fit nothing, or more than one.

    What only may come to pass, such as a booking that will be canceled, is unknown too.
    """
    opening = [line[:500] for line in letter.lines if line][:_OPENING]
    for line in (letter.subject, *opening):
        words = line.casefold().replace("’", "'")
        kinds = [kind for kind, pattern in _KINDS.items() if pattern.search(words)]
        if kinds:
            return _sure(kinds, words, letter)
    return MailKind.UNKNOWN


def _sure(kinds: list[MailKind], words: str, letter: Letter) -> MailKind:
    kind = kinds[0]
    hedged = kind in _FIRM and _HEDGE.search(words)
    if len(kinds) > 1 or hedged or (kind in _STANDING and _is_called_off(letter)):
        return MailKind.UNKNOWN
    return kind


def _is_called_off(letter: Letter) -> bool:
    return any(_CALLED_OFF.search(line[:500].casefold()) for line in letter.lines)


def _fields(**labels: str) -> dict[str, str]:
    return {
        label.strip(): field
        for field, all_of in labels.items()
        for label in all_of.split("|")
    }


_PROSE = frozenset({"requests"})
_BOATSETTER = Market(
    source="boatsetter",
    name="Boatsetter",
    domain="boatsetter.com",
    prefix="BS-",
    number="[0-9]{4,12}",
    words=Vocabulary(
        labels=_fields(
            ref="booking id|booking number|reservation|confirmation number",
            boat="boat|vessel|listing",
            span="trip|when|date & time|new date & time",
            day="date|trip date|charter date|new date",
            start="start time|new start time|departure",
            end="end time|new end time|return",
            length="duration|trip length",
            guests="guests|party size|number of guests|new party size",
            place="boarding location|pick-up location|location",
            name="renter/name|renter|renter name|booked by",
            email="renter/email|renter email",
            phone="renter/phone|renter phone",
            price="rental price|boat rental",
            fee="service fee|boatsetter fee",
            payout="owner payout|your earnings",
            agreement="charter type|charter agreement",
            requests="special requests|message from renter",
        ),
        headings=_fields(
            renter="renter contact|renter contact information|about the renter",
            owner="owner contact|owner contact information|your details",
            captain="captain contact",
            trip="trip details|itinerary",
            money="payment summary|earnings|your earnings summary",
        ),
        prose=_PROSE,
    ),
)
_GETMYBOAT = Market(
    source="getmyboat",
    name="GetMyBoat",
    domain="getmyboat.com",
    prefix="GMB-",
    number="[0-9A-Z]{4,12}",
    words=Vocabulary(
        labels=_fields(
            ref="booking reference|booking id|reference",
            boat="boat|listing|experience",
            span="when|trip time",
            day="date|trip date",
            start="departure|start|start time",
            end="return|end|end time",
            length="duration",
            guests="group size|guests|passengers",
            place="departure point|location|meeting point",
            name="guest/name|guest name|customer",
            email="guest/email|guest email|customer email",
            phone="guest/phone|guest phone|customer phone",
            price="trip price|offer price",
            fee="getmyboat fee|service fee",
            payout="your payout|you receive",
            agreement="charter type",
            requests="special requests|message from guest",
        ),
        headings=_fields(
            guest="guest details|customer details",
            owner="your details|owner details",
            trip="trip details",
            money="payment|payment details",
        ),
        prose=_PROSE,
    ),
)
_MARKETS = (_BOATSETTER, _GETMYBOAT)


def market_of(domain: str) -> Market | None:
    """The marketplace that sends from this domain or one below it."""
    for market in _MARKETS:
        if domain == market.domain or domain.endswith("." + market.domain):
            return market
    return None
