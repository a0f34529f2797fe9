"""Somebody with a browser or a script: an origin, cookies, and what is always sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from tests.aws.stand_in.gateway import Request, Response

Send = Callable[[str, Request], Response]


class Browser:
    """One visitor of one origin."""

    def __init__(self, send: Send, origin: str, **headers: str) -> None:
        self._send, self.origin = send, origin
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}
        self._cookies: dict[str, tuple[str, str]] = {}

    def get(self, address: str, **headers: str) -> Response:
        return self.call("GET", address, b"", **headers)

    def post(self, address: str, body: Any, **headers: str) -> Response:
        """Send JSON."""
        headers["Content-Type"] = "application/json"
        return self.call("POST", address, json.dumps(body).encode(), **headers)

    def submit(self, address: str, form: dict[str, str]) -> Response:
        """Send a form, as a page of this origin does."""
        sent = {"Content-Type": "application/x-www-form-urlencoded"}
        sent |= {"Referer": self.origin + address, "Sec-Fetch-Site": "same-origin"}
        return self.call("POST", address, urlencode(form).encode(), **sent)

    def call(
        self, method: str, address: str, body: bytes = b"", **headers: str
    ) -> Response:
        """Ask for an address of this origin; a redirect is an answer."""
        path, _, query = address.removeprefix(self.origin).partition("?")
        sent = {**self.headers, **{n.replace("_", "-"): v for n, v in headers.items()}}
        if method != "GET":
            sent.setdefault("Origin", self.origin)
        fitting = [
            f"{name}={value}"
            for name, (value, below) in self._cookies.items()
            if path.startswith(below)
        ]
        if fitting:
            sent["Cookie"] = "; ".join(fitting)
        request = Request(method, path, query, list(sent.items()), body)
        response = self._send(self.origin, request)
        self._keep(response.all("Set-Cookie"))
        return response

    def _keep(self, cookies: list[str]) -> None:
        for cookie in cookies:
            pair, *attributes = cookie.split("; ")
            name, _, value = pair.partition("=")
            known = dict(each.partition("=")[::2] for each in attributes)
            self._cookies[name] = value, known.get("Path", "/")
