"""The application on a port of its own, and somebody of the office who looks at it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page
from werkzeug.serving import make_server

from tests.conftest import Keys

Open = Callable[..., Page]


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """Where the application can be reached."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def look(browser: Browser, site: str, keys: Keys) -> Iterator[Open]:
    """Opens a page for somebody who is signed in, or for whom it is open anyway.

    Whatever the browser complains of (a policy that was broken, a script that ended)
    fails the test; an answer that was refused or lost is none of that.
    """
    complaints: list[str] = []
    contexts = []

    def complain(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load" not in message.text:
            complaints.append(message.text)

    def look(
        path: str, *, scripts: bool = True, phone: bool = False, staff: bool = True
    ) -> Page:
        size = (
            {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
        )
        context = browser.new_context(
            base_url=site,
            java_script_enabled=scripts,
            viewport=size,  # type: ignore[arg-type]
        )
        context.set_default_timeout(5000)
        contexts.append(context)
        if staff:
            signed_in = {"user": "admin", "password": keys.password}
            assert context.request.post("/admin/login", data=signed_in).ok
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield look
    for context in contexts:
        context.close()
    assert not complaints
