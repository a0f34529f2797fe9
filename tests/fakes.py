"""What real adapters cannot do when asked: fail, crash, wait, stand still."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from jada_flask.domain.errors import DeliveryError
from jada_flask.domain.mail import Mail
from jada_flask.ports import Item, Key, Mailer, Operation, OperatorSummary, Page, Store
from jada_flask.tables import Table

NOON = datetime(2026, 5, 1, 19, tzinfo=UTC)  # at the dock, four weeks before the sample


class SetClock:
    """`Clock` that shows what it was set to."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


class Crash(BaseException):
    """The process ends here; nothing may catch it."""


def crash() -> None:
    raise Crash


@dataclass(slots=True)
class Doom:
    """The n-th call of something, before or after which the process ends.

    What ended stays so: every later call ends as well.
    """

    at: int
    after: bool = False
    end: Callable[[], None] = crash
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def came(self) -> bool:
        return self.calls >= self.at

    def over(self, act: Callable[[], None]) -> None:
        with self.lock:
            self.calls += 1
            if self.calls > self.at or (self.came and not self.after):
                self.end()
            act()
            if self.came:
                self.end()


class DoomedStore:
    """A `Store` whose process ends at one of its writes."""

    def __init__(self, store: Store, doom: Doom) -> None:
        self._store = store
        self._doom = doom

    def get(self, table: Table, partition: str, sort: str | int) -> Item | None:
        return self._store.get(table, partition, sort)

    def get_many(self, *wanted: tuple[Table, Key]) -> list[Item | None]:
        return self._store.get_many(*wanted)

    def query(self, table: Table, partition: str, **how: Any) -> Page:
        return self._store.query(table, partition, **how)

    def write(self, *operations: Operation) -> None:
        self._doom.over(lambda: self._store.write(*operations))

    def lane(self, name: str) -> AbstractContextManager[None]:
        return self._store.lane(name)

    def everything(self, table: Table) -> Iterator[Item]:
        return self._store.everything(table)

    def purge(self, now: int) -> int:
        return self._store.purge(now)

    def close(self) -> None:
        self._store.close()


class BrokenStore(DoomedStore):
    """A `Store` that answers every question with this error."""

    def __init__(self, store: Store, error: Exception) -> None:
        super().__init__(store, Doom(0))
        self._error = error

    def get(self, table: Table, partition: str, sort: str | int) -> Item | None:
        raise self._error

    def query(self, table: Table, partition: str, **how: Any) -> Page:
        raise self._error


class HiccupStore(DoomedStore):
    """A `Store` whose first query fails with this error; it then works as it should."""

    def __init__(self, store: Store, error: Exception) -> None:
        super().__init__(store, Doom(10**9))
        self._error: Exception | None = error

    def query(self, table: Table, partition: str, **how: Any) -> Page:
        error, self._error = self._error, None
        if error:
            raise error
        return super().query(table, partition, **how)


class DoomedMailer:
    """A `Mailer` whose process ends at one of its mails."""

    def __init__(self, mailer: Mailer, doom: Doom) -> None:
        self._mailer = mailer
        self._doom = doom

    def send(self, mail: Mail, *, key: str) -> None:
        self._doom.over(lambda: self._mailer.send(mail, key=key))


class DoomedSummary:
    """An `OperatorSummary` whose process ends at one of its lines."""

    def __init__(self, summary: OperatorSummary, doom: Doom) -> None:
        self._summary = summary
        self._doom = doom

    def send(self, payload: Mapping[str, Any], *, key: str) -> None:
        self._doom.over(lambda: self._summary.send(payload, key=key))

    def health(self) -> str:
        return self._summary.health()


class FailingMailer:
    """A `Mailer` that sends nothing for so many tries, and then does."""

    def __init__(self, mailer: Mailer, error: Exception, *, tries: int = 10**6) -> None:
        self._mailer = mailer
        self._error = error
        self._left = tries
        self.tried = 0

    def send(self, mail: Mail, *, key: str) -> None:
        self.tried += 1
        if self.tried <= self._left:
            raise self._error
        self._mailer.send(mail, key=key)


REFUSED = DeliveryError("The mail server does not answer.")
REFUSED_FOR_GOOD = DeliveryError("This address does not exist.", permanent=True)
