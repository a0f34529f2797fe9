"""How the office's API writes the people of a roster, and what they owe."""

from __future__ import annotations

from typing import Any

from jada_flask.domain.event import Patron
from jada_flask.domain.ledger import Account
from jada_flask.domain.money import Money
from jada_flask.domain.payment import moment_of
from jada_flask.web.answers import moment

Body = dict[str, Any]
_NOTHING = Money()


def patron_body(patron: Patron) -> Body:
    """A person, without money."""
    return {
        "patron_id": patron.patron_id,
        "name": patron.name,
        "email": patron.email,
        "phone": patron.phone,
        "minor": patron.minor,
        "host": patron.host,
    }


def account_body(account: Account) -> Body:
    """What is due and paid. Tips and extras are told apart: they clear nothing."""
    due, paid, paid_at = account.due, account.paid, account.paid_at
    fares = paid.get("fare", _NOTHING)
    # A list shows hundreds of these: what is not there is not computed.
    return {
        "payment_cleared": account.cleared,
        "payment_timestamp": None if paid_at is None else moment(moment_of(paid_at)),
        "payment_method": account.method or None,
        "amount_due": None if due is None else due.plain,
        "amount_paid": fares.plain,
        "balance": None if due is None else (due - fares).plain,
        "tips_paid": paid["tip"].plain if "tip" in paid else "0.00",
        "addons_paid": paid["addon"].plain if "addon" in paid else "0.00",
        "damage_paid": paid["damage"].plain if "damage" in paid else "0.00",
        "currency": "USD",
    }
