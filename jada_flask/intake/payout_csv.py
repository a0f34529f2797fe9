"""The payout file of Boatsetter: one line for each booking that was paid out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from jada_flask.domain.receipt import Receipt, ReceiptKind
from jada_flask.intake.sheet import Row, Told, no_twins, one_currency, read_each, rows

SOURCE = "boatsetter"
_ID, _TRIP, _PAID = "Booking ID", "Trip Date", "Paid On"
_GROSS, _FEE, _PAYOUT, _CURRENCY = "Gross", "Platform Fee", "Payout", "Currency"
_COLUMNS = (_ID, _TRIP, _GROSS, _FEE, _PAYOUT, _CURRENCY, _PAID)
_NOON = time(12, tzinfo=UTC)  # a day without its hour, the same day in all of the US


def read(raw: bytes) -> Told:
    """What was paid out. A booking that is paid in parts has a line for each day.

    Raises `UnreadableError` or `InvalidError`, and then nothing of it counts.
    """
    found = rows(raw, needed=_COLUMNS)
    one_currency(found, _CURRENCY)
    no_twins(found, _ID, within=(_PAID,))
    return Told(tuple(read_each(found, _receipt)))


def _receipt(row: Row) -> Receipt:
    reference, paid = row.id(_ID), row.day(_PAID)
    return Receipt(
        source=SOURCE,
        source_id=f"{reference}@{paid}",
        kind=ReceiptKind.PAYOUT,
        gross=row.money(_GROSS),
        fee=row.money(_FEE),
        net=row.money(_PAYOUT),
        at=_at(paid),
        currency=row.currency(_CURRENCY),
        references=(reference,),
        metadata={"source_ref": reference, "trip_date": str(row.day(_TRIP))},
    )


def _at(day: date) -> datetime:
    return datetime.combine(day, _NOON)
