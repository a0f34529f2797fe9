"""Every setting, read once at start. A wrong value stops the start with its name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from jada_flask.domain.errors import ConfigError

STAGES = ("local", "dev", "staging", "production")
_STORES = ("sqlite", "dynamodb")
_HASHES = ("ADMIN_PASS_HASH", "SERVICE_KEY_HASH", "DASHBOARD_TOKEN_HASH")
# Without these nothing serves outside `local`.
SECRETS = (
    "SECRET_KEY",
    *_HASHES,
    "JADA_ORIGIN_SECRET",
    "GAS_SHARED_SECRET",
    "GMAIL_SERVICE_ACCOUNT_KEY",
)
NAMES = (
    "JADA_STAGE",
    "JADA_DATA_DIR",
    "JADA_BASE_URL",
    "JADA_GUEST_URL",
    "SECRET_KEY",
    "ADMIN_PASS_HASH",
    "SERVICE_KEY_HASH",
    "DASHBOARD_TOKEN_HASH",
    "JADA_STORE",
    "JADA_TABLE_PREFIX",
    "JADA_GUEST_BUCKET",
    "JADA_STATIC_BUCKET",
    "JADA_DISTRIBUTION_ID",
    "JADA_MAIL_FROM",
    "GMAIL_SERVICE_ACCOUNT_EMAIL",
    "GMAIL_SERVICE_ACCOUNT_KEY",
    "GMAIL_AUDIT_RECIPIENT",
    "GMAIL_SENDER",
    "GAS_ENDPOINT_URL",
    "GAS_SHARED_SECRET",
    "JADA_ORIGIN_SECRET",
    "JADA_SECRETS_PATH",
    "AWS_ENDPOINT_URL",
    "PORT",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What this installation is and where its parts are."""

    stage: str
    data_dir: Path
    base_url: str
    guest_url: str
    secret_key: str
    admin_pass_hash: str
    service_key_hash: str
    dashboard_token_hash: str
    store: str
    table_prefix: str
    mail_from: str
    guest_bucket: str = ""
    static_bucket: str = ""
    distribution_id: str = ""
    gmail_email: str = ""
    gmail_key: str = ""
    gmail_recipient: str = ""
    gmail_sender: str = ""
    gas_endpoint: str = ""
    gas_secret: str = ""
    origin_secret: str = ""
    aws_endpoint: str = ""
    port: int = 8000
    unknown: tuple[str, ...] = ()  # settings that nobody reads, for `doctor`

    @property
    def local(self) -> bool:
        return self.stage == "local"

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Config:
        """Read the environment; raises `ConfigError` naming what is missing or wrong.

        In `local`, secrets that are not given are made up once and kept in the data
        folder.
        """
        stage = _one_of("JADA_STAGE", env.get("JADA_STAGE", "local"), STAGES)
        unknown = tuple(
            sorted(n for n in env if n.startswith("JADA_") and n not in NAMES)
        )
        if unknown and stage == "local":
            raise ConfigError(f"{', '.join(unknown)}: there is no such setting.")
        data_dir = Path(env.get("JADA_DATA_DIR") or "var").resolve()
        given = _secrets(stage, data_dir, env)
        port = _port(env.get("PORT", "8000"))
        base_url = _origin(
            "JADA_BASE_URL", env.get("JADA_BASE_URL"), stage, f"http://127.0.0.1:{port}"
        )
        default_store = "sqlite" if stage == "local" else "dynamodb"
        return cls(
            stage=stage,
            data_dir=data_dir,
            base_url=base_url,
            guest_url=_origin(
                "JADA_GUEST_URL", env.get("JADA_GUEST_URL"), stage, base_url
            ),
            secret_key=_long_enough(given["SECRET_KEY"]),
            admin_pass_hash=_hash("ADMIN_PASS_HASH", given, ("scrypt:", "pbkdf2:")),
            service_key_hash=_hash("SERVICE_KEY_HASH", given, ("sha256:",)),
            dashboard_token_hash=_hash("DASHBOARD_TOKEN_HASH", given, ("sha256:",)),
            store=_one_of("JADA_STORE", env.get("JADA_STORE", default_store), _STORES),
            table_prefix=env.get("JADA_TABLE_PREFIX") or f"jada-{stage}",
            mail_from=env.get("JADA_MAIL_FROM") or "jada@example.com",
            guest_bucket=env.get("JADA_GUEST_BUCKET", ""),
            static_bucket=env.get("JADA_STATIC_BUCKET", ""),
            distribution_id=env.get("JADA_DISTRIBUTION_ID", ""),
            gmail_email=env.get("GMAIL_SERVICE_ACCOUNT_EMAIL", ""),
            gmail_key=env.get("GMAIL_SERVICE_ACCOUNT_KEY", ""),
            gmail_recipient=env.get("GMAIL_AUDIT_RECIPIENT", ""),
            gmail_sender=env.get("GMAIL_SENDER")
            or env.get("GMAIL_AUDIT_RECIPIENT", ""),
            gas_endpoint=env.get("GAS_ENDPOINT_URL", ""),
            gas_secret=env.get("GAS_SHARED_SECRET", ""),
            origin_secret=env.get("JADA_ORIGIN_SECRET", ""),
            aws_endpoint=env.get("AWS_ENDPOINT_URL", ""),
            port=port,
            unknown=unknown,
        )


def _secrets(stage: str, data_dir: Path, env: Mapping[str, str]) -> Mapping[str, str]:
    """The secrets as given; in `local` the missing ones from the data folder."""
    if stage != "local":
        missing = [name for name in SECRETS if not env.get(name)]
        if missing:
            raise ConfigError(f"{', '.join(missing)}: required in stage {stage!r}.")
        return env
    if all(env.get(name) for name in ("SECRET_KEY", *_HASHES)):
        return env
    from jada_flask.local_secrets import kept_secrets

    kept = kept_secrets(data_dir).settings
    return {**kept, **{name: env[name] for name in kept if env.get(name)}}


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ConfigError(f"{name}: {value!r} is not one of {', '.join(allowed)}.")
    return value


def _port(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise ConfigError(f"PORT: {value!r} is not a port number.")
    return int(value)


def _origin(name: str, value: str | None, stage: str, default: str) -> str:
    if not value:
        if stage != "local" and name == "JADA_BASE_URL":
            raise ConfigError(f"{name}: required in stage {stage!r}.")
        return default
    parts = urlsplit(value)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path.strip("/")
    ):
        raise ConfigError(
            f"{name}: {value!r} is not an origin like https://jada.example.com."
        )
    if parts.scheme == "http" and stage != "local":
        raise ConfigError(f"{name}: only https outside `local`.")
    return f"{parts.scheme}://{parts.netloc}"


def _long_enough(secret: str) -> str:
    if len(secret.encode()) < 32:
        raise ConfigError("SECRET_KEY: needs 32 bytes or more.")
    return secret


def _hash(name: str, given: Mapping[str, str], prefixes: tuple[str, ...]) -> str:
    value = given[name].strip()
    if not value.startswith(prefixes):
        raise ConfigError(
            f"{name}: not a hash made by `flask --app jada_flask hash-secret"
            f"{' --token' if prefixes == ('sha256:',) else ''}`."
        )
    return value
