"""What an installation does not have."""

from __future__ import annotations

from typing import NoReturn


class Absent:
    """Stands where a part would be; whoever asks anything of it is refused.

    A part that quietly did nothing would hide that somebody reached it.
    """

    def __getattr__(self, name: str) -> NoReturn:
        raise PermissionError(f"there is no part here that could {name}")
