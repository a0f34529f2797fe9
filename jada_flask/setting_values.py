"""What a setting may be. A refusal names the setting and keeps its secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from jada_flask.domain.errors import ConfigError, InvalidError
from jada_flask.domain.text import clean_email

_SLOW_HASH = re.compile(
    r"scrypt:[0-9]{1,8}:[0-9]{1,3}:[0-9]{1,3}\$[^$\s]+\$[0-9a-f]{128}"
    r"|pbkdf2:sha(256|512):[0-9]{6,8}\$[^$\s]+\$[0-9a-f]{64,128}"
)
_FAST_HASH = re.compile(r"sha256:[0-9a-f]{16,64}:[0-9a-f]{64}")
_TABLE_PREFIX = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_QUEUE = re.compile(r"arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}")
_PRINTABLE = re.compile(r"[!-~]{32,}")
_SIGNING = re.compile(r"[!-~]{16,}")
_USUAL_PORTS = {"http": 80, "https": 443}


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ConfigError(f"{name}: {value!r} is not one of {', '.join(allowed)}.")
    return value


def port(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", value) or not 0 < int(value) < 65536:
        raise ConfigError(f"PORT: {value[:20]!r} is not a port number.")
    return int(value)


def origin(name: str, value: str, *, local: bool) -> str:
    """A scheme and a host, as a browser would write them."""
    parts = _url_parts(value)
    if parts is None or parts[2].strip("/"):
        raise ConfigError(f"{name}: not an origin like https://jada.example.com.")
    scheme, host, _ = parts
    if scheme == "http" and not local:
        raise ConfigError(f"{name}: only https outside `local`.")
    return f"{scheme}://{host}"


def url(name: str, value: str, *, local: bool) -> str:
    """An address of another service, or nothing."""
    if not value:
        return ""
    parts = _url_parts(value)
    if parts is None:
        raise ConfigError(f"{name}: not an address like https://example.com/path.")
    if parts[0] == "http" and not local:
        raise ConfigError(f"{name}: only https outside `local`.")
    return value


def _url_parts(value: str) -> tuple[str, str, str] | None:
    """Scheme, host with an unusual port, path; None where it is no plain address."""
    try:
        parts = urlsplit(value)
        number = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    plain = value.isascii() and value.isprintable() and " " not in value
    if parts.scheme not in _USUAL_PORTS or not host or not plain:
        return None
    if parts.query or parts.fragment or "@" in parts.netloc:
        return None
    if ":" in host:
        host = f"[{host}]"
    if number is not None and number != _USUAL_PORTS[parts.scheme]:
        host = f"{host}:{number}"
    return parts.scheme, host, parts.path


def secret_key(value: str) -> str:
    if len(value.encode()) < 32:
        raise ConfigError("SECRET_KEY: needs 32 bytes or more.")
    return value


def shared_secret(name: str, value: str) -> str:
    """A secret of the bridge, or nothing."""
    if value and not _PRINTABLE.fullmatch(value):
        raise ConfigError(f"{name}: needs 32 printable ASCII characters or more.")
    return value


def secrets(name: str, value: str) -> tuple[str, ...]:
    """One secret, or two while they are exchanged, or none."""
    if not value:
        return ()
    given = tuple(part.strip() for part in value.split(","))
    if len(given) > 2 or not all(map(_SIGNING.fullmatch, given)):
        raise ConfigError(
            f"{name}: one secret of 16 printable ASCII characters or more, or two with "
            "a comma between them."
        )
    return given


def slow_hash(name: str, given: Mapping[str, str]) -> str:
    return _hash(name, given, _SLOW_HASH, "hash-secret")


def fast_hash(name: str, given: Mapping[str, str]) -> str:
    return _hash(name, given, _FAST_HASH, "hash-secret --token")


def _hash(
    name: str, given: Mapping[str, str], shape: re.Pattern[str], command: str
) -> str:
    """A hash; none where it was not even looked for, and so nobody who fits it."""
    if name not in given:
        return ""
    value = given[name].strip()
    if not shape.fullmatch(value):
        raise ConfigError(
            f"{name}: not a hash made by `flask --app jada_flask {command}`."
        )
    return value


def email(name: str, value: str) -> str:
    """A plain address, or nothing."""
    if not value:
        return ""
    try:
        return clean_email(value, name)
    except InvalidError as error:
        raise ConfigError(str(error)) from None


def table_prefix(value: str) -> str:
    if not _TABLE_PREFIX.fullmatch(value):
        raise ConfigError(
            "JADA_TABLE_PREFIX: letters, digits and _ . - only, like jada-dev."
        )
    return value


def bucket(name: str, value: str) -> str:
    """The name of a bucket, or nothing."""
    if value and not _BUCKET.fullmatch(value):
        raise ConfigError(f"{name}: not the name of a bucket, like jada-dev-guest.")
    return value


def queue(name: str, value: str) -> str:
    """The name that AWS has for a queue, or nothing."""
    if value and not _QUEUE.fullmatch(value):
        raise ConfigError(f"{name}: not the ARN of a queue of SQS.")
    return value
