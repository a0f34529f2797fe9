"""Writes of the API: tried again when somebody else was faster.

Answered once per key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Generic, TypeVar

from flask import Response

from jada_flask.domain.errors import Fault, InvalidError
from jada_flask.ports import MissingOrAtMost, Operation, Put
from jada_flask.records.jobs import Remembered, remembered_kind
from jada_flask.unit_of_work import UnitOfWork, retried
from jada_flask.web.access import caller
from jada_flask.web.answers import json_bytes, ready
from jada_flask.web.context import asked, begin, now

T = TypeVar("T")
Body = dict[str, Any]
_KEPT = timedelta(days=8)
_LONGEST_KEY = 200


def written(
    act: Callable[[UnitOfWork], T], show: Callable[[T], tuple[Body, int]]
) -> Response:
    """Carry out one write and answer with what it brought.

    With an `Idempotency-Key` the answer is kept in the same transaction as the write:
    the same key and body gives the first answer again, another body is refused.
    """
    key = _key()

    def once(work: UnitOfWork) -> Response:
        if key and (first := _first_answer(work, key)):
            return first
        shown = _Shown(show)
        if key:
            work.keep_answer = partial(_keeping, work, key, shown)
        return ready(*shown(act(work)))

    return retried(begin, once)


def attempted(act: Callable[[UnitOfWork], T]) -> T:
    """Carry out one write of a page, again while somebody else is faster."""
    return retried(begin, act)


def _key() -> str:
    """The request's idempotency key, hashed; empty where it has none."""
    key: str = asked().environ.get("HTTP_IDEMPOTENCY_KEY", "")
    if len(key) > _LONGEST_KEY:
        raise InvalidError(
            Fault("Idempotency-Key", f"At most {_LONGEST_KEY} characters.")
        )
    return hashlib.sha256(key.encode()).hexdigest() if key else ""


def _request_hash() -> str:
    here = asked()
    words = here.method.encode(), here.full_path.encode(), here.get_data(cache=True)
    return hashlib.sha256(b"\0".join(words)).hexdigest()


def _first_answer(work: UnitOfWork, key: str) -> Response | None:
    kind = remembered_kind(work.opening.home)
    kept = work.get(kind, caller().principal, key)
    if kept is None or kept.until <= now():
        return None
    if kept.request_hash != _request_hash():
        raise InvalidError(
            Fault(
                "Idempotency-Key",
                "This key came with another request before; draw a new one.",
            )
        )
    return ready(kept.body, kept.status, {"Idempotent-Replayed": "true"})


class _Shown(Generic[T]):
    """What a result looks like; worked out once, though it is kept and answered.

    A service that tries again within one request keeps the answer of each try.
    """

    def __init__(self, show: Callable[[T], tuple[Body, int]]) -> None:
        self._show = show
        self._result: T | None = None
        self._shown: tuple[bytes, int] | None = None

    def __call__(self, result: T) -> tuple[bytes, int]:
        if self._shown is None or self._result is not result:
            body, status = self._show(result)
            self._result, self._shown = result, (json_bytes(body), status)
        return self._shown


def _keeping(work: UnitOfWork, key: str, shown: _Shown[T], result: T) -> Operation:
    """The write that keeps the answer, unless another request with this key has."""
    body, status = shown(result)
    at = now()
    kept = Remembered(
        caller().principal, key, _request_hash(), status, body.decode(), at + _KEPT
    )
    kind = remembered_kind(work.opening.home)
    # The store may delete what has expired days later, so the condition looks at it
    # too.
    expired = MissingOrAtMost("expires", int(at.timestamp()))
    return Put(kind.table, kind.item(kept), (expired,))
