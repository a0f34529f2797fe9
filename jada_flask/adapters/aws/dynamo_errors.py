"""What DynamoDB and botocore say when it did not work, in the words of the port."""

from __future__ import annotations

from typing import Any

from jada_flask.adapters.aws.dynamo_values import plain_item
from jada_flask.domain.errors import (
    BusyError,
    ConfigError,
    JadaError,
    UnansweredError,
)
from jada_flask.ports import ConditionError

BUSY = "The store is busy. Please try again."

# Certain to have changed nothing: others were there first, or too much was asked.
_PASSING = {
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
}
_PASSING_REASONS = {
    "None",
    "ProvisionedThroughputExceeded",
    "ThrottlingError",
    "TransactionConflict",
}
_MISCONFIGURED = {
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "ResourceNotFoundException",
    "UnrecognizedClientException",
}


class Refusal:
    """One answer that is not a success."""

    def __init__(self, response: dict[str, Any]) -> None:
        self.code: str = response["Error"]["Code"]
        self._message: str = response["Error"].get("Message", "")
        reasons = response.get("CancellationReasons")
        self._reasons: list[dict[str, Any]] = reasons or []

    def passes(self) -> bool:
        """Whether it is worth another try: nothing but contention stood in the way."""
        if self.code == "TransactionCanceledException":
            return all(reason["Code"] in _PASSING_REASONS for reason in self._reasons)
        return self.code in _PASSING

    def is_called_off(self) -> bool:
        """Whether the transaction was looked at and not carried out."""
        return self.code == "TransactionCanceledException"

    def is_pending(self) -> bool:
        """Whether an earlier try with the same token is still at work."""
        return self.code == "TransactionInProgressException"

    def error(self, *, writes: bool) -> Exception:
        """What to raise for it."""
        if self.is_pending():
            return no_answer(writes=writes)
        if self.passes():
            return BusyError(BUSY)
        if self.code == "TransactionCanceledException":
            return self._cancellation()
        if self.code == "ValidationException":
            return ValueError(self._message)
        if self.code == "AccessDeniedException":
            return PermissionError(self._message)
        if self.code in _MISCONFIGURED:
            return ConfigError(f"The store cannot be reached: {self._message}")
        return no_answer(writes=writes)

    def _cancellation(self) -> Exception:
        position, reason = next(
            (position, reason)
            for position, reason in enumerate(self._reasons)
            if reason["Code"] not in _PASSING_REASONS
        )
        if reason["Code"] == "ConditionalCheckFailed":
            item = reason.get("Item")
            return ConditionError(position, plain_item(item) if item else None)
        if reason["Code"] == "AccessDenied":
            return PermissionError(reason.get("Message", ""))
        return ValueError(f"operation {position}: {reason.get('Message')}")


class PassingError(Exception):
    """Nothing but contention stood in the way."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def no_answer(*, writes: bool) -> JadaError:
    """What to raise when nothing came back, or nothing that says what happened."""
    if writes:
        return UnansweredError(
            "The store did not answer in time. Please look whether this was saved"
            " before you repeat it."
        )
    return BusyError(BUSY)
