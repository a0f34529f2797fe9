"""Every error that this application raises on purpose."""

from __future__ import annotations

from dataclasses import dataclass


class JadaError(Exception):
    """Superclass of them all. Never raised itself; the message is fit to be shown."""


class NotFoundError(JadaError):
    """What was asked for does not exist, or not for whoever asks."""


class ConflictError(JadaError):
    """Somebody else changed the same thing first, or its state does not allow this."""


class BusyError(JadaError):
    """The store did not get to it; nothing was written and trying again is safe."""


class UnansweredError(JadaError):
    """The store did not say, though asked again, whether it wrote."""


class RuleError(JadaError):
    """The house rules do not allow it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input: the field, as it was sent, and why."""

    field: str
    message: str


class InvalidError(RuleError):
    """An input is wrong; `faults` names each field and what to do about it."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(
            " ".join(f"{fault.field}: {fault.message}" for fault in faults)
        )
        self.faults = faults


class UnreadableError(JadaError):
    """An input is not even in the form it claims to have, such as cut-off JSON."""


class ConfigError(JadaError):
    """A setting is missing or wrong; the message names it."""


class DeliveryError(JadaError):
    """A message did not go out.

    `permanent` errors are not tried again; `retry_after` is what the other side asked
    for, in seconds.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
