"""A process that logs payments as soon as it is told to: `python -m … FILE WHO WAY`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jada_flask.adapters.local.sqlite import SqliteStore
from tests.payments.desk import Desk


def main() -> None:
    """Log one payment that all log, and a few of its own."""
    store = SqliteStore(Path(sys.argv[1]))
    desk, patron_id, own = Desk(store), sys.argv[2], int(sys.argv[3])
    print("ready", flush=True)
    sys.stdin.readline()
    logged = [desk.log(patron_id)]
    logged += [desk.log(patron_id, f"{own}.{cents:02}") for cents in range(4)]
    print(json.dumps([[one.entry.payment_id, one.duplicate] for one in logged]))
    store.close()


if __name__ == "__main__":
    main()
