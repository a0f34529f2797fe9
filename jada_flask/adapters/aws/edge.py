"""The cache of CloudFront."""

from __future__ import annotations

import time
from threading import Event, Lock
from uuid import uuid4

from jada_flask.adapters.aws.clients import Client, code_of
from jada_flask.domain.errors import DeliveryError

_LINGER = 0.2  # seconds in which others who are at it join


class CloudFrontEdge:
    """`Edge` of one distribution.

    Pages leave the outbox side by side, while CloudFront takes few requests a second:
    whoever asks first waits a moment for the others, and asks for them too.
    """

    def __init__(
        self, client: Client, distribution_id: str, *, linger: float = _LINGER
    ) -> None:
        self._client = client
        self._distribution_id = distribution_id
        self._linger = linger
        self._lock = Lock()
        self._gathering: _Batch | None = None

    def invalidate(self, paths: tuple[str, ...]) -> None:
        """Forget these addresses, all with one request. Raises `DeliveryError`."""
        batch, first = self._join(paths)
        if first:
            self._lead(batch)
        batch.over.wait()
        if batch.failed:
            raise batch.failed

    def _lead(self, batch: _Batch) -> None:
        """Wait for the others, ask once for all, and let them know how it went."""
        try:
            time.sleep(self._linger)
            with self._lock:
                self._gathering = None
            self._ask(batch.paths)
            batch.failed = None
        except DeliveryError as error:
            batch.failed = error
        finally:
            batch.over.set()

    def _join(self, paths: tuple[str, ...]) -> tuple[_Batch, bool]:
        """What is being gathered, with these in it; whether it has just begun."""
        with self._lock:
            first = self._gathering is None
            batch = self._gathering = self._gathering or _Batch()
            batch.paths.update(paths)
        return batch, first

    def _ask(self, paths: set[str]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        items = sorted(paths)
        batch = {
            "Paths": {"Quantity": len(items), "Items": items},
            "CallerReference": uuid4().hex,
        }
        try:
            self._client().create_invalidation(
                DistributionId=self._distribution_id, InvalidationBatch=batch
            )
        except ClientError as error:
            code = code_of(error)
            permanent = code in {"NoSuchDistribution", "AccessDenied"}
            words = f"CloudFront refused: {code}."
            raise DeliveryError(words, permanent=permanent) from error
        except BotoCoreError as error:
            words = f"CloudFront was out of reach: {type(error).__name__}."
            raise DeliveryError(words) from error


class _Batch:
    """Addresses that are asked for together, and how that ended for all of them."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.over = Event()
        self.failed: DeliveryError | None = DeliveryError("CloudFront was not asked.")
