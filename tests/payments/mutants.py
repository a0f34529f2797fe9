"""Stores that break one promise each, so that the log on them goes wrong.

A model of the log that does not notice them is blind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from jada_flask.ports import (
    Condition,
    ConditionError,
    Delete,
    Equals,
    Missing,
    MissingOrAtMost,
    MissingOrOutside,
    Operation,
    Put,
)
from jada_flask.tables import FINANCE, PAYMENTS
from tests.contracts.reference import ReferenceStore


class QuickStore(ReferenceStore):
    """The reference, with a gap before a write into which another writer can step."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], object] | None = None

    def write(self, *operations: Operation) -> None:
        step, self.meanwhile = self.meanwhile, None
        if step:
            step()
        self.carry_out(operations)

    def purge(self, now: int) -> int:
        """Nothing expires here."""
        return 0

    def carry_out(self, operations: tuple[Operation, ...]) -> None:
        before = dict(self.items)  # an item is never changed where it lies
        try:
            for position, operation in enumerate(operations):
                self.take(position, operation)
        except (ConditionError, ValueError):
            self.restore(before)
            raise


class NoTransaction(QuickStore):
    """What was written before a condition failed stays written."""

    def restore(self, before: object) -> None:
        """Nothing is taken back."""


class EntryFirst(QuickStore):
    """The entry is written first, and the guard is asked after it."""

    def carry_out(self, operations: tuple[Operation, ...]) -> None:
        guards = tuple(one for one in operations if is_guard(one))
        super().carry_out(tuple(one for one in operations if one not in guards))
        if guards:
            super().carry_out(guards)


class Guarded(QuickStore):
    """Guards that are written otherwise."""

    def carry_out(self, operations: tuple[Operation, ...]) -> None:
        made = (self.guard(one) if is_guard(one) else one for one in operations)
        super().carry_out(tuple(made))

    def guard(self, operation: Operation) -> Operation:
        if not isinstance(operation, Put) or not operation.when:
            return operation
        return replace(operation, when=tuple(map(self.condition, operation.when)))

    def condition(self, condition: Condition) -> Condition:
        if isinstance(condition, MissingOrOutside):
            return self.window(condition)
        return condition

    def window(self, condition: MissingOrOutside) -> Condition:
        raise NotImplementedError


class ClockBackIgnored(Guarded):
    """A guard that lies in the future locks everybody out until then."""

    def window(self, condition: MissingOrOutside) -> Condition:
        return MissingOrAtMost(condition.name, condition.low)


class WindowTooLong(Guarded):
    """Sixty seconds are not yet sixty seconds."""

    def window(self, condition: MissingOrOutside) -> Condition:
        return replace(condition, low=condition.low - 1)


class WindowTooShort(Guarded):
    """A millisecond less than sixty seconds is enough."""

    def window(self, condition: MissingOrOutside) -> Condition:
        return replace(condition, low=condition.low + 1)


class BackWindowTooShort(Guarded):
    """A clock that steps back by less than a minute makes a second payment."""

    def window(self, condition: MissingOrOutside) -> Condition:
        return replace(condition, high=condition.high - 1)


class MinuteBuckets(Guarded):
    """The same payment is the same within one minute of the clock."""

    def guard(self, operation: Operation) -> Operation:
        if not isinstance(operation, Put) or not operation.when:
            return operation
        minute = operation.item["last_at"] // 60_000
        item = operation.item | {"sk": f"{operation.item['sk']}#{minute}"}
        return replace(operation, item=item, when=(Missing(),))


class NoGuard(Guarded):
    """Nobody asks."""

    def guard(self, operation: Operation) -> Operation:
        return replace(operation, when=()) if isinstance(operation, Put) else operation


class VoidKeepsGuard(QuickStore):
    """A voided entry stands in the way of what should take its place."""

    def carry_out(self, operations: tuple[Operation, ...]) -> None:
        kept = (one for one in operations if not isinstance(one, Delete))
        super().carry_out(tuple(kept))


class StaleLedger(QuickStore):
    """Who comes second writes the ledger as if nobody had been there."""

    def carry_out(self, operations: tuple[Operation, ...]) -> None:
        made = (
            replace(one, when=()) if self.is_next_ledger(one) else one
            for one in operations
        )
        super().carry_out(tuple(made))

    def is_next_ledger(self, operation: Operation) -> bool:
        return (
            isinstance(operation, Put)
            and operation.table is FINANCE
            and any(isinstance(one, Equals | Missing) for one in operation.when)
        )


class LostMail(QuickStore):
    """A batch tells the audit inbox of its first entry alone."""

    def carry_out(self, operations: tuple[Operation, ...]) -> None:
        entries = [one for one in operations if one.table is PAYMENTS]
        audits = [one for one in operations if is_audit(one)]
        kept = [one for one in operations if len(entries) < 2 or one not in audits[1:]]
        super().carry_out(tuple(kept))


def is_guard(operation: Operation) -> bool:
    return (
        isinstance(operation, Put)
        and operation.table is FINANCE
        and str(operation.item["sk"]).startswith("GUARD#")
    )


def is_audit(operation: Operation) -> bool:
    return isinstance(operation, Put) and "payment_audit" in str(
        operation.item.get("sk")
    )


MUTANTS: tuple[type[QuickStore], ...] = (
    NoTransaction,
    EntryFirst,
    ClockBackIgnored,
    WindowTooLong,
    WindowTooShort,
    BackWindowTooShort,
    MinuteBuckets,
    NoGuard,
    VoidKeepsGuard,
    StaleLedger,
    LostMail,
)
