"""On one machine no cache stands in front of the guest pages."""

from __future__ import annotations


class NoEdge:
    """`Edge` where there is none: what was saved is what is served."""

    def invalidate(self, paths: tuple[str, ...]) -> None:
        """Nothing was kept, so there is nothing to forget."""
