"""Records of money from outside, in the table Finance. Office only."""

from __future__ import annotations

from dataclasses import dataclass

from jada_flask.domain.reconciliation import PaidOut, PayoutFile, Taken
from jada_flask.ports import Check, Condition, Equals, Item, Missing, Operation, Put
from jada_flask.records.kinds import Kind, decade
from jada_flask.records.operations import HEAD, stamp
from jada_flask.tables import FINANCE

OPEN = "RECEIPT#open"  # the partition of what somebody should look at
DONE = "RECEIPT#"  # and a year: of all the others
FILES = "RECEIPTS#"
LISTED = 20  # files that a page shows


def receipts_key(source: str, root: str) -> str:
    """The partition of a charge and everything that was given back of it."""
    return f"RECEIPT#{source}#{root}"


def _taken_facets(taken: Taken) -> Item:
    receipt = taken.receipt
    return {
        "year": f"{DONE}{decade(receipt.at.year)}" if taken.explained else OPEN,
        "start_id": f"{stamp(receipt.at)}#{receipt.receipt_id}",
        "revision": taken.revision,
    }


TAKEN = Kind(
    Taken,
    FINANCE,
    key=lambda source, root, source_id: (receipts_key(source, root), source_id),
    ids=lambda taken: (
        taken.receipt.source,
        taken.receipt.root,
        taken.receipt.source_id,
    ),
    facets=_taken_facets,
)


def taken_write(taken: Taken) -> Operation:
    """The next revision of it, on condition that nobody else has written one."""
    return Put(FINANCE, TAKEN.item(taken.revised()), (_unchanged(taken),))


def taken_check(taken: Taken) -> Operation:
    """Write nothing, if nobody else has written it."""
    return Check(FINANCE, TAKEN.key_of(taken), (_unchanged(taken),))


def _unchanged(taken: Taken) -> Condition:
    return Equals("revision", taken.revision) if taken.revision else Missing()


PAID_OUT = Kind(
    PaidOut,
    FINANCE,
    key=lambda booking_id: (f"BOOKING#{booking_id}", "PAIDOUT"),
    ids=lambda paid: (paid.booking_id,),
)


def _file_facets(file: PayoutFile) -> Item:
    taken = stamp(file.taken_at)
    return {
        "year": f"{FILES}{decade(file.taken_at.year)}",
        "start_id": f"{taken}#{file.file_id}",
    }


FILE = Kind(
    PayoutFile,
    FINANCE,
    key=lambda file_id: (f"{FILES}{file_id}", HEAD),
    ids=lambda file: (file.file_id,),
    facets=_file_facets,
)


@dataclass(frozen=True, slots=True)
class LastFiles:
    """The ids of the files that were taken last, the newest first."""

    file_ids: tuple[str, ...] = ()

    def having(self, file_id: str) -> LastFiles:
        return LastFiles((file_id, *self.file_ids)[:LISTED])


LAST_FILES = Kind(
    LastFiles, FINANCE, key=lambda: (f"{FILES}last", HEAD), ids=lambda last: ()
)
