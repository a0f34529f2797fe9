"""Whoever deploys: answers, agrees to every plan, and notes what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from infra.talk import Talk
from tests.google.fake_google import FakeGoogle

PASSWORD: Final = "a-quiet-night-at-anchor"


@dataclass
class Operator:
    """An operator and what he was told."""

    said: list[str] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def at_work(self) -> Iterator[Talk]:
        """A talk whose words are shown when what it is about fails."""
        try:
            yield self.talk()
        except Exception as error:
            error.add_note("\n".join(self.said))
            raise

    def talk(self) -> Talk:
        return Talk(
            say=self.said.append,
            ask=lambda question: "",
            ask_hidden=self._hidden,
            reveal=self._see,
            agreed=lambda stage: True,
        )

    def _hidden(self, question: str) -> str:
        return gmail_key() if "GMAIL" in question else PASSWORD

    def _see(self, text: str) -> None:
        name, _, value = text.partition(": ")
        self.shown[name] = value


def settings(stage: str) -> dict[str, str]:
    """What the environment of a deployment holds."""
    with FakeGoogle() as google:
        account = google.info()["client_email"]
    return {
        "JADA_BASE_URL": f"https://{stage}.example.com",
        "JADA_CERTIFICATE_ARN": "arn:aws:acm:us-east-1:210987654321:certificate/1",
        "JADA_MAIL_FROM": f"jada-{stage}@example.com",
        "JADA_ALERT_EMAIL": "office@example.com",
        "GMAIL_SERVICE_ACCOUNT_EMAIL": account,
        "GMAIL_AUDIT_RECIPIENT": "audit@example.com",
        "GAS_ENDPOINT_URL": "https://script.google.com/macros/s/x/exec",
    }


def gmail_key() -> str:
    with FakeGoogle() as google:
        return google.key_b64(token_uri="https://oauth2.googleapis.com/token")
