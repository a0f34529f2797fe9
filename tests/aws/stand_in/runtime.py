"""One function of Lambda on this machine: an unpacked package under AWS's own client.

    with Runtime(folder, "jada_flask.aws_entry.handler", env, PYTHON) as function:
        answer = function.invoke({"task": "drain"})

The client (awslambdaric) asks for events over HTTP and posts what the handler returned;
here is the other side of that. It starts when the runtime is made, takes one event at a
time, as an instance in Lambda does, and may be called from any thread.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, Final, Self

# Python 3.13 with the client in it, made by `make tools` where there is a 3.13.
PYTHON: Final = Path(__file__).parents[3] / ".venv-lambda" / "bin" / "python"
_API: Final = "/2018-06-01/runtime/"
_PATIENCE: Final = 60  # seconds for the start, on a busy machine
_TICK: Final = 0.05


class RuntimeStartError(Exception):
    """The package did not start: the error it reported, or what it printed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one event: the value, or the error as Lambda words it."""

    payload: Any
    error: dict[str, Any] | None
    milliseconds: float


class Runtime:
    """An instance of a function: started, called, measured, stopped."""

    def __init__(
        self,
        folder: Path,
        handler: str,
        env: Mapping[str, str],
        python: Path | str = PYTHON,
        timeout: float = 29,
    ) -> None:
        self._timeout = timeout
        self._arn = env.get("AWS_LAMBDA_FUNCTION_NAME", "function")
        self._events: SimpleQueue[tuple[dict[str, str], bytes] | None]
        self._events = SimpleQueue()
        self._answers: SimpleQueue[tuple[float, Any, dict[str, Any] | None]]
        self._answers = SimpleQueue()
        self._ready, self._one = Event(), Lock()
        self._init_error: dict[str, Any] | None = None
        self._ready_at = 0.0
        self._server = _Server(("127.0.0.1", 0), _Api)
        self._server.runtime = self
        Thread(target=self._server.serve_forever, args=(_TICK,), daemon=True).start()
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 (until `stop`)
        started = time.perf_counter()
        self._process = subprocess.Popen(
            [str(python), "-m", "awslambdaric", handler],
            cwd=folder,
            env=_environment(folder, handler, env, self._server.server_port),
            stdin=subprocess.DEVNULL,
            stdout=self._printed,
            stderr=self._printed,
        )
        self._wait_until_ready()
        self.init_milliseconds = (self._ready_at - started) * 1000

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.stop()

    def invoke(self, event: Any) -> Answer:
        """Hand over an event and wait for what comes of it."""
        with self._one:
            started = time.perf_counter()
            until = time.time() + self._timeout
            about = {
                "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()),
                "Lambda-Runtime-Deadline-Ms": str(round(until * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": self._arn,
            }
            self._events.put((about, json.dumps(event).encode()))
            ended, payload, error = self._next_answer(started + self._timeout)
            return Answer(payload, error, (ended - started) * 1000)

    @property
    def cpu_seconds(self) -> float:
        """Processor time of the whole process so far, threads that ended included."""
        # The clock of another process, as clock_getcpuclockid(3) numbers it.
        return time.clock_gettime((~self._process.pid << 3) | 2)

    @property
    def peak_rss_kib(self) -> int:
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0])

    @property
    def printed(self) -> str:
        """All that the function wrote to its log so far."""
        self._printed.flush()
        size = os.fstat(self._printed.fileno()).st_size
        return os.pread(self._printed.fileno(), size, 0).decode(errors="replace")

    def stop(self) -> None:
        """End the process at once, as Lambda ends one that it needs no more."""
        self._process.kill()
        self._process.wait()
        self._events.put(None)
        self._server.shutdown()
        self._server.server_close()
        self._printed.close()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not self._ready.wait(_TICK):
            if self._process.poll() is not None or time.monotonic() > deadline:
                break
        if self._init_error is None and self._ready.is_set():
            return
        said = json.dumps(self._init_error) if self._init_error else self.printed
        self.stop()
        raise RuntimeStartError(said)

    def _next_answer(self, deadline: float) -> tuple[float, Any, dict[str, Any] | None]:
        while True:
            try:
                return self._answers.get(timeout=_TICK)
            except Empty:
                now = time.perf_counter()
            if now > deadline:
                self._process.kill()
                return now, None, {"errorType": "Sandbox.Timedout"}
            if self._process.poll() is not None:
                return now, None, {"errorType": "Runtime.ExitError"}

    # The other side of the client; called from the server's threads.

    def _take(self) -> tuple[dict[str, str], bytes] | None:
        if not self._ready.is_set():
            self._ready_at = time.perf_counter()
            self._ready.set()
        return self._events.get()

    def _hear(self, path: str, body: bytes) -> None:
        said = json.loads(body) if body else None
        if path == "init/error":
            self._init_error = said
            self._ready.set()
        elif path.endswith("/response"):
            self._answers.put((time.perf_counter(), said, None))
        else:
            self._answers.put((time.perf_counter(), None, said))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    runtime: Runtime

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a function is ended while it waits for the next event."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Api(BaseHTTPRequestHandler):
    """The Runtime API: the next event, its answer, its error, an error of the start."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each call waits for an ACK, up to 90 ms
    server: _Server

    def do_GET(self) -> None:
        taken = self.server.runtime._take()
        if taken is None:
            self.close_connection = True
            return
        self._send(200, taken[1], taken[0] | {"Content-Type": "application/json"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.runtime._hear(self.path.removeprefix(_API), body)
        self._send(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing: the function's own log is what matters."""


def _environment(
    folder: Path, handler: str, env: Mapping[str, str], port: int
) -> dict[str, str]:
    """What a function finds in Lambda; `env` is what it was configured with."""
    name = env.get("AWS_LAMBDA_FUNCTION_NAME", "function")
    return {
        "PATH": "/usr/local/bin:/usr/bin/:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "_HANDLER": handler,
        "LAMBDA_TASK_ROOT": str(folder),
        "PYTHONPATH": str(folder),
        "AWS_REGION": "us-west-2",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0",
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        # There nothing can be written beside the code; here that has to be said.
        "PYTHONDONTWRITEBYTECODE": "1",
        **env,
    }
