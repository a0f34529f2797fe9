"""The service account that acts for a mailbox, and what it is sent to Google for."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from jada_flask.domain.errors import ConfigError

_KEY = "GMAIL_SERVICE_ACCOUNT_KEY"
_TOKEN_HOSTS = ("oauth2.googleapis.com", "accounts.google.com", "www.googleapis.com")
_NEEDED = ("client_email", "private_key", "private_key_id", "token_uri")


@dataclass(frozen=True, slots=True)
class Errand:
    """What Google is asked for: the scope, who names the mailbox, how failures read."""

    scope: str
    mailbox_setting: str
    lost: str  # nobody knows what Google has done
    unreached: str  # Google has done nothing
    refused: str


SENDING = Errand(
    scope="https://www.googleapis.com/auth/gmail.compose",
    mailbox_setting="GMAIL_SENDER",
    lost="Google's answer was lost; the next try finds out whether the mail has left.",
    unreached="Google cannot be reached; the mail has not left.",
    refused="Gmail refused the audit mail.",
)
READING = Errand(
    scope="https://www.googleapis.com/auth/gmail.readonly",
    mailbox_setting="JADA_INTAKE_MAILBOX",
    lost="Google's answer was lost; the next look asks again.",
    unreached="Google cannot be reached; the next look asks again.",
    refused="Gmail refused to show the mails.",
)


@dataclass(frozen=True, slots=True)
class Account:
    """A service account, the mailbox it may act for, and what for."""

    email: str
    subject: str
    info: dict[str, Any] = field(repr=False)
    errand: Errand = SENDING

    @property
    def client_id(self) -> str:
        """What the administrator enters; a shortened key does not hold it."""
        number = self.info.get("client_id")
        return (
            f"client ID {number}"
            if number
            else f"the numeric client ID of {self.email}"
        )


def account_from(
    email: str,
    key_b64: str,
    subject: str,
    *,
    errand: Errand = SENDING,
    any_token_uri: bool = False,
) -> Account:
    """Read the settings; `ConfigError` says what is wrong, and never quotes the key."""
    if "@" not in subject:
        raise ConfigError(
            f"{errand.mailbox_setting}: must be the address of a mailbox."
        )
    if not key_b64.strip():
        raise ConfigError(f"{_KEY}: is empty.")
    content = _decoded(key_b64)
    if content is None:
        raise ConfigError(f"{_KEY}: is not base64 of the service account's JSON key.")
    info = _parsed(content)
    if info is None or info.get("type") != "service_account":
        raise ConfigError(f"{_KEY}: does not hold the JSON key of a service account.")
    missing = [name for name in _NEEDED if not isinstance(info.get(name), str)]
    if missing:
        raise ConfigError(f"{_KEY}: lacks {', '.join(missing)}.")
    if "-----BEGIN PRIVATE KEY-----" not in info["private_key"]:
        raise ConfigError(f"{_KEY}: its private key is cut off; download a new one.")
    if not any_token_uri and not _is_google(info["token_uri"]):
        raise ConfigError(f"{_KEY}: its token_uri is not Google's.")
    _check_who(info["client_email"], email.strip(), subject, errand)
    return Account(email.strip(), subject, info, errand)


def _check_who(holder: str, email: str, subject: str, errand: Errand) -> None:
    if holder != email:
        raise ConfigError(
            f"{_KEY}: is the key of another account than GMAIL_SERVICE_ACCOUNT_EMAIL"
            " names; are two stages mixed up?"
        )
    if subject == email:
        raise ConfigError(
            f"{errand.mailbox_setting}: must be a person's mailbox,"
            " not the service account."
        )


# These two return None rather than raise: the errors of `base64` and `json` hold what
# they could not read, which is the key, and would travel on as the cause of ours.
def _decoded(text: str) -> bytes | None:
    try:
        return b64decode("".join(text.split()), validate=True)
    except (Base64Error, ValueError):
        return None


def _parsed(content: bytes) -> dict[str, Any] | None:
    try:
        info = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return info if isinstance(info, dict) else None


def _is_google(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.netloc in _TOKEN_HOSTS
