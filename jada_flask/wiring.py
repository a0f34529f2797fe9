"""Which adapter stands behind which port.

AWS and Google where configured, else this machine.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jada_flask.adapters.absent import Absent
from jada_flask.adapters.aws.clients import lazily
from jada_flask.adapters.aws.edge import CloudFrontEdge
from jada_flask.adapters.aws.files import S3Files
from jada_flask.adapters.aws.mail import SesMailer
from jada_flask.adapters.aws.photos import S3Photos, signing_client
from jada_flask.adapters.local.audit import FolderAudit
from jada_flask.adapters.local.clock import SystemClock
from jada_flask.adapters.local.edge import NoEdge
from jada_flask.adapters.local.files import FolderFiles
from jada_flask.adapters.local.inbox import FolderInbox
from jada_flask.adapters.local.mailbox import FolderMailbox
from jada_flask.adapters.local.photos import FolderPhotos
from jada_flask.adapters.local.summary import FileSummary
from jada_flask.config import Config
from jada_flask.domain.errors import ConfigError
from jada_flask.links import Links
from jada_flask.ports import (
    AuditMailer,
    Clock,
    Edge,
    Files,
    Inbox,
    Mailer,
    OperatorSummary,
    Photos,
    Ports,
    Store,
)
from jada_flask.tables import EVENTS, JOBS, PUBLIC
from jada_flask.unit_of_work import Opening
from jada_flask.web.context import Parts


def build(
    config: Config,
    *,
    clock: Clock | None = None,
    nudge: Callable[[], None] = lambda: None,
) -> Parts:
    """Every part of this installation, as its settings say."""
    ports, mailbox = build_ports(config, clock=clock, nudge=nudge)
    links = Links(config.base_url, config.guest_url, config.secret_key)
    return Parts(
        config=config,
        ports=ports,
        office=Opening(ports.store, links, JOBS, nudge),
        public=Opening(ports.public_store, links, EVENTS, nudge),
        mailbox=mailbox,
        desk=ports.photos if isinstance(ports.photos, FolderPhotos) else None,
    )


def build_ports(
    config: Config,
    *,
    clock: Clock | None = None,
    nudge: Callable[[], None] = lambda: None,
) -> tuple[Ports, FolderMailbox]:
    """One adapter for each port."""
    data = config.data_dir
    clock = clock or SystemClock()
    mailbox = FolderMailbox(
        data / "mailbox", clock, config.mail_from, sender_name="JADA"
    )
    if config.public:
        return _public_ports(config, clock, nudge), mailbox
    store, public = _stores(config)
    ports = Ports(
        store=store,
        public_store=public,
        files=_files(config),
        photos=_photos(config, clock),
        mailer=_mailer(config, mailbox, clock),
        audit_mailer=_audit(config, mailbox, clock),
        summary=_summary(config, clock),
        edge=_edge(config),
        clock=clock,
        inbox=_inbox(config, clock),
        nudge=nudge,
    )
    return ports, mailbox


def _public_ports(config: Config, clock: Clock, nudge: Callable[[], None]) -> Ports:
    """What crew and guests need; the office's opening is the public one too.

    Whoever asks for the rest is refused: for another table, a mail, a published page.
    """
    _, store = _stores(config)
    absent: Any = Absent()
    return Ports(
        store=store,
        public_store=store,
        files=absent,
        photos=_photos(config, clock),
        mailer=absent,
        audit_mailer=absent,
        summary=absent,
        edge=absent,
        clock=clock,
        nudge=nudge,
    )


def _stores(config: Config) -> tuple[Store, Store]:
    """The office's opening and the public one."""
    if config.store == "sqlite":
        return _file_stores(config.data_dir)
    from jada_flask.adapters.aws import dynamo, dynamo_tables

    def client() -> Any:
        return dynamo.connect(endpoint_url=config.aws_endpoint or None)

    if config.local:
        dynamo_tables.make_missing(client(), config.table_prefix)
    # At AWS the role of the public function says the same once more.
    return (
        dynamo.DynamoStore(client, config.table_prefix),
        dynamo.DynamoStore(client, config.table_prefix, only=PUBLIC),
    )


def _file_stores(folder: Path) -> tuple[Store, Store]:
    from jada_flask.adapters.local.sqlite import SqliteStore

    path = folder / "jada.sqlite3"
    try:
        return SqliteStore(path), SqliteStore(path, only=PUBLIC)
    except OSError as error:
        raise ConfigError(
            f"JADA_DATA_DIR: {folder} cannot be written ({error.strerror})."
        ) from None


def _files(config: Config) -> Files:
    if not config.guest_bucket:
        return FolderFiles(config.data_dir / "guest")
    return S3Files(lazily("s3", config.aws_endpoint or None), config.guest_bucket)


def _photos(config: Config, clock: Clock) -> Photos:
    if not config.photo_bucket:
        folder = config.data_dir / "photos"
        return FolderPhotos(folder, config.guest_url, config.secret_key, clock)
    return S3Photos(signing_client(config.aws_endpoint or None), config.photo_bucket)


def _mailer(config: Config, mailbox: FolderMailbox, clock: Clock) -> Mailer:
    if config.local:
        return mailbox
    client = lazily("sesv2", config.aws_endpoint or None)
    return SesMailer(
        client,
        clock,
        config.mail_from,
        sender_name="JADA",
        configuration_set=f"jada-{config.stage}",  # as the stage's template names it
    )


def _edge(config: Config) -> Edge:
    if not config.distribution_id:
        return NoEdge()
    client = lazily("cloudfront", config.aws_endpoint or None)
    return CloudFrontEdge(client, config.distribution_id)


def _audit(config: Config, mailbox: FolderMailbox, clock: Clock) -> AuditMailer:
    if not config.gmail_key:
        return FolderAudit(mailbox, config.gmail_recipient or "audit@example.com")
    from jada_flask.adapters.google.gmail_audit import GmailAudit

    return GmailAudit.from_settings(
        config.gmail_email,
        config.gmail_key,
        config.gmail_sender,
        config.gmail_recipient,
        clock=clock,
    )


def _summary(config: Config, clock: Clock) -> OperatorSummary:
    if not config.gas_endpoint:
        return FileSummary(config.data_dir / "operator" / "summaries.jsonl")
    from jada_flask.adapters.google.script_summary import ScriptSummary

    return ScriptSummary(
        config.gas_endpoint, config.gas_secret, config.stage, clock=clock
    )


def _inbox(config: Config, clock: Clock) -> Inbox | None:
    """A label of Gmail, a folder of this machine, or none."""
    if not config.intake_label:
        return FolderInbox(config.data_dir / "inbox") if config.local else None
    from jada_flask.adapters.google.gmail_inbox import GmailInbox

    return GmailInbox.from_settings(
        config.gmail_email,
        config.gmail_key,
        config.intake_mailbox,
        config.intake_label,
        clock=clock,
    )
