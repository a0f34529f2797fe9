"""Google on loopback: a token endpoint that checks the assertion, and a Gmail mailbox.

The real client libraries talk to it. It can be told to fail in every way that Google
does, before or after it has done what was asked.
"""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64decode
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.google.fake_mailbox import FakeMailbox, Query

EMAIL = "audit@jada-test.iam.gserviceaccount.com"
MAILBOX = "audit@example.com"
SCOPE = "https://www.googleapis.com/auth/gmail.compose"
READONLY = "https://www.googleapis.com/auth/gmail.readonly"
AUDIENCE = "https://oauth2.googleapis.com/token"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

_READING = ("history", "labels", "message", "messages")
_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED"}
_STATUS |= {404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail: another answer than the right one, a delay, a cut connection."""

    status: int = 0  # 0: the right answer
    reason: str = "backendError"
    headers: dict[str, str] = field(default_factory=dict)
    html: bool = False
    content: bytes = b""
    delay: float = 0
    drop: bool = False
    acts: bool = False  # whether it does what was asked all the same


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that has left."""

    raw: bytes
    thread_id: str

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, EmailMessage, policy=default)


@cache
def private_key() -> rsa.RSAPrivateKey:
    """A throw-away key, the same for the whole run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class FakeGoogle:
    """A Google whose one Workspace has one mailbox, for a `with` statement."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.drafts: dict[str, Sent] = {}
        self.calls: Counter[str] = Counter()
        self.refusals: list[str] = []  # why assertions were not accepted
        self.reach: Callable[[str], None] = lambda _step: None
        self.scopes = {SCOPE, READONLY}
        self.tokens: set[str] = set()
        self.mailbox = FakeMailbox()
        self._may_read: set[str] = set()
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._lock = Lock()
        self._closing = Event()
        self._numbers = iter(range(1, 1_000_000))
        self._threads: set[str] = set()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.google = self
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def info(self, **changes: Any) -> dict[str, Any]:
        """The JSON key of the service account, which asks this Google for tokens."""
        pem = private_key().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        return {
            "type": "service_account",
            "client_id": "104000000000000000001",
            "client_email": EMAIL,
            "private_key": pem.decode(),
            "private_key_id": "key-1",
            "token_uri": f"{self.url}/token",
        } | changes

    def key_b64(self, **changes: Any) -> str:
        """The same as a setting holds it."""
        return b64encode(json.dumps(self.info(**changes)).encode()).decode()

    def fail(self, operation: str, *faults: Fault) -> None:
        """Answer the next calls of this operation so, one after the other."""
        self._faults[operation].extend(faults)

    def forgive(self) -> None:
        """Answer as is right from now on."""
        self._faults.clear()

    def forget_conversation(self, thread_id: str) -> None:
        self._threads.discard(thread_id)

    def answer(
        self, operation: str, handler: _Handler, argument: Any
    ) -> tuple[int, Any, Fault]:
        """Do what was asked, or what this test wants instead."""
        with self._lock:
            self.calls[operation] += 1
            faults = self._faults[operation]
            fault = faults.popleft() if faults else Fault()
        if fault.delay:
            self._closing.wait(fault.delay)
        if (fault.status or fault.drop) and not fault.acts:
            return fault.status or 500, _error(fault.status or 500, fault.reason), fault
        self.reach(f"before {operation}")
        if operation != "token" and not self._is_known(handler):
            return 401, _error(401, "authError"), fault
        if operation in _READING and not self._is_reader(handler):
            return 403, _error(403, "insufficientPermissions"), fault
        with self._lock:
            status, body = getattr(self, f"_{operation}")(argument)
        self.reach(f"after {operation}")
        if fault.status:
            return fault.status, _error(fault.status, fault.reason), fault
        return status, body, fault

    def _is_known(self, handler: _Handler) -> bool:
        return _token_of(handler) in self.tokens

    def _is_reader(self, handler: _Handler) -> bool:
        return _token_of(handler) in self._may_read

    def _token(self, form: dict[str, list[str]]) -> tuple[int, Any]:
        fault = self._fault_of(form)
        if fault:
            self.refusals.append(fault[1])
            return 400 if fault[0] == "invalid_grant" else 401, {
                "error": fault[0],
                "error_description": fault[1],
            }
        token = f"token-{next(self._numbers)}"
        self.tokens.add(token)
        if _read_assertion(form["assertion"][0])[1]["scope"] == READONLY:
            self._may_read.add(token)
        return 200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    def _fault_of(self, form: dict[str, list[str]]) -> tuple[str, str] | None:
        if form.get("grant_type") != [GRANT]:
            return "invalid_request", "grant_type"
        header, claims, genuine = _read_assertion(form["assertion"][0])
        lifetime = claims["exp"] - claims["iat"]
        checks = {
            "Invalid JWT Signature.": genuine and header["alg"] == "RS256",
            "Unknown key.": header["kid"] == "key-1",
            "Invalid issuer.": claims["iss"] == EMAIL,
            "Invalid email or User ID": claims.get("sub") == MAILBOX,
            "Invalid audience.": claims["aud"] == AUDIENCE,
            "Token must be a short-lived token": 0 < lifetime <= 3600,
        }
        for description, holds in checks.items():
            if not holds:
                return "invalid_grant", description
        if claims["scope"] not in self.scopes:
            return "unauthorized_client", "Client is unauthorized for this scope."
        return None

    def _create(self, body: Any) -> tuple[int, Any]:
        message = body["message"]
        thread_id = message.get("threadId")
        if thread_id and thread_id not in self._threads:
            return 404, _error(404, "notFound")
        thread_id = thread_id or f"thread-{next(self._numbers)}"
        self._threads.add(thread_id)
        draft_id = f"draft-{next(self._numbers)}"
        self.drafts[draft_id] = Sent(urlsafe_b64decode(message["raw"]), thread_id)
        return 200, {"id": draft_id, "message": {"id": "m", "threadId": thread_id}}

    def _send(self, body: Any) -> tuple[int, Any]:
        if body["id"] not in self.drafts:
            return 404, _error(404, "notFound")
        self.sent.append(self.drafts.pop(body["id"]))
        return 200, {"id": f"m-{len(self.sent)}", "labelIds": ["SENT"]}

    def _get(self, draft_id: Any) -> tuple[int, Any]:
        if draft_id not in self.drafts:
            return 404, _error(404, "notFound")
        return 200, {"id": draft_id, "message": {"id": "m"}}

    def _delete(self, draft_id: Any) -> tuple[int, Any]:
        if self.drafts.pop(draft_id, None) is None:
            return 404, _error(404, "notFound")
        return 204, None

    def _profile(self, _argument: Any) -> tuple[int, Any]:
        return 200, {"emailAddress": MAILBOX} | self.mailbox.profile()

    def _labels(self, query: Query) -> tuple[int, Any]:
        return self.mailbox.list_labels(query)

    def _history(self, query: Query) -> tuple[int, Any]:
        status, body = self.mailbox.list_history(query)
        return status, _error(status, body) if status != 200 else body

    def _messages(self, query: Query) -> tuple[int, Any]:
        return self.mailbox.list_mails(query)

    def _message(self, asked: tuple[str, Query]) -> tuple[int, Any]:
        status, body = self.mailbox.show_mail(*asked)
        return status, _error(status, body) if status != 200 else body


