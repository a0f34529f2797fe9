"""What importing the application loads and how long it takes."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

from benchmarks.figure import Figure

_ROUNDS = 7
_HEAVY = ("boto3", "botocore", "google", "googleapiclient", "icalendar", "astral")
_PROGRAM = """
import json, sys, time
begun = time.perf_counter()
import jada_flask.app
took = time.perf_counter() - begun
print(json.dumps([took, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def measure() -> list[Figure]:
    """Packages that only their user should pay for, among those that are loaded."""
    times, loaded = [], set()
    for _ in range(_ROUNDS):
        took, names = json.loads(
            subprocess.check_output([sys.executable, "-c", _PROGRAM])
        )
        times.append(took * 1000)
        loaded |= set(names) & set(_HEAVY)
    found = ", ".join(sorted(loaded)) or "none"
    facts = (
        f"looked for {', '.join(_HEAVY)}; found {found}",
        f"`import jada_flask.app`: {median(times):.0f} ms "
        f"({min(times):.0f} to {max(times):.0f})",
    )
    counts = [float(len(loaded))]
    return [Figure("heavy packages loaded by the import", counts, 0.0, facts=facts)]
