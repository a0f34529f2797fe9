"""A kind of record: from a value to an item and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from jada_flask.decoding import decoder_of
from jada_flask.ports import Item, Key
from jada_flask.tables import Table

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder()


class Kind(Generic[T]):
    """One kind of value and where it stands.

    The value is packed into one attribute, ``doc``: botocore parses that several times
    faster than a nested map. Beside it stand only the attributes of indexes (`facets`)
    and those that are patched on their own, which the store's `Patch` names. `copied`
    names the event, and the attribute of its header, where lists find the value too.
    """

    def __init__(
        self,
        type_: type[T],
        table: Table,
        *,
        key: Callable[..., Key],
        ids: Callable[[T], tuple[Any, ...]],
        facets: Callable[[T], Item] = lambda value: {},
        copied: Callable[[T], tuple[str, str]] | None = None,
    ) -> None:
        self.type = type_
        self.table = table
        self.key = key
        self.ids = ids
        self.facets = facets
        self.copied = copied

    def key_of(self, value: T) -> Key:
        return self.key(*self.ids(value))

    def item(self, value: T) -> Item:
        """The whole item of a value that is written for the first time."""
        partition, sort = self.key_of(value)
        item: Item = {self.table.partition: partition, self.table.sort: sort}
        item.update(self.facets(value))
        item["doc"] = _ENCODER.encode(value).decode()
        return item

    def value(self, item: Item) -> T:
        return decoder_of(self.type).decode(item["doc"])


def decade(year: int) -> str:
    """The part of the date index in which a year stands: `2020s`."""
    return f"{year // 10 * 10:04}s"


def milliseconds(moment: datetime) -> int:
    """Epoch milliseconds of an aware moment."""
    return round(moment.timestamp() * 1000)
