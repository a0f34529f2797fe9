"""A member of staff who logs payments, at a server or in this process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks.samples import body
from benchmarks.server import Server
from jada_flask.app import create_app
from jada_flask.config import Config
from jada_flask.local_secrets import kept_secrets
from jada_flask.web.context import Parts
from jada_flask.wiring import build

# Sends a method, a path, headers and a body; gives the status, headers and text.
Send = Callable[[str, str, dict[str, str], bytes], tuple[int, dict[str, str], str]]


class Desk:
    """Signed in once; makes charters with one patron each and logs what they pay."""

    def __init__(self, send: Send, data: Path) -> None:
        self._send = send
        kept = kept_secrets(data)
        self._token = kept.dashboard_token
        login = json.dumps({"user": "admin", "password": kept.admin_password}).encode()
        status, headers, text = send("POST", "/admin/login", _JSON, login)
        if status != 200:
            raise RuntimeError(f"nobody could sign in: {status}")
        self._cookie = headers["set-cookie"].partition(";")[0]
        self._csrf = json.loads(text)["csrf_token"]
        self.parts: Any = None
        self._app: Any = None

    @classmethod
    def at_server(cls, server: Server) -> Desk:
        """At a server on this machine."""

        def send(
            method: str, path: str, headers: dict[str, str], content: bytes
        ) -> tuple[int, dict[str, str], str]:
            line = HTTPConnection("127.0.0.1", server.port, timeout=30)
            line.request(method, path, content, headers)
            answer = line.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, told, answer.read().decode()

        return cls(send, server.data)

    @classmethod
    def in_process(cls, data: Path) -> Desk:
        """At an application of its own in this process."""
        parts = build(Config.from_env({"JADA_DATA_DIR": str(data)}))
        app = create_app(parts)

        def send(
            method: str, path: str, headers: dict[str, str], content: bytes
        ) -> tuple[int, dict[str, str], str]:
            client = app.test_client(use_cookies=False)
            answer = client.open(path, method=method, headers=headers, data=content)
            told = {name.lower(): value for name, value in answer.headers}
            return answer.status_code, told, answer.text

        desk = cls(send, data)
        desk.parts, desk._app = parts, app
        return desk

    def use(self, parts: Parts) -> None:
        """Have the application stand on other parts from now on."""
        self._app.extensions["jada"] = parts

    def headers(self, key: str) -> dict[str, str]:
        """What a payment is sent with."""
        signed = {"Cookie": self._cookie, "X-CSRFToken": self._csrf}
        return {**_JSON, **signed, "Idempotency-Key": key}

    def charter(self, number: int) -> str:
        """Where the patron of a new charter pays."""
        token = {**_JSON, "X-Dashboard-Token": self._token}
        content = json.dumps(body(number)).encode()
        _, _, text = self._send("POST", "/api/bookings", token, content)
        return f"/api/events/{json.loads(text)['event_id']}/PT_host/payment"

    def pay(self, path: str, number: int) -> None:
        """Log one payment, unlike any other."""
        headers = self.headers(f"{path}-{number}")
        status, _, text = self._send("POST", path, headers, payment(number))
        if status != 200:
            raise RuntimeError(f"a payment was not logged: {status} {text[:200]}")

    def list_seconds(self, path: str) -> float:
        """The processor's time for the list of this charter's payments."""
        event = path.split("/")[3]
        begun = time.process_time()
        url = f"/api/events/{event}/payments"
        status, _, _ = self._send("GET", url, {"Cookie": self._cookie}, b"")
        if status != 200:
            raise RuntimeError(f"the list was answered with {status}")
        return time.process_time() - begun


_JSON = {"Content-Type": "application/json"}


def payment(number: int) -> bytes:
    """The body of a payment; another number is another amount."""
    amount = f"{1 + number // 100}.{number % 100:02}"
    return json.dumps({"amount": amount, "method": "cash"}).encode()


def request_bytes(path: str, headers: dict[str, str], number: int) -> bytes:
    """A whole request, as it travels."""
    content = payment(number)
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(content)}", "", ""]
    return "\r\n".join(lines).encode() + content
