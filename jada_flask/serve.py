"""`make run`: the whole application on one machine.

With one sample booking to look at.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from datetime import date, timedelta
from pathlib import Path
from threading import Thread, main_thread

from flask import Flask, Response

from jada_flask.adapters.local.bell import outbox_bell
from jada_flask.adapters.local.processor import keep_to_one
from jada_flask.app import create_app
from jada_flask.config import Config
from jada_flask.domain.errors import ConfigError, JadaError
from jada_flask.local_secrets import LocalSecrets, kept_secrets
from jada_flask.sender import Sender
from jada_flask.services.sample import Sample, show_sample
from jada_flask.services.worker import drain_of
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from jada_flask.wiring import build

# Few: threads of one interpreter overtake each other, and with eight a process the
# last of sixteen who pay at once waited three times as long as with four.
_THREADS = 8
_FAREWELL = 5  # seconds to finish what one is at


def main() -> None:
    """Say where everything is, then serve until somebody stops it."""
    _be_the_one_to_stop()
    try:
        config = Config.from_env()
        if config.public:
            raise ConfigError("JADA_SERVES: `make run` serves the office too.")
        kept = kept_secrets(config.data_dir) if config.local else None
        parts = build(config)
        sample = _first_steps(parts)
    except JadaError as error:
        sys.exit(f"JADA does not start. {error}")
    print(_welcome(config, kept, sample), flush=True)
    parts.ports.store.close()
    parts.ports.public_store.close()
    sender = Sender()
    sender.start()
    try:
        _serve(config)
    finally:
        sender.stop()


def application() -> Flask:
    """What each serving process loads; what it promises, the sender keeps."""
    config = Config.from_env()
    keep_to_one(config.data_dir, _processes())
    app = create_app(build(config, nudge=outbox_bell(config.data_dir).ring))
    app.after_request(_unnamed)
    # What stays for good need not be looked through again: that took 47 ms each time,
    # in which nobody was answered.
    gc.freeze()
    return app


def _be_the_one_to_stop() -> None:
    """Have Ctrl-C end this process alone, which then ends those that it has started.

    A terminal tells all of them at once, and a worker of Granian's that is told twice,
    by the terminal and by its parent, waits for ever.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # whom we start, too
    Thread(target=_pass_on, name="ctrl-c", daemon=True).start()
    # Nor does a worker that is told while it still loads know what it means.
    os.register_at_fork(after_in_child=_end_when_told)


def _end_when_told() -> None:
    """Forget what the parent does then, which is to wait for its children."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _pass_on() -> None:
    while True:
        signal.sigwait({signal.SIGINT})
        # To the thread that has to wake up for it.
        signal.pthread_kill(main_thread().ident or 0, signal.SIGTERM)


def _unnamed(response: Response) -> Response:
    """Say nothing where Granian would say its name; it cannot be told to be silent."""
    response.headers["Server"] = ""
    return response


def _first_steps(parts: Parts) -> Sample:
    """On the first start one booking goes through everything.

    Later it is found again.
    """
    at = parts.ports.clock.now()
    sample = show_sample(lambda: UnitOfWork(parts.office), day=_day(at.date()), at=at)
    drain_of(parts.office, parts.ports).run()
    return sample


def _day(today: date) -> date:
    """A Saturday in two to three weeks."""
    ahead = today + timedelta(days=14)
    return ahead + timedelta(days=(5 - ahead.weekday()) % 7)


def _welcome(config: Config, kept: LocalSecrets | None, sample: Sample) -> str:
    def secret(name: str, made_up: str, given: str) -> str:
        own = kept is not None and kept.settings.get(name) == given
        return made_up if own else f"as set by {name}"

    password = secret(
        "ADMIN_PASS_HASH", kept.admin_password if kept else "", config.admin_pass_hash
    )
    token = secret(
        "DASHBOARD_TOKEN_HASH",
        kept.dashboard_token if kept else "",
        config.dashboard_token_hash,
    )
    key = secret(
        "SERVICE_KEY_HASH", kept.service_key if kept else "", config.service_key_hash
    )
    base = config.base_url
    return f"""
JADA is at {base}, its data in {_short(config.data_dir)}

  Dispatch     {base}/dispatch
               name: admin   password: {password}
  Guest page   {sample.guest_page}
  Crew link    {sample.crew_link}
  Mailbox      {base}/dev/mailbox

  For scripts  X-Dashboard-Token: {token}
               x-service-key: {key}

Stop it with Ctrl-C; the data stays.
"""


def _short(path: Path) -> str:
    try:
        return f"{path.relative_to(Path.cwd())}/"
    except ValueError:
        return str(path)


def _serve(config: Config) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    logging.basicConfig(level=logging.WARNING)
    processes = _processes()
    Granian(
        "jada_flask.serve:application",
        factory=True,
        address="127.0.0.1",
        port=config.port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=_THREADS // processes,
        respawn_failed_workers=True,
        workers_kill_timeout=_FAREWELL,
        log_level=LogLevels.error,  # it warns of our threads, which mostly wait
        log_access=False,
    ).serve()


def _processes() -> int:
    # One interpreter uses one processor. More than two would mostly wait for each
    # other, for they write to one file.
    return min(2, os.cpu_count() or 1)


if __name__ == "__main__":
    main()
