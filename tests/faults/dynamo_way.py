"""A way to DynamoDB on which things go wrong: refused, lost, late, each as told."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_SHAPE = "com.amazonaws.dynamodb.v20120810#"
WRITE = "TransactWriteItems"


class Way:
    """Passes requests on to the engine; `faults` happen to the next writes, in turn."""

    def __init__(self, url: str) -> None:
        target = urlsplit(url)
        self.faults: list[str] = []
        self.always = ""  # what happens to each write, while it is set
        self.writes = 0
        self._lock = threading.Lock()
        way = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = dict(self.headers.items())
                fault = way.next_fault(headers["X-Amz-Target"])
                if fault in REFUSALS:
                    self._answer(*REFUSALS[fault])
                    return
                status, reply = _passed_on(
                    target.hostname or "", target.port or 0, body, headers
                )
                if fault == "late":
                    self.rfile.read(1)  # until the client hangs up
                if fault in ("late", "lost"):
                    self.close_connection = True
                    return
                self._answer(status, reply)

            def _answer(self, status: int, reply: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def next_fault(self, target: str) -> str:
        """What happens to this request."""
        if not target.endswith(WRITE):
            return ""
        with self._lock:
            self.writes += 1
            if self.faults:
                return self.faults.pop(0)
        return self.always

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _passed_on(
    host: str, port: int, body: bytes, headers: dict[str, str]
) -> tuple[int, bytes]:
    there = http.client.HTTPConnection(host, port)
    try:
        there.request("POST", "/", body, headers)
        reply = there.getresponse()
        return reply.status, reply.read()
    finally:
        there.close()


def _refusal(code: str, status: int = 400, **more: Any) -> tuple[int, bytes]:
    said = {"__type": _SHAPE + code, "message": "said so"} | more
    return status, json.dumps(said).encode()


REFUSALS: dict[str, tuple[int, bytes]] = {
    "throughput": _refusal("ProvisionedThroughputExceededException"),
    "throttling": _refusal("ThrottlingException"),
    "limit": _refusal("RequestLimitExceeded"),
    "conflict": _refusal(
        "TransactionCanceledException",
        CancellationReasons=[{"Code": "TransactionConflict", "Message": "busy"}],
    ),
    "in progress": _refusal("TransactionInProgressException"),
    "broken": _refusal("InternalServerError", 500),
}
KINDS = (*REFUSALS, "lost")
Act = Callable[[], Any]
