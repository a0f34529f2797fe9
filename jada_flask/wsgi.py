"""What `flask run` loads: the application, and on one machine its workers beside it."""

from __future__ import annotations

from jada_flask.app import create_app
from jada_flask.config import Config
from jada_flask.intake_poll import Poller
from jada_flask.services.worker import Worker
from jada_flask.wiring import build

_settings = Config.from_env()
_worker = Worker()
_parts = build(_settings, nudge=_worker.bell.ring)
app = create_app(_parts)
if _settings.local and not _settings.public:
    _worker.begin(_parts.office, _parts.ports)
    if _parts.ports.inbox:
        Poller().begin(_parts.office, _parts.ports.inbox, _parts.ports.clock)
