"""Events of Stripe: charges, refunds and the intents that lead to charges."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jada_flask.domain.errors import Fault, InvalidError, UnreadableError
from jada_flask.domain.money import Money
from jada_flask.domain.receipt import CURRENCY, Receipt, ReceiptKind
from jada_flask.domain.text import clean_email, clean_name
from jada_flask.intake.strict_json import loads

SOURCE = "stripe"
Thing = Mapping[str, Any]
_ID = re.compile(r"[A-Za-z0-9_]{1,120}", re.ASCII)
_MOST = 10**11  # in the smallest unit of any currency
_LONGEST = 500  # of one value of metadata, as Stripe has it
# Currencies whose smallest unit is not a hundredth: one, or a thousandth.
_WHOLE = re.compile("BIF|CLP|DJF|GNF|JPY|KMF|KRW|MGA|PYG|RWF|UGX|VND|VUV|X[AO]F|XPF")
_THOUSANDTHS = re.compile("BHD|JOD|KWD|OMR|TND")


@dataclass(frozen=True, slots=True)
class Event:
    """One event: what moved by it, or nothing where it is none of our business."""

    event_id: str
    type: str
    live: bool  # false: of the sandbox, where no money moves
    receipt: Receipt | None


def read(raw: bytes) -> Event:
    """What an event tells. Types that we do not know tell nothing.

    Raises `UnreadableError` where it is no event, `InvalidError` where one that we know
    is not as it should be.
    """
    told = loads(raw)
    if not isinstance(told, Mapping) or told.get("object", "event") != "event":
        raise UnreadableError("This is not an event of Stripe.")
    kind = _text(told, "type")
    reader = _READERS.get(kind)
    return Event(
        _id(told, "id"),
        kind,
        told.get("livemode") is True,
        reader(_part(_part(told, "data"), "object"), told) if reader else None,
    )


def _charge(charge: Thing, event: Thing) -> Receipt | None:
    """A card that was charged; one that was only authorised has paid nothing."""
    if charge.get("captured") is False:
        return None
    name = "amount_captured" if "amount_captured" in charge else "amount"
    return _incoming(charge, _amount(charge, name))


def _intent(intent: Thing, event: Thing) -> Receipt | None:
    """The charge that an intent led to: the same receipt as the charge's own event."""
    charge = intent.get("latest_charge")
    if charge is None:
        listed = _part(intent, "charges").get("data")
        charge = listed[-1] if isinstance(listed, list) and listed else None
    if charge is None:
        return None
    if not isinstance(charge, Mapping):
        charge = {"id": charge}
    whole = {**intent, "payment_intent": intent.get("id"), **charge}
    whole["metadata"] = _part(intent, "metadata") | _part(charge, "metadata")
    return _incoming(whole, _amount(intent, "amount_received"))


def _incoming(charge: Thing, gross: Money) -> Receipt:
    fee = _fee(charge)
    payer = _part(charge, "billing_details")
    intent = _text(charge, "payment_intent")
    return Receipt(
        source=SOURCE,
        source_id=_id(charge, "id"),
        kind=ReceiptKind.CHARGE,
        gross=gross,
        fee=fee,
        net=gross - (fee or Money()),
        at=_moment(charge),
        currency=_currency(charge),
        email=_email(_text(payer, "email") or _text(charge, "receipt_email")),
        name=_name(payer),
        references=(intent,) if intent else (),
        metadata=_metadata(charge),
    )


def _refund(charge: Thing, event: Thing) -> Receipt | None:
    """What was given back of a charge by this event.

    The event holds the sum of all refunds so far. That sum never comes twice, so it is
    the refund's name; what came before it says how much this one is.
    """
    charge_id, total = _id(charge, "id"), _amount(charge, "amount_refunded")
    before = _part(_part(event, "data"), "previous_attributes")
    earlier = Money()
    if "amount_refunded" in before:
        earlier = _amount({**charge, **before}, "amount_refunded")
    back = earlier - total
    return Receipt(
        source=SOURCE,
        source_id=f"{charge_id}-refunded-{total.cents}",
        kind=ReceiptKind.REFUND,
        gross=back,
        fee=Money(),
        net=back,
        at=_moment(event),
        currency=_currency(charge),
        references=(charge_id,),
    )


_READERS: dict[str, Callable[[Thing, Thing], Receipt | None]] = {
    "charge.succeeded": _charge,
    "charge.captured": _charge,
    "payment_intent.succeeded": _intent,
    "charge.refunded": _refund,
}


def _fee(charge: Thing) -> Money | None:
    """What Stripe keeps, where the event brings the balance transaction along."""
    balance = _part(charge, "balance_transaction")
    if not balance or _currency(balance) != _currency(charge):
        return None
    return _amount(balance, "fee")


def _currency(thing: Thing) -> str:
    return (_text(thing, "currency") or CURRENCY).upper()


def _amount(thing: Thing, name: str) -> Money:
    """An amount in hundredths, whatever the currency's smallest unit is."""
    units = thing.get(name)
    if isinstance(units, bool) or not isinstance(units, int) or not 0 <= units < _MOST:
        raise _wrong(name, "a whole number of cents is wanted")
    currency = _currency(thing)
    if _WHOLE.fullmatch(currency):
        return Money(units * 100)
    return Money(units // 10 if _THOUSANDTHS.fullmatch(currency) else units)


def _moment(thing: Thing) -> datetime:
    seconds = thing.get("created")
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise _wrong("created", "a moment in whole seconds is wanted")
    if not 0 <= seconds < 2**32:
        raise _wrong("created", "this moment is out of range")
    return datetime.fromtimestamp(seconds, UTC)


def _metadata(thing: Thing) -> dict[str, str]:
    told = _part(thing, "metadata").items()
    return {
        name: value.strip()
        for name, value in told
        if isinstance(value, str) and value.strip() and len(value) <= _LONGEST
    }


def _email(typed: str) -> str:
    try:
        return clean_email(typed, "")
    except InvalidError:
        return ""


def _name(payer: Thing) -> str:
    try:
        return clean_name(_text(payer, "name"), "")
    except InvalidError:
        return ""


def _id(thing: Thing, name: str) -> str:
    value = _text(thing, name)
    if not _ID.fullmatch(value):
        raise _wrong(name, "an id of Stripe is wanted")
    return value


def _text(thing: Thing, name: str) -> str:
    value = thing.get(name)
    return value if isinstance(value, str) else ""


def _part(thing: Thing, name: str) -> dict[str, Any]:
    value = thing.get(name)
    return value if isinstance(value, dict) else {}


def _wrong(name: str, why: str) -> InvalidError:
    return InvalidError(Fault(name, f"{why[:1].upper()}{why[1:]}."))
