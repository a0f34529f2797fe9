"""`make bench`: every figure, or those that are named; 1 when a bar is missed."""

from __future__ import annotations

import os
import sys
from types import ModuleType

from benchmarks import (
    bookings,
    cold_start,
    dynamo,
    imports,
    payments,
    side_effects,
    upcoming,
    warm_get,
)

# Each has `measure`, which returns its figures; a new one is added here.
MODULES: tuple[ModuleType, ...] = (
    imports,
    cold_start,
    dynamo,
    side_effects,
    upcoming,
    warm_get,
    bookings,
    payments,
)


def main(names: list[str]) -> int:
    known = {module.__name__.rpartition(".")[2]: module for module in MODULES}
    if unknown := set(names) - known.keys():
        print(f"no such figure: {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    print(f"Python {sys.version.split()[0]}, {_machine()}", flush=True)
    passed = True
    for name in names or known:
        for figure in known[name].measure():
            print(figure, flush=True)
            passed &= figure.passed
    return 0 if passed else 1


def _machine() -> str:
    """How many processors, and how many programs wanted one in the last minute."""
    return f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
