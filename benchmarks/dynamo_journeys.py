"""What people do all day, each journey once, in an installation on ministack."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from werkzeug.test import Client, TestResponse

from benchmarks.dynamo_meter import Count, Meter
from benchmarks.samples import body
from jada_flask.adapters.aws.dynamo import connect
from jada_flask.app import create_app
from jada_flask.config import Config
from jada_flask.hashes import hash_password, hash_token
from jada_flask.services.deliveries import Courier
from jada_flask.services.drain import Drain
from jada_flask.unit_of_work import Opening
from jada_flask.web.context import Parts
from jada_flask.wiring import build

_PREFIX = "counted"
_PASSWORD, _TOKEN = "a-quiet-night-at-anchor", "d0123456789abcdef" * 2
_PAGE = 50  # charters on a page of the board
_MAGIC = re.compile(r"https?://[^/]+(/events/\S+token=[\w.~-]+)")
_FIELD = r'name="{}" value="([^"]+)"'
# How the names of journeys begin that show a page, or a list of the API.
PAGES = (
    "API",
    "a booking by hand",
    "board",
    "calendar",
    "crew, the",
    "money",
    "outbox, ",
    "page ",
    "payments of",
    "quarantine",
    "reports",
    "sign-in page",
)
Journeys = dict[str, Count]


class Wall:
    """`Clock` that stands still until it is moved on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 12, 1, 18, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class Installation:
    """The application on DynamoDB, and whoever calls it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.clock = Wall()
        config = Config.from_env(
            {
                "JADA_DATA_DIR": str(folder),
                "JADA_STORE": "dynamodb",
                "JADA_TABLE_PREFIX": _PREFIX,
                "AWS_ENDPOINT_URL": url,
                "SECRET_KEY": "of the measurement, and long enough: 0123456789",
                "ADMIN_PASS_HASH": hash_password(_PASSWORD),
                "DASHBOARD_TOKEN_HASH": hash_token(_TOKEN),
            }
        )
        self.nudged = 0
        self.parts = build(config, clock=self.clock, nudge=self._nudge)
        self.app = create_app(self.parts)
        self.meter = Meter(connect(endpoint_url=url), _plain_client(url), _PREFIX)
        self._client = Client(self.app)
        self._crew = Client(self.app)
        self._headers = {"X-Dashboard-Token": _TOKEN}

    def _nudge(self) -> None:
        self.nudged += 1

    def call(self, method: str, path: str, **sent: Any) -> TestResponse:
        """As a script of the office; anything but a success is a fault of the bench."""
        return _right(
            self._client.open(path, method=method, headers=self._headers, **sent)
        )

    def book(self, number: int, **changes: Any) -> dict[str, Any]:
        sent = body(number) | changes
        made: dict[str, Any] = self.call("POST", "/api/bookings", json=sent).get_json()
        return made

    def sign_in(self) -> None:
        """From now on the office calls as a person."""
        told = {"user": "admin", "password": _PASSWORD}
        self._headers = {}
        token = self.call("POST", "/admin/login", json=told).get_json()["csrf_token"]
        self._headers = {"X-CSRFToken": token}

    def drain(self) -> None:
        """Send what is due, one after the other: side by side cannot be counted."""
        with ThreadPoolExecutor(1) as pool:
            _drain_of(self.parts, pool).run()

    def link(self, address: str) -> str:
        """The way in that the newest mail to a member holds."""
        folder = self.parts.config.data_dir / "mailbox"
        for path in sorted(folder.glob("*.eml"), reverse=True):
            text = path.read_text().replace("=\n", "").replace("=3D", "=")
            if address in text and (found := _MAGIC.search(text)):
                return found[1]
        raise LookupError(f"no link was sent to {address}")

    def mails(self) -> int:
        """How many left, but for those that another way takes to the audit inbox."""
        letters = (self.parts.config.data_dir / "mailbox").glob("*.eml")
        return sum("audit@example.com" not in one.read_text() for one in letters)

    def crew(self, method: str, path: str, **sent: Any) -> TestResponse:
        """As a member of the crew, on the phone that followed the link."""
        return _right(self._crew.open(path, method=method, **sent))

    def close(self) -> None:
        self.parts.ports.store.close()
        self.parts.ports.public_store.close()


def measured(url: str, folder: Path) -> Journeys:
    """What each journey asks of DynamoDB at this address."""
    here = Installation(url, folder)
    try:
        return dict(_journeys(here))
    finally:
        here.close()


def _journeys(here: Installation) -> Iterator[tuple[str, Count]]:
    def counted(name: str, act: Callable[[], Any]) -> tuple[str, Count]:
        sent = here.mails()
        with here.meter.counting() as count:
            act()
        count.mails = here.mails() - sent
        return name, count

    here.book(0)
    here.drain()
    yield counted("sign in", here.sign_in)
    yield counted("board, one charter", lambda: here.call("GET", "/dispatch"))
    yield from _a_booking(here, counted)
    yield from _the_crew(here, counted)
    yield from _payments(here, counted)
    yield from _changes(here, counted)
    for number in range(10, 10 + _PAGE):
        here.book(number)
    yield from _pages(here, counted)


Counted = Callable[[str, Callable[[], Any]], tuple[str, Count]]


def _a_booking(here: Installation, counted: Counted) -> Iterator[tuple[str, Count]]:
    key = {"Idempotency-Key": "one and the same"}
    sent = body(1) | _crewed()
    yield counted("booking, the request", lambda: _keyed(here, sent, key))
    yield counted("booking, its outbox", here.drain)
    yield counted("booking, the request repeated", lambda: _keyed(here, sent, key))
    yield counted("booking, unchanged", lambda: here.book(1, **_crewed()))
    yield counted("outbox with nothing due", here.drain)


def _keyed(here: Installation, sent: dict[str, Any], key: dict[str, str]) -> None:
    _right(
        here._client.open(
            "/api/bookings", method="POST", json=sent, headers=here._headers | key
        )
    )


def _crewed() -> dict[str, Any]:
    deckhands = [
        {"crew_id": crew_id, "role": "deckhand"} for crew_id in ("CREW_001", "CREW_002")
    ]
    return {"captain_id": "CAP_001", "crew": deckhands}


def _the_crew(here: Installation, counted: Counted) -> Iterator[tuple[str, Count]]:
    link = here.link("marisol.reyes@example.com")
    page = link.partition("?")[0]
    yield counted("crew, the link", lambda: here.crew("GET", link))
    yield counted("crew, the page", lambda: here.crew("GET", page))
    shown = here.crew("GET", page).text
    form = {name: _field(shown, name) for name in ("csrf_token", "plan")}
    accept = form | {"answer": "accept"}
    yield counted("crew, an answer", lambda: here.crew("POST", page, data=accept))
    yield counted("crew, an answer's outbox", here.drain)
    done = {"csrf_token": form["csrf_token"], "done": _field(shown, "done")}
    yield counted(
        "crew, a task ticked", lambda: here.crew("POST", f"{page}/tasks", data=done)
    )
    yield counted(
        "crew, the calendar file", lambda: here.crew("GET", f"{page}/calendar.ics")
    )


def _payments(here: Installation, counted: Counted) -> Iterator[tuple[str, Count]]:
    event_id = here.book(1, **_crewed())["event_id"]
    paid = f"/api/events/{event_id}/PT_host/payment"
    cash = {"amount": 120, "method": "cash"}
    patrons = [_patron(here, event_id, number) for number in range(15)]
    yield counted("payment", lambda: here.call("POST", paid, json=cash))
    yield counted("payment, its outbox", here.drain)
    yield counted("payment, repeated", lambda: here.call("POST", paid, json=cash))
    lines = [{"patron_id": one, "amount": 60, "method": "card"} for one in patrons]
    batch = f"/api/events/{event_id}/payments/batch"
    yield counted(
        "payments, a batch of 15",
        lambda: here.call("POST", batch, json={"payments": lines}),
    )
    here.drain()
    tip = cash | {"purpose": "tip"}
    logged = here.call("POST", paid, json=tip).get_json()["payment_id"]
    why = {"reason": "Logged at the wrong charter."}
    void = f"{paid}/{logged}/void"
    yield counted("payment, taken back", lambda: here.call("POST", void, json=why))
    here.drain()
    yield counted("payments of one patron", lambda: here.call("GET", paid))
    listed = f"/api/events/{event_id}/payments"
    yield counted("payments of a charter", lambda: here.call("GET", listed))
    newer = f"/dispatch/events/{event_id}/payments/new"
    yield counted("page of a new payment", lambda: here.call("GET", newer))
    yield counted(
        "page of one charter", lambda: here.call("GET", f"/dispatch/events/{event_id}")
    )
    yield counted(
        "API, one charter", lambda: here.call("GET", f"/api/events/{event_id}")
    )


def _patron(here: Installation, event_id: str, number: int) -> str:
    told = {
        "name": f"Guest {number}",
        "email": f"guest.{number}@example.com",
        "amount_due": 60,
    }
    made = here.call("POST", f"/api/events/{event_id}/patrons", json=told)
    return str(made.get_json()["patron_id"])


def _pages(here: Installation, counted: Counted) -> Iterator[tuple[str, Count]]:
    pages = {
        "board, 50 charters": "/dispatch",
        "board, what is over": "/dispatch?when=past",
        "API, 50 charters": "/api/events?from=2027-01-01&to=2027-12-31&limit=50",
        "API, bookings": "/api/bookings?from=2027-01-01&to=2027-12-31&limit=50",
        "outbox, 200 messages": "/dispatch/outbox",
        "calendar, a month": "/dispatch/calendar?month=2027-01",
        "reports, a year": "/dispatch/reports?year=2027",
        "reports of payments": "/dispatch/reports/payments",
        "quarantine": "/dispatch/quarantine",
        "money from outside": "/dispatch/money",
        "a booking by hand": "/dispatch/bookings/new",
        "sign-in page": "/admin/login",
        "page of a history": "/dispatch/events/{event_id}/history",
        "page of an edited charter": "/dispatch/events/{event_id}/edit",
    }
    event_id = here.book(1, **_crewed())["event_id"]
    for name, path in pages.items():
        address = path.format(event_id=event_id)
        yield counted(name, partial(here.call, "GET", address))


def _changes(here: Installation, counted: Counted) -> Iterator[tuple[str, Count]]:
    later = _crewed() | {"start_time": "15:30"}
    yield counted("amendment, the request", lambda: here.book(1, **later))
    yield counted("amendment, its outbox", here.drain)
    booked = here.book(1, **later)["booking_id"]
    cancelled = f"/api/bookings/{booked}/cancel"
    yield counted("cancellation", lambda: here.call("POST", cancelled, json={}))
    yield counted("cancellation, its outbox", here.drain)
    slug = str(here.book(2)["guest_page_url"]).rpartition("/")[2]
    yield counted("guest page, published", here.drain)
    yield counted("guest page, seen", lambda: here.crew("GET", f"/g/{slug}"))


def _drain_of(parts: Parts, pool: ThreadPoolExecutor) -> Drain:
    office: Opening = parts.office
    courier = Courier(office, parts.ports)
    ports = parts.ports
    return Drain(ports.store, courier.deliver, ports.clock, pool, Random(1))


def _plain_client(url: str) -> Any:
    import boto3

    return boto3.session.Session().client("dynamodb", endpoint_url=url)


def _field(page: str, name: str) -> str:
    found = re.search(_FIELD.format(name), page)
    if found is None:
        raise LookupError(f"the page has no field {name}")
    return found[1]


def _right(answer: TestResponse) -> TestResponse:
    if answer.status_code >= 400:
        raise RuntimeError(f"{answer.status_code}: {answer.text[:400]}")
    return answer
