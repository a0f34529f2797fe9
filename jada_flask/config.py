"""Every setting, read once at start. A wrong value stops the start with its name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jada_flask import setting_values as values
from jada_flask.domain.errors import ConfigError

STAGES = ("local", "dev", "staging", "production")
PUBLIC = "public"
_SERVES = ("all", "office", PUBLIC)
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
PUBLIC_SECRETS = ("SECRET_KEY", "JADA_ORIGIN_SECRET")
# What serves crew and guests does not even keep these, should somebody give them.
OFFICE_ONLY = (
    *_HASHES,
    "GMAIL_SERVICE_ACCOUNT_EMAIL",
    "GMAIL_SERVICE_ACCOUNT_KEY",
    "GMAIL_AUDIT_RECIPIENT",
    "GMAIL_SENDER",
    "GAS_ENDPOINT_URL",
    "GAS_SHARED_SECRET",
    "JADA_INTAKE_LABEL",
    "JADA_INTAKE_MAILBOX",
    "STRIPE_WEBHOOK_SECRET",
)
NAMES = (
    "JADA_STAGE",
    "JADA_SERVES",
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
    "JADA_PHOTO_BUCKET",
    "JADA_DISTRIBUTION_ID",
    "JADA_NUDGE_QUEUE",
    "JADA_MAIL_FROM",
    "GMAIL_SERVICE_ACCOUNT_EMAIL",
    "GMAIL_SERVICE_ACCOUNT_KEY",
    "GMAIL_AUDIT_RECIPIENT",
    "GMAIL_SENDER",
    "GAS_ENDPOINT_URL",
    "GAS_SHARED_SECRET",
    "JADA_INTAKE_LABEL",
    "JADA_INTAKE_MAILBOX",
    "JADA_ORIGIN_SECRET",
    "JADA_SECRETS_PATH",
    "STRIPE_WEBHOOK_SECRET",
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
    serves: str = "all"
    guest_bucket: str = ""
    static_bucket: str = ""
    photo_bucket: str = ""
    distribution_id: str = ""
    nudge_queue: str = ""
    gmail_email: str = ""
    gmail_key: str = ""
    gmail_recipient: str = ""
    gmail_sender: str = ""
    gas_endpoint: str = ""
    gas_secret: str = ""
    intake_label: str = ""
    intake_mailbox: str = ""
    origin_secret: str = ""
    stripe_secrets: tuple[str, ...] = ()
    aws_endpoint: str = ""
    port: int = 8000
    unknown: tuple[str, ...] = ()  # settings that nobody reads, for `doctor`

    @property
    def local(self) -> bool:
        return self.stage == "local"

    @property
    def public(self) -> bool:
        """Whether only crew and guests are served, by what knows nothing of money."""
        return self.serves == PUBLIC

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Config:
        """Read the environment; raises `ConfigError` naming what is missing or wrong.

        In `local`, secrets that are not given are made up once and kept in the data
        folder.
        """
        stage = values.one_of("JADA_STAGE", env.get("JADA_STAGE", "local"), STAGES)
        local = stage == "local"
        unknown = tuple(
            sorted(n for n in env if n.startswith("JADA_") and n not in NAMES)
        )
        if unknown and local:
            raise ConfigError(f"{', '.join(unknown)}: there is no such setting.")
        serves = values.one_of("JADA_SERVES", env.get("JADA_SERVES", "all"), _SERVES)
        data_dir = Path(env.get("JADA_DATA_DIR") or "var").resolve()
        given = _secrets(stage, serves, data_dir, env)
        if serves == PUBLIC:
            env, given = _without_the_offices(env), _without_the_offices(given)
        port = values.port(env.get("PORT", "8000"))
        base_url = _base_url(stage, port, env)
        default_store = "sqlite" if local else "dynamodb"
        return cls(
            stage=stage,
            serves=serves,
            data_dir=data_dir,
            base_url=base_url,
            guest_url=values.origin(
                "JADA_GUEST_URL", env.get("JADA_GUEST_URL") or base_url, local=local
            ),
            secret_key=values.secret_key(given["SECRET_KEY"]),
            admin_pass_hash=values.slow_hash("ADMIN_PASS_HASH", given),
            service_key_hash=values.fast_hash("SERVICE_KEY_HASH", given),
            dashboard_token_hash=values.fast_hash("DASHBOARD_TOKEN_HASH", given),
            store=values.one_of(
                "JADA_STORE", env.get("JADA_STORE", default_store), _STORES
            ),
            table_prefix=values.table_prefix(
                env.get("JADA_TABLE_PREFIX") or f"jada-{stage}"
            ),
            mail_from=_email(env, "JADA_MAIL_FROM") or "jada@example.com",
            guest_bucket=_bucket(env, "JADA_GUEST_BUCKET"),
            static_bucket=_bucket(env, "JADA_STATIC_BUCKET"),
            photo_bucket=_bucket(env, "JADA_PHOTO_BUCKET"),
            distribution_id=env.get("JADA_DISTRIBUTION_ID", ""),
            nudge_queue=values.queue(
                "JADA_NUDGE_QUEUE", env.get("JADA_NUDGE_QUEUE", "")
            ),
            gmail_email=_email(env, "GMAIL_SERVICE_ACCOUNT_EMAIL"),
            gmail_key=env.get("GMAIL_SERVICE_ACCOUNT_KEY", ""),
            gmail_recipient=_email(env, "GMAIL_AUDIT_RECIPIENT"),
            gmail_sender=_email(env, "GMAIL_SENDER")
            or _email(env, "GMAIL_AUDIT_RECIPIENT"),
            gas_endpoint=_url(env, "GAS_ENDPOINT_URL", local=local),
            gas_secret=_gas_secret(env),
            intake_label=_intake_label(env),
            intake_mailbox=_email(env, "JADA_INTAKE_MAILBOX"),
            origin_secret=env.get("JADA_ORIGIN_SECRET", ""),
            stripe_secrets=values.secrets(
                "STRIPE_WEBHOOK_SECRET", env.get("STRIPE_WEBHOOK_SECRET", "")
            ),
            aws_endpoint=_url(env, "AWS_ENDPOINT_URL", local=True),
            port=port,
            unknown=unknown,
        )


def _secrets(
    stage: str, serves: str, data_dir: Path, env: Mapping[str, str]
) -> Mapping[str, str]:
    """The secrets as given; in `local` the missing ones from the data folder."""
    if stage != "local":
        needed = PUBLIC_SECRETS if serves == PUBLIC else SECRETS
        missing = [name for name in needed if not env.get(name)]
        if missing:
            raise ConfigError(f"{', '.join(missing)}: required in stage {stage!r}.")
        return env
    if all(env.get(name) for name in ("SECRET_KEY", *_HASHES)):
        return env
    from jada_flask.local_secrets import kept_secrets

    kept = kept_secrets(data_dir).settings
    return {**kept, **{name: env[name] for name in kept if env.get(name)}}


def _without_the_offices(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name not in OFFICE_ONLY}


def _base_url(stage: str, port: int, env: Mapping[str, str]) -> str:
    given = env.get("JADA_BASE_URL")
    if not given and stage != "local":
        raise ConfigError(f"JADA_BASE_URL: required in stage {stage!r}.")
    return values.origin(
        "JADA_BASE_URL", given or f"http://127.0.0.1:{port}", local=stage == "local"
    )


def _gas_secret(env: Mapping[str, str]) -> str:
    if env.get("GAS_ENDPOINT_URL") and not env.get("GAS_SHARED_SECRET"):
        raise ConfigError("GAS_SHARED_SECRET: required with GAS_ENDPOINT_URL.")
    return values.shared_secret("GAS_SHARED_SECRET", env.get("GAS_SHARED_SECRET", ""))


def _intake_label(env: Mapping[str, str]) -> str:
    label = env.get("JADA_INTAKE_LABEL", "").strip()
    for name in ("GMAIL_SERVICE_ACCOUNT_KEY", "JADA_INTAKE_MAILBOX"):
        if label and not env.get(name):
            raise ConfigError(f"{name}: required with JADA_INTAKE_LABEL.")
    return label


def _email(env: Mapping[str, str], name: str) -> str:
    return values.email(name, env.get(name, ""))


def _bucket(env: Mapping[str, str], name: str) -> str:
    return values.bucket(name, env.get(name, ""))


def _url(env: Mapping[str, str], name: str, *, local: bool) -> str:
    return values.url(name, env.get(name, ""), local=local)
