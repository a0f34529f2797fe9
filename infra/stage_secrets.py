"""The secrets of a stage in SSM: made up or asked for once, and never overwritten."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe

from infra.aws import Aws, DeployError
from infra.stages import Stage
from infra.talk import Talk
from jada_flask import config
from jada_flask.domain.errors import JadaError
from jada_flask.hashes import hash_password, hash_token

_TOKENS = {
    "SERVICE_KEY_HASH": "X-Service-Key",
    "DASHBOARD_TOKEN_HASH": "X-Dashboard-Token",
}
# What nobody has to remember; the last one the office's Apps Script has to know.
MADE_UP = (*_TOKENS, "SECRET_KEY", "JADA_ORIGIN_SECRET", "GAS_SHARED_SECRET")
_LONGEST = 8192  # of a parameter, the large kind


def needed(who: str) -> tuple[str, ...]:
    """What a function does not start without."""
    return config.SECRETS if who == "dispatch" else config.PUBLIC_SECRETS


class Secrets:
    """What each of the two functions finds at its start."""

    def __init__(self, aws: Aws, stage: Stage) -> None:
        self._ssm = aws("ssm")
        self._path = stage.path
        self._who = [function.who for function in stage.functions]

    def missing(self) -> list[str]:
        """Names that a function needs and nobody has, in the order of asking."""
        return _missing(self._there())

    def newest_origin_secret(self) -> str:
        """The one that CloudFront is to send: the first, while two are good."""
        there = self._there()
        kept = there[self._who[0]].get("JADA_ORIGIN_SECRET", "")
        return kept.split(",")[0].strip()

    def changed(self, who: str) -> datetime | None:
        """When a secret of this function was last changed."""
        pages = self._ssm.get_paginator("get_parameters_by_path")
        moments = [
            found["LastModifiedDate"]
            for page in pages.paginate(Path=f"{self._path}/{who}")
            for found in page["Parameters"]
        ]
        return max(moments, default=None)

    def complete(self, talk: Talk) -> None:
        """Make up or ask for what is missing; the same for both functions.

        What one of them has already the other gets. Raises `DeployError` where an
        answer is missing or is not what it should be; then nothing was kept.
        """
        there = self._there()
        new = {
            name: _found(name, there) or _new(name, talk) for name in _missing(there)
        }
        for name, (value, told) in new.items():
            for who in self._who:
                if name in needed(who) and name not in there[who]:
                    self._keep(f"{self._path}/{who}/{name}", value)
            if told:
                talk.reveal(told)

    def _there(self) -> Mapping[str, dict[str, str]]:
        pages = self._ssm.get_paginator("get_parameters_by_path")
        return {
            who: {
                found["Name"].rpartition("/")[2]: found["Value"]
                for page in pages.paginate(
                    Path=f"{self._path}/{who}", WithDecryption=True
                )
                for found in page["Parameters"]
            }
            for who in self._who
        }

    def _keep(self, name: str, value: str) -> None:
        self._ssm.put_parameter(
            Name=name,
            Value=value,
            Type="SecureString",
            Tier="Intelligent-Tiering",
            Overwrite=False,
        )


def _missing(there: Mapping[str, dict[str, str]]) -> list[str]:
    return [
        name
        for name in config.SECRETS
        if any(name in needed(who) and name not in kept for who, kept in there.items())
    ]


def _found(name: str, there: Mapping[str, dict[str, str]]) -> tuple[str, str] | None:
    return next(((kept[name], "") for kept in there.values() if name in kept), None)


def _new(name: str, talk: Talk) -> tuple[str, str]:
    """A value, and what is shown of it, once."""
    if name in _TOKENS:
        token = token_urlsafe(32)
        return hash_token(token), f"{_TOKENS[name]}: {token}"
    if name in MADE_UP:
        value = token_urlsafe(48)
        shown = name == "GAS_SHARED_SECRET"
        return value, f"{name}, for the Apps Script: {value}" if shown else ""
    if name == "ADMIN_PASS_HASH":
        return _password(talk)
    return _gmail_key(talk), ""


def _password(talk: Talk) -> tuple[str, str]:
    given = talk.ask_hidden("The office's password (empty: one is made up):")
    password = given or token_urlsafe(15)
    try:
        hashed = hash_password(password)
    except JadaError as error:
        raise DeployError(f"ADMIN_PASS_HASH: {error}") from None
    return hashed, "" if given else f"The office's password: {password}"


def _gmail_key(talk: Talk) -> str:
    """The service account's key: Google's file, or its content in base64."""
    name = "GMAIL_SERVICE_ACCOUNT_KEY"
    given = talk.ask_hidden(f"{name}: the path of Google's JSON file, or its base64:")
    if not given:
        raise DeployError(f"{name}: missing; docs/gmail.md says where it comes from.")
    try:
        if given.endswith(".json"):
            content = Path(given).expanduser().read_bytes()
        else:
            content = base64.b64decode("".join(given.split()), validate=True)
        key = json.loads(content)["private_key"]
    except (OSError, ValueError, KeyError, TypeError):
        raise DeployError(f"{name}: this is no key of a service account.") from None
    encoded = base64.b64encode(content).decode()
    if "PRIVATE KEY" not in key or len(encoded) > _LONGEST:
        raise DeployError(f"{name}: this is no key of a service account.")
    return encoded
