"""What this application needs from outside, said without naming who provides it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

from jada_flask.domain.errors import ConflictError
from jada_flask.domain.mail import Mail
from jada_flask.tables import Table

# str, whole numbers, booleans, None, lists and maps of these. No floats: money is
# cents.
Item = dict[str, Any]
Key = tuple[str, str | int]


@dataclass(frozen=True, slots=True)
class Equals:
    """The attribute is there and has this value."""

    name: str
    value: str | int | bool


@dataclass(frozen=True, slots=True)
class Missing:
    """The attribute is not there; without a name: there is no such item."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """The attribute is there; without a name: there is such an item."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class MissingOrAtMost:
    """The attribute is not there, or is a number that is not above the limit."""

    name: str
    limit: int


@dataclass(frozen=True, slots=True)
class MissingOrOutside:
    """The attribute is not there, or is a number <= `low` or >= `high`."""

    name: str
    low: int
    high: int


Condition = Equals | Missing | Present | MissingOrAtMost | MissingOrOutside
NEW: tuple[Condition, ...] = (Missing(),)  # of what must not be there yet


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole item, in place of what was there."""

    table: Table
    item: Item
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """Change single attributes of the item.

    Without a condition it is made if missing.
    """

    table: Table
    key: Key
    set: Mapping[str, Any] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    add: Mapping[str, int] = field(default_factory=dict)
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """Take the item away; nothing happens where there is none and no condition asks."""

    table: Table
    key: Key
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, but let the others be written only if this holds."""

    table: Table
    key: Key
    when: tuple[Condition, ...]


Operation = Put | Patch | Delete | Check


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the items of a query.

    `after` is where to go on, None exactly at the end.
    """

    items: list[Item]
    after: Item | None


class ConditionError(ConflictError):
    """A condition did not hold; nothing was written.

    `position` says which of the operations it was, `item` what stood in its way.
    """

    def __init__(self, position: int, item: Item | None) -> None:
        super().__init__("Somebody else has just changed this. Look again and repeat.")
        self.position = position
        self.item = item


class Store(Protocol):
    """Tables of items. Two engines keep the same promises.

    Values and keys that one engine would refuse are refused for all with `ValueError`:
    floats, empty keys, keys of the wrong type, items over 400 kB, numbers over 38
    digits, no or more than 100 operations, one item twice in one write, a cursor of
    another query.
    """

    def get(self, table: Table, partition: str, sort: str | int) -> Item | None:
        """The item as of now (strongly consistent)."""

    def get_many(self, *wanted: tuple[Table, Key]) -> list[Item | None]:
        """Several items in the order asked for, in one request.

        Each is as `get` gives it; together they need not be of the same moment.
        """

    def query(
        self,
        table: Table,
        partition: str,
        *,
        index: str | None = None,
        prefix: str | None = None,
        lo: str | int | None = None,
        hi: str | int | None = None,
        limit: int = 50,
        after: Item | None = None,
        descending: bool = False,
    ) -> Page:
        """The items of one partition by sort key, from `lo` to `hi` (both included)."""

    def write(self, *operations: Operation) -> None:
        """All of them or none.

        Raises `ConditionError` when a condition does not hold, `BusyError` when
        contention or a fault kept it from being tried; both mean that nothing was
        written.
        """

    def lane(self, name: str) -> AbstractContextManager[None]:
        """Keep others who ask for the same name waiting meanwhile, where that can be.

        Right it is without: this keeps them from refusing each other again and again.
        So nobody waits for long, and each goes on in the end.
        """

    def everything(self, table: Table) -> Iterator[Item]:
        """Every item of a table, for exports; never for a page."""

    def purge(self, now: int) -> int:
        """Take away what has expired at `now`, in epoch seconds; how many items."""

    def close(self) -> None:
        """Let go of files and connections."""


class Saved(Enum):
    """What became of a file that was to be kept."""

    NEW = "new"  # there was none before
    REPLACED = "replaced"  # there may have been one before
    OUTDATED = "outdated"  # nothing was kept: a newer revision is there


class Files(Protocol):
    """Published pages and stored documents, by key such as ``g/<slug>/index.html``."""

    def save(
        self,
        key: str,
        content: bytes,
        *,
        content_type: str,
        revision: int | None = None,
    ) -> Saved:
        """Keep the content, unless a newer revision is there.

        No two revisions may have the same content: a bucket tells by the content alone
        whether another came between.
        """

    def read(self, key: str) -> bytes:
        """The content; raise `NotFoundError` when there is none."""

    def delete(self, key: str) -> None:
        """Take it away; nothing happens when there is none."""


@dataclass(frozen=True, slots=True)
class UploadForm:
    """What a browser posts, for a short while, to put one file into storage by itself.

    The file goes into a field `file` behind all of `fields`.
    """

    url: str
    fields: Mapping[str, str]
    key: str
    expires_at: datetime


class Photos(Files, Protocol):
    """What guests hand in and look at, by addresses that are signed and soon expire.

    A signature is never kept: it ends with the rights of whoever made it.
    """

    def upload_form(self, key: str, *, content_type: str, size: int) -> UploadForm:
        """A form for this key and type alone, and for `size` bytes at most.

        `ValueError` for a key that is not ``incoming/<slug>/<random>``, and for a size
        that no photo has.
        """

    def signed_url(self, key: str) -> str:
        """Where a photo can be looked at for a quarter of an hour."""


class Mailer(Protocol):
    """Mails to crew, patrons and staff."""

    def send(self, mail: Mail, *, key: str) -> None:
        """Send it; one whose key went out before is not sent twice if that can be.

        Raises `DeliveryError`.
        """


class Notes(Protocol):
    """What a delivery remembers between its tries, kept with the message."""

    def get(self, name: str) -> str | None:
        """What was noted, as of now."""

    def note(self, name: str, value: str) -> str:
        """Keep a value unless one is there.

        Return the one that stands (compare-and-set).
        """


class AuditMailer(Protocol):
    """The inbox that keeps a mail of every payment."""

    def send(self, mail: Mail, *, key: str, thread: str, notes: Notes) -> None:
        """Send it exactly once per key; mails of one thread stand together.

        Raises `DeliveryError`.
        """

    def health(self) -> str:
        """Whether it is awake, in a sentence; else `DeliveryError` with what to do."""


class OperatorSummary(Protocol):
    """Where the operator reads about each booking."""

    def send(self, payload: Mapping[str, Any], *, key: str) -> None:
        """Hand over one revision of a booking; the same key again adds nothing.

        Raises `DeliveryError`.
        """

    def health(self) -> str:
        """Whether it is awake, in a sentence; else `DeliveryError` with what to do."""


@dataclass(frozen=True, slots=True)
class InboxMail:
    """A mail that lies in an inbox: its id there, and what a person may call it."""

    mail_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What is new since a cursor, oldest first, and the cursor after all of it."""

    mails: tuple[InboxMail, ...]
    cursor: str