class _Server(ThreadingHTTPServer):
    google: FakeGoogle
    daemon_threads = False
    request_queue_size = 64


class CutError(Exception):
    """Raised by `reach`: the connection ends here, without an answer."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        path = urlsplit(self.path).path
        if path == "/token":
            self._answer("token", parse_qs(content.decode()))
        elif path == "/gmail/v1/users/me/drafts":
            self._answer("create", json.loads(content))
        elif path == "/gmail/v1/users/me/drafts/send":
            self._answer("send", json.loads(content))
        else:
            self.send_error(404)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        of, _, name = parts.path.removeprefix("/gmail/v1/users/me/").partition("/")
        if of == "profile":
            self._answer("profile", None)
        elif of == "drafts":
            self._answer("get", name)
        elif of == "messages" and name:
            self._answer("message", (name, parse_qs(parts.query)))
        elif of in _READING:
            self._answer(of, parse_qs(parts.query))
        else:
            self.send_error(404)

    def do_DELETE(self) -> None:
        self._answer("delete", self._draft_id())

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def _draft_id(self) -> str:
        return urlsplit(self.path).path.rpartition("/")[2]

    def _answer(self, operation: str, argument: Any) -> None:
        assert isinstance(self.server, _Server)
        google = self.server.google
        try:
            status, body, fault = google.answer(operation, self, argument)
        except CutError:
            self.close_connection = True
            return
        if fault.drop:
            self.close_connection = True
            return
        content = b"" if body is None else json.dumps(body).encode()
        kind = "application/json; charset=UTF-8"
        if fault.html:
            content, kind = b"<!doctype html><title>Error</title>", "text/html"
        content = fault.content or content
        self._write(status, content, {"Content-Type": kind, **fault.headers})

    def _write(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True  # the client did not wait


def _token_of(handler: _Handler) -> str:
    kind, _, token = handler.headers.get("Authorization", "").partition(" ")
    return token if kind == "Bearer" else ""


def _read_assertion(assertion: str) -> tuple[Any, Any, bool]:
    signed, _, signature = assertion.rpartition(".")
    header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
    try:
        private_key().public_key().verify(
            _decoded(signature), signed.encode(), padding.PKCS1v15(), SHA256()
        )
    except InvalidSignature:
        return header, claims, False
    return header, claims, True


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _error(status: int, reason: str) -> Any:
    if reason in ("invalid_grant", "unauthorized_client"):
        return {"error": reason, "error_description": "As the test wants it."}
    return {
        "error": {
            "code": status,
            "message": "As the test wants it.",
            "errors": [{"message": "…", "domain": "global", "reason": reason}],
            "status": _STATUS.get(status, "UNAVAILABLE"),
        }
    }
