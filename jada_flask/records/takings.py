"""Records of the takings, in Finance: the payment log by day, for reports."""

from __future__ import annotations

from jada_flask.domain.takings import Taking
from jada_flask.ports import Item
from jada_flask.records.kinds import Kind, decade
from jada_flask.records.operations import HEAD, stamp
from jada_flask.tables import FINANCE

DECADES = "TAKEN#"


def _facets(taking: Taking) -> Item:
    return {
        "year": DECADES + decade(taking.at.year),
        "start_id": f"{stamp(taking.at)}#{taking.payment_id}",
    }


TAKING = Kind(
    Taking,
    FINANCE,
    key=lambda payment_id: (f"TAKING#{payment_id}", HEAD),
    ids=lambda taking: (taking.payment_id,),
    facets=_facets,
)
