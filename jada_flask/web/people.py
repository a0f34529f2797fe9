"""How the office's API writes the people of a roster, and what they owe."""

from __future__ import annotations

from typing import Any

from jada_flask.domain.event import Patron
from jada_flask.domain.ledger import Account
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Purpose, moment_of
from jada_flask.web.answers import moment

Body = dict[str, Any]


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
    paid_at = None if account.paid_at is None else moment_of(account.paid_at)
    extras = {
        f"{purpose}s_paid": account.paid.get(purpose, Money()).plain
        for purpose in (Purpose.TIP, Purpose.ADDON)
    }
    return {
        "payment_cleared": account.cleared,
        "payment_timestamp": moment(paid_at),
        "payment_method": account.method or None,
        "amount_due": None if account.due is None else account.due.plain,
        "amount_paid": account.fares.plain,
        "balance": None if account.balance is None else account.balance.plain,
        **extras,
        "damage_paid": account.paid.get(Purpose.DAMAGE, Money()).plain,
        "currency": "USD",
    }
