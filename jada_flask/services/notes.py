"""What a delivery notes down so that, begun twice, it is still done once."""

from __future__ import annotations

from jada_flask.domain.errors import DeliveryError
from jada_flask.domain.outbox import Message
from jada_flask.ports import (
    NEW,
    ConditionError,
    Key,
    Missing,
    Operation,
    Patch,
    Present,
    Put,
    Store,
)
from jada_flask.records.operations import message_kind
from jada_flask.tables import JOBS, Table

_THREAD = "thread:"


class StoredNotes:
    """`Notes` that stand beside the message in the store.

    A note whose name begins with ``thread:`` belongs to all messages of that thread.
    """

    def __init__(self, store: Store, box: Table, message: Message) -> None:
        self._store = store
        self._box = box
        self._key = message_kind(box).key_of(message)

    def get(self, name: str) -> str | None:
        if name.startswith(_THREAD):
            item = self._store.get(JOBS, *_thread_key(name)) or {}
            return item.get("note")
        item = self._store.get(self._box, *self._key) or {}
        return item.get(f"note:{name}")

    def note(self, name: str, value: str) -> str:
        if name.startswith(_THREAD):
            partition, sort = _thread_key(name)
            item = {"pk": partition, "sk": sort, "note": value}
            return self._first(Put(JOBS, item, NEW), "note", value)
        attribute = f"note:{name}"
        unnoted = (Missing(attribute), Present())
        patch = Patch(self._box, self._key, set={attribute: value}, when=unnoted)
        return self._first(patch, attribute, value)

    def _first(self, write: Operation, attribute: str, value: str) -> str:
        """Write a note unless one is there; the one that then stands.

        Raises `DeliveryError` where the message itself is gone: nothing can be promised
        exactly once without a place to remember it.
        """
        try:
            self._store.write(write)
        except ConditionError as error:
            if error.item is None or attribute not in error.item:
                raise DeliveryError("This message is no longer kept.") from None
            return str(error.item[attribute])
        return value


def _thread_key(name: str) -> Key:
    return f"NOTE#{name}", "#"
