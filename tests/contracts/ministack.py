"""ministack, the engine on which the adapter for DynamoDB is tested."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import machine

_ROOT = Path(__file__).parents[2]
_PATIENCE = 30  # seconds


@contextmanager
def running(*, auth: bool = False) -> Iterator[str]:
    """The address of a ministack that listens on loopback only, while it is needed."""
    own = _ROOT / ".venv-ministack" / "bin" / "python"
    python = os.environ.get("JADA_MINISTACK_PYTHON") or str(own)
    port = _free_port()
    process = subprocess.Popen(
        [machine.program("ministack", python), "-m", "ministack"],
        env={
            "PATH": os.environ["PATH"],
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "SERVICES": "dynamodb,iam,sqs,sts" if auth else "dynamodb",
            "AUTH": "true" if auth else "false",
            "LOG_LEVEL": "ERROR",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/_ministack/health", process)
        yield url
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    pytest.fail("ministack did not start")
