"""Who calls the application: strangers, scripts, the office, the crew."""

from __future__ import annotations

import json
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from jada_flask.ports import Item
from jada_flask.tables import ALL
from jada_flask.web.context import Parts


class Answer(TestResponse):
    """What came back."""

    @property
    def json(self) -> Any:
        return self.get_json()


class Caller:
    """A client with a cookie jar and the headers that it always sends."""

    def __init__(self, app: Flask, **headers: str) -> None:
        # The client's own jar would take the place of a cookie that is set by hand.
        self.client = FlaskClient(app, Answer, use_cookies="Cookie" not in headers)
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}

    def call(self, method: str, url: str, **sent: Any) -> Answer:
        headers = self.headers | sent.pop("headers", {})
        sent |= {"method": method, "headers": headers, "buffered": True}
        answer = self.client.open(url, **sent)
        return cast(Answer, answer)

    def get(self, url: str, **sent: Any) -> Answer:
        return self.call("GET", url, **sent)

    def post(self, url: str, body: Any = None, **sent: Any) -> Answer:
        if body is not None:
            sent["json"] = body
        return self.call("POST", url, **sent)

    def patch(self, url: str, body: Any) -> Answer:
        return self.call("PATCH", url, json=body)

    def sign_in(self, password: str, user: str = "admin") -> Answer:
        """Sign in; what follows is sent with the token of the session."""
        answer = self.post("/admin/login", {"user": user, "password": password})
        if answer.status_code == 200:
            self.headers["X-CSRFToken"] = answer.json["csrf_token"]
        return answer

    def open_link(self, link: str) -> Answer:
        """Follow a link from a mail as far as the page it leads to."""
        answer = self.get(path_of(link))
        if answer.status_code == 303:
            return self.get(answer.headers["Location"])
        return answer

    def answer(self, page: Answer, choice: str | None) -> Answer:
        """Send the form of the crew's page that was shown."""
        form = {
            name: hidden_field(page, name)
            for name in ("csrf_token", "plan")
            if f'name="{name}"' in page.text
        }
        if choice:
            form["answer"] = choice
        return self.call("POST", page.request.path, data=form)


def path_of(link: str) -> str:
    """An address without its origin."""
    return re.sub(r"^https?://[^/]+", "", link)


def form_token(page: Answer) -> str:
    return hidden_field(page, "csrf_token")


def hidden_field(page: Answer, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def mails(parts: Parts) -> list[EmailMessage]:
    """What has left, as the files of the mailbox hold it, oldest first."""
    folder = parts.config.data_dir / "mailbox"
    return [
        message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


def subjects(parts: Parts) -> list[str]:
    return sorted(
        f"{mail['to'].addresses[0].addr_spec}: {mail['subject']}"
        for mail in mails(parts)
    )


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def link_for(parts: Parts, address: str) -> str:
    """The link in the newest mail to somebody."""
    for mail in reversed(mails(parts)):
        found = re.search(r"https?://\S+token=\S+", text_of(mail))
        if address in str(mail["to"]) and found:
            return found[0]
    raise AssertionError(f"no link was sent to {address}")


def summaries(parts: Parts) -> list[dict[str, Any]]:
    """What would have gone to the bridge."""
    path = parts.config.data_dir / "operator" / "summaries.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def stored(parts: Parts) -> dict[str, list[Item]]:
    """Everything that the store holds."""
    return {
        table.name: sorted(
            parts.ports.store.everything(table),
            key=lambda item: [str(item[table.partition]), str(item[table.sort])],
        )
        for table in ALL
    }


def published(parts: Parts) -> list[Path]:
    """The guest pages that are out."""
    return sorted((parts.config.data_dir / "guest").glob("g/*/index.html"))
