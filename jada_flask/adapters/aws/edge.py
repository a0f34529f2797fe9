"""The cache of CloudFront."""

from __future__ import annotations

from uuid import uuid4

from jada_flask.adapters.aws.clients import Client, code_of
from jada_flask.domain.errors import DeliveryError


class CloudFrontEdge:
    """`Edge` of one distribution."""

    def __init__(self, client: Client, distribution_id: str) -> None:
        self._client = client
        self._distribution_id = distribution_id

    def invalidate(self, paths: tuple[str, ...]) -> None:
        """Forget these addresses, all with one request. Raises `DeliveryError`."""
        from botocore.exceptions import BotoCoreError, ClientError

        items = sorted(set(paths))
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