class Inbox(Protocol):
    """Where booking mails arrive. It is only read; what was taken, we remember."""

    name: str  # a cursor and an id are good for the inbox of this name alone
    checked_by: str  # whose word on senders counts; empty where no stranger can write

    def new_mails(self, cursor: str) -> Batch:
        """What arrived since the cursor; without one, or if it is too old, lately.

        A mail may be named more than once. Raises `DeliveryError`.
        """

    def read(self, mail_id: str) -> bytes:
        """The whole mail.

        Raises `NotFoundError` where it is no longer there, `UnreadableError` where it
        is longer than any booking, `DeliveryError`.
        """

    def done(self, mail_id: str) -> None:
        """It was dealt with; what is only read does nothing about it."""

    def health(self) -> str:
        """Whether it is awake, in a sentence; else `DeliveryError` with what to do."""


class Edge(Protocol):
    """The cache in front of the guest pages."""

    def invalidate(self, paths: tuple[str, ...]) -> None:
        """Forget these addresses. Raises `DeliveryError`."""


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""


@dataclass(frozen=True, slots=True)
class Ports:
    """One adapter for each port, as `wiring.build_ports` chose them."""

    store: Store  # the office's opening: every table
    public_store: Store  # what crew and guests reach: no table of money
    files: Files
    photos: Photos
    mailer: Mailer
    audit_mailer: AuditMailer
    summary: OperatorSummary
    edge: Edge
    clock: Clock
    inbox: Inbox | None = None  # None: no booking mails are fetched
    nudge: Callable[[], None] = lambda: (
        None
    )  # something is due: have the outbox drained
