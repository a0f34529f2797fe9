"""The rates of the house: for the office only."""

from __future__ import annotations

from jada_flask.domain.rates import House
from jada_flask.house.rates import default_rates
from jada_flask.records.money import RATES
from jada_flask.records.operations import OPERATIONS
from jada_flask.services.house import operations
from jada_flask.unit_of_work import UnitOfWork


def house(work: UnitOfWork) -> House:
    """Both halves of the house data, read together and once."""
    work.ahead((OPERATIONS,), (RATES,))
    return House(operations(work), work.get(RATES) or default_rates())
