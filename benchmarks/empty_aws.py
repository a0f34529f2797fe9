"""AWS as far as a start and a first request ask it: secrets, and empty tables.

It answers at once, so that what is measured is ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self


class EmptyAws:
    """Parameter Store with these secrets below every path, and DynamoDB."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        found = [{"Name": f"/x/{name}", "Value": secrets[name]} for name in secrets]
        self._server = _Server(("127.0.0.1", 0), _Answers)
        self._server.parameters = {"Parameters": found}
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    parameters: Mapping[str, Any]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a function that was measured is ended while it listens."""


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        service = self.headers.get("X-Amz-Target", "").partition(".")[0]
        empty = {"Items": [], "Count": 0, "Responses": {}}
        body = json.dumps(self.server.parameters if service == "AmazonSSM" else empty)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: Any) -> None:
        """Nothing."""
