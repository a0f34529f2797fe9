"""Mails by SES."""

from __future__ import annotations

from typing import Any

from jada_flask.adapters.aws.clients import Client, code_of
from jada_flask.adapters.mime import message_bytes
from jada_flask.domain.errors import DeliveryError
from jada_flask.domain.mail import Mail
from jada_flask.domain.returned_mail import EVENT_TAG
from jada_flask.ports import Clock

# Trying again changes nothing about these; somebody has to.
_PERMANENT = {
    "AccountSuspendedException",
    "BadRequestException",
    "MailFromDomainNotVerifiedException",
    "MessageRejected",
    "NotFoundException",
    "AccessDeniedException",
}


class SesMailer:
    """`Mailer` that hands SES the whole message, so that its headers are ours.

    SES delivers at least once: a lost answer is tried again, and `X-Jada-Key` then
    tells the two copies to be one.
    """

    def __init__(
        self,
        client: Client,
        clock: Clock,
        sender: str,
        *,
        sender_name: str = "",
        configuration_set: str = "",
    ) -> None:
        self._client = client
        self._clock = clock
        self._sender = sender
        self._sender_name = sender_name
        self._set = {"ConfigurationSetName": configuration_set}

    def send(self, mail: Mail, *, key: str) -> None:
        """Send it. Raises `DeliveryError`."""
        from botocore.exceptions import BotoCoreError, ClientError

        raw = message_bytes(
            mail,
            sender=self._sender,
            sender_name=self._sender_name,
            headers={"X-Jada-Key": key},
            date=self._clock.now(),
        )
        request: dict[str, Any] = {
            "FromEmailAddress": self._sender,
            "Destination": {"ToAddresses": [mail.to]},
            "Content": {"Raw": {"Data": raw}},
        }
        if self._set["ConfigurationSetName"]:
            request |= self._set
        if mail.event_id:
            request["EmailTags"] = [{"Name": EVENT_TAG, "Value": mail.event_id}]
        try:
            self._client().send_email(**request)
        except ClientError as error:
            code = code_of(error)
            permanent = code in _PERMANENT
            raise DeliveryError(f"SES refused: {code}.", permanent=permanent) from error
        except BotoCoreError as error:
            words = f"SES was out of reach: {type(error).__name__}."
            raise DeliveryError(words) from error
