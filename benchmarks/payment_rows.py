"""The floor for payments: what each commit writes, by plain sqlite3 alone."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.captured import Commit
from benchmarks.raw import RawFile
from jada_flask.adapters.local.plan import plan_of
from jada_flask.ports import Check, Operation, Patch, Put


class PaymentRows:
    """The commits of payments as statements, each of which can be written once."""

    def __init__(self, path: Path, commits: list[Commit]) -> None:
        self._raw = RawFile(path)
        statements = [[_statement(one) for one in commit] for commit in commits]
        self._commits = iter(statements)

    def rate(self, count: int) -> float:
        """Commits a second, of the next so many payments."""
        return count / self._raw.write(list(islice(self._commits, count)))

    def close(self) -> None:
        self._raw.close()


def _statement(operation: Operation) -> tuple[str, Any]:
    plan = plan_of(operation.table)
    if isinstance(operation, Put):
        partition, sort, packed, *rest = plan.row(operation.item)
        marks = ", ".join("?" * len(plan.columns))
        row = (partition, sort, packed.decode(), *rest)
        # The log takes new rows alone; ledgers and guards are written over.
        verb = "INSERT" if operation.table.append_only else "INSERT OR REPLACE"
        return f"{verb} INTO {plan.name} VALUES ({marks})", row
    if isinstance(operation, Check | Patch):
        return plan.get, operation.key
    raise TypeError(f"a payment does not do this: {operation}")
