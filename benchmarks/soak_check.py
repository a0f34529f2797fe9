"""Whether every booking that was answered had all of its work done, and once."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jada_flask.adapters.local.clock import SystemClock
from jada_flask.adapters.local.mailbox import FolderMailbox
from jada_flask.config import Config
from jada_flask.domain.booking import Booking
from jada_flask.domain.outbox import LEASE, State
from jada_flask.records.money import BOOKING
from jada_flask.services import automation
from jada_flask.services.worker import drain_of
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from jada_flask.wiring import build

_LINK = re.compile(r"/events/(EV_\w+)\?token=")


class _LaterClock(SystemClock):
    """Past the leases of those who were killed, which nobody then has to wait for."""

    def now(self) -> datetime:
        return super().now() + LEASE


@dataclass(frozen=True, slots=True)
class Findings:
    """What was there in the end, and what should not have been so."""

    drained: int  # messages that were left to the last drain
    mails: int
    lines: int
    wrong: list[str]

    def __str__(self) -> str:
        return (
            f"{self.drained} messages were left over; {self.mails} mails and "
            f"{self.lines} summary lines in all"
        )


def findings(data: Path, taken: list[str]) -> Findings:
    """Drain what is left, then look at every booking from the outside."""
    config = Config.from_env({"JADA_DATA_DIR": str(data)})
    parts = build(config, clock=_LaterClock())
    drained = drain_of(parts.office, parts.ports).run().total()
    mails = _mails(data)
    lines = _lines(data)
    wrong = [
        f"{n} mails to {who} about {event}"
        for (event, who), n in mails.items()
        if n > 1
    ]
    wrong += [f"{n} summary lines {line}" for line, n in lines.items() if n > 1]
    for booking_id in taken:
        wrong += _missing(parts, booking_id, mails, lines)
    return Findings(drained, mails.total(), lines.total(), wrong)


def _missing(
    parts: Parts, booking_id: str, mails: Counter[tuple[str, str]], lines: Counter[str]
) -> Iterator[str]:
    """What a booking that was answered should have brought about and did not."""
    work = UnitOfWork(parts.office)
    booking = work.get(BOOKING, booking_id)
    if booking is None:
        yield f"{booking_id} was answered and is lost"
        return
    for step in automation.steps(booking, automation.messages(work, booking)):
        if step.state is not State.DONE:
            yield f"{booking_id}: {step.name} is {step.state}"
    asked = sum(event == booking.event_id for event, _ in mails)
    if asked != len(booking.terms.places):
        yield f"{booking_id}: {asked} of {len(booking.terms.places)} were asked"
    if not lines[f"booking:{booking_id}:1"]:
        yield f"{booking_id}: no summary"
    if not _page(parts, booking).is_file():
        yield f"{booking_id}: no guest page"


def _page(parts: Parts, booking: Booking) -> Path:
    return parts.config.data_dir / "guest" / "g" / str(booking.slug) / "index.html"


def _mails(data: Path) -> Counter[tuple[str, str]]:
    """How many mails each member got about each event."""
    mailbox = FolderMailbox(data / "mailbox", SystemClock(), "jada@example.com")
    found: Counter[tuple[str, str]] = Counter()
    for letter in mailbox.letters(limit=1_000_000):
        if match := _LINK.search(letter.text):
            found[match[1], letter.to] += 1
    return found


def _lines(data: Path) -> Counter[str]:
    """How many lines each summary has in the operator's file."""
    text = (data / "operator" / "summaries.jsonl").read_text()
    return Counter(str(json.loads(line)["id"]) for line in text.splitlines())
