"""Whose AWS this is."""

from __future__ import annotations

from typing import Final

ACCOUNT: Final = "210987654321"  # not the one that moto gives to other tests
REGION: Final = "us-west-2"
