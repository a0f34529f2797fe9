"""What a request stands on.

The parts of the application, the time, the unit of work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Protocol

from flask import Request, request
from flask.ctx import AppContext
from flask.globals import app_ctx

from jada_flask.config import Config
from jada_flask.links import Links
from jada_flask.ports import Ports
from jada_flask.unit_of_work import Opening, UnitOfWork

# Whoever is not named here gets the opening that holds no money.
_OFFICE = frozenset(
    {"dispatch", "dispatch_api", "payments", "payments_api", "admin", "dev"}
)


class Mailbox(Protocol):
    """The mails that left this machine, where it keeps them itself."""

    def letters(self, limit: int = 50, after: str | None = None) -> list[Any]: ...

    def letter(self, name: str) -> Any: ...


class Desk(Protocol):
    """Where signed forms and addresses of photos lead, on a machine that keeps them."""

    def receive(self, content_type: str, body: IO[bytes]) -> tuple[int, str]: ...

    def shown(
        self, key: str, asked: Mapping[str, str]
    ) -> tuple[bytes, Mapping[str, str]]: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What the composition root put together."""

    config: Config
    ports: Ports
    office: Opening
    public: Opening
    mailbox: Mailbox | None = None
    desk: Desk | None = None


# The request itself, and the application's context: behind Flask's proxies each word of
# them costs a look-up.
asked: Callable[[], Request] = request._get_current_object  # type: ignore[attr-defined]
context: Callable[[], AppContext] = app_ctx._get_current_object  # type: ignore[attr-defined]


def parts() -> Parts:
    found: Parts = context().app.extensions["jada"]
    return found


def begin() -> UnitOfWork:
    """A fresh unit of work on the opening that this page may use."""
    kept = parts()
    return UnitOfWork(kept.office if asked().blueprint in _OFFICE else kept.public)


def begin_sign_in() -> UnitOfWork:
    """A unit of work on the sessions of staff.

    Which only the office's opening reaches.
    """
    return UnitOfWork(parts().office)


def now() -> datetime:
    """This moment; the same throughout one request."""
    kept = context().g
    moment: datetime | None = kept.get("now")
    if moment is None:
        moment = kept.now = parts().ports.clock.now()
    return moment


def links() -> Links:
    return parts().office.links


def config() -> Config:
    return parts().config
