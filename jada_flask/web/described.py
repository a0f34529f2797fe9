"""What each call of the API is, for its description of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Description:
    """One call: a summary, the schema of its body, what it answers with."""

    summary: str
    body: type | None = None
    answers: Mapping[int, str] = field(default_factory=dict)
    query: tuple[str, ...] = ()


def described(
    summary: str,
    *,
    answers: Mapping[int, str],
    body: type | None = None,
    query: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Note what a view is; `jada_flask.web.openapi` writes it down."""

    def note(view: View) -> View:
        view.description = Description(summary, body, answers, query)  # type: ignore[attr-defined]
        return view

    return note
