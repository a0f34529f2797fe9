"""The application as `make run` starts it: a process of its own, on a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType

from jada_flask.local_secrets import kept_secrets

_ROOT = Path(__file__).resolve().parent.parent
_OURS = ("AWS_", "GAS_", "GMAIL_", "JADA_")
_PATIENCE = 30.0  # seconds


class Server:
    """A serving process and its data; may be killed and started again."""

    def __init__(self, data: Path, program: str = "jada_flask.serve") -> None:
        self.data = data
        self.port = _free_port()
        self.token = kept_secrets(data).dashboard_token
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def database(self) -> Path:
        return self.data / "jada.sqlite3"

    def start(self) -> None:
        """Start it, in a group of its own, and wait until it answers."""
        env = {n: v for n, v in os.environ.items() if not n.startswith(_OURS)}
        env |= {"JADA_DATA_DIR": str(self.data), "PORT": str(self.port)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._program],
            cwd=_ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self._program} does not answer")
            time.sleep(0.05)

    def stop(self) -> None:
        """Have it end in its own time."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """End it and all its workers at once, whatever they are doing."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self._process is None:
            return
        os.killpg(self._process.pid, number)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2)
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
