"""What Zappa loads before it packs by itself. So it imports nothing."""

from __future__ import annotations


def refuse() -> None:
    """What Zappa runs before it packs by itself, with everything that lies around."""
    raise SystemExit(
        "Zappa does not pack this project: `make package STAGE=dev` does, "
        "and `zappa deploy dev --zip FILE` takes what it made."
    )
