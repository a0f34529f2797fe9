"""The headers of every kind of answer, refusals included."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from jada_flask.app import create_app
from jada_flask.domain.errors import BusyError
from jada_flask.web.context import Parts
from tests.builders import NOBODY_KNOWS, booking
from tests.callers import Answer, Caller, link_for, path_of
from tests.conftest import Keys
from tests.fakes import BrokenStore
from tests.web.conftest import House

ALWAYS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
        "browsing-topics=()"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
}
PAGE = {"Accept": "text/html"}
JSON = {"Content-Type": "application/json"}


def too_many(house: House) -> Answer:
    answers = [house.nobody.sign_in("wrong", user="nobody") for _ in range(11)]
    house.clock.forward(minutes=5)
    return answers[-1]


KINDS: dict[str, tuple[int, Callable[[House], Answer]]] = {
    "json": (200, lambda h: h.scripts.get("/api/bookings")),
    "health": (200, lambda h: h.nobody.get("/healthz")),
    "unread": (400, lambda h: h.scripts.post("/api/bookings", data=b"{", headers=JSON)),
    "no token": (400, lambda h: h.crew.post(f"/events/{h.event_id}", {})),
    "stranger": (401, lambda h: h.nobody.get("/api/bookings")),
    "stranger's page": (401, lambda h: h.nobody.get("/dispatch", headers=PAGE)),
    "wrong password": (401, lambda h: h.nobody.sign_in("wrong")),
    "wrong token": (403, lambda h: h.service.get("/api/bookings")),
    "no booking": (404, lambda h: h.scripts.get("/api/bookings/x")),
    "no page": (404, lambda h: h.office.get("/dispatch/x.css", headers=PAGE)),
    "no guest page": (404, lambda h: h.nobody.get(f"/g/{NOBODY_KNOWS}")),
    "no such link": (404, lambda h: h.nobody.get("/events/EV_x?token=y")),
    "no such file": (404, lambda h: h.nobody.get("/static/0/none.css")),
    "method": (405, lambda h: h.scripts.call("DELETE", "/api/bookings")),
    "conflict": (
        409,
        lambda h: h.scripts.post("/api/bookings", booking(status="pending")),
    ),
    "too large": (413, lambda h: h.scripts.post("/api/bookings", {"a": "x" * 70000})),
    "type": (415, lambda h: h.scripts.post("/api/bookings", data=b"x")),
    "values": (422, lambda h: h.scripts.post("/api/bookings", {})),
    "too many": (429, too_many),
    "sign in": (200, lambda h: h.nobody.get("/admin/login")),
    "board": (200, lambda h: h.office.get("/dispatch")),
    "charter": (200, lambda h: h.office.get(f"/dispatch/events/{h.event_id}")),
    "outbox": (200, lambda h: h.office.get("/dispatch/outbox")),
    "to the board": (303, lambda h: h.office.get("/admin/login")),
    "signed out": (303, lambda h: h.office.post("/admin/logout")),
    "link": (303, lambda h: h.nobody.get(path_of(link_for(h.parts, "nia.okafor")))),
    "crew": (200, lambda h: h.crew.get(f"/events/{h.event_id}")),
    "ics": (200, lambda h: h.crew.get(f"/events/{h.event_id}/calendar.ics")),
    "guest": (200, lambda h: h.nobody.get(f"/g/{h.slug}")),
    "mailbox": (200, lambda h: h.nobody.get("/dev/mailbox")),
    "options": (200, lambda h: h.office.call("OPTIONS", "/dispatch")),
    "file": (200, lambda h: h.nobody.get("/static/0/app.css")),
}
OFFICE = {"sign in", "board", "charter", "outbox", "stranger's page", "no page"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_has_what_every_answer_has(house: House, kind: str) -> None:
    status, ask = KINDS[kind]

    answer = ask(house)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "default-src 'none'" in answer.headers.get(
        "Content-Security-Policy", "x"
    ) or (kind == "file")
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"file", "guest"}))
def test_nothing_that_is_made_for_one_is_kept_for_another(
    house: House, kind: str
) -> None:
    answer = KINDS[kind][1](house)

    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", sorted(OFFICE))
def test_a_page_of_the_office_runs_only_its_own(house: House, kind: str) -> None:
    answer = KINDS[kind][1](house)

    policy = answer.headers["Content-Security-Policy"]
    (nonce,) = set(re.findall(r"'nonce-([^']+)'", policy))
    assert len(nonce) >= 22  # 128 bits
    assert f'nonce="{nonce}"' in answer.text
    assert "script-src 'nonce-" in policy
    assert "'unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "form-action 'self'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Cookie" in answer.headers["Vary"]
    assert not re.search(r'\sstyle="|\son[a-z]+="', answer.text)


def test_a_nonce_is_used_once(house: House) -> None:
    office = house.office

    policies = {
        office.get("/dispatch").headers["Content-Security-Policy"] for _ in range(5)
    }

    assert len(policies) == 5


def test_the_crews_page_runs_no_script(house: House) -> None:
    answer = house.crew.get(f"/events/{house.event_id}")

    assert "script-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text


@pytest.mark.parametrize("kind", ["json", "stranger", "values", "no booking", "health"])
def test_a_document_can_do_nothing_in_a_browser(house: House, kind: str) -> None:
    answer = KINDS[kind][1](house)

    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "form-action 'none'" in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_guest_page_asks_nobody_else(house: House) -> None:
    answer = house.nobody.get(f"/g/{house.slug}")

    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == (
        "public, max-age=0, s-maxage=300, must-revalidate"
    )
    assert not re.search(r'(?:src|rel="stylesheet" href)="https?://', answer.text)
    assert not re.search(r'\sstyle="|\son[a-z]+="|<script>|<style', answer.text)


@pytest.mark.parametrize("token", ["right", "wrong"])
def test_the_address_with_a_token_is_told_to_nobody(house: House, token: str) -> None:
    link = path_of(link_for(house.parts, "nia.okafor"))

    answer = house.nobody.get(link if token == "right" else f"{link}x")

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "token" not in answer.headers.get("Location", "")


def test_a_file_of_ours_is_kept_for_ever(house: House) -> None:
    first = house.nobody.get("/static/0/app.css")
    again = house.nobody.get(
        "/static/0/app.css", headers={"If-None-Match": first.headers["ETag"]}
    )

    for answer in (first, again):
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Vary" not in answer.headers
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["../config.py", "..%2fconfig.py", "%2e%2e/app.py", "."]
)
def test_no_other_file_is_served(house: House, path: str) -> None:
    assert house.nobody.get(f"/static/0/{path}").status_code == 404


@pytest.mark.parametrize("kind", ["stranger", "stranger's page", "wrong password"])
def test_who_is_not_signed_in_is_told_how(house: House, kind: str) -> None:
    assert KINDS[kind][1](house).headers["WWW-Authenticate"]


def test_a_stranger_finds_the_way_to_sign_in(house: House) -> None:
    assert 'href="/admin/login"' in house.nobody.get("/dispatch", headers=PAGE).text


@pytest.mark.parametrize(
    ("error", "status"),
    [(RuntimeError("the inside of it"), 500), (BusyError("The store is busy."), 503)],
)
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_fault_of_ours_shows_nothing_of_its_inside(
    house: House, keys: Keys, error: Exception, status: int, accept: str
) -> None:
    app = create_app(broken(house.parts, error))
    scripts = Caller(app, X_Dashboard_Token=keys.dashboard, Accept=accept)

    answers = [
        scripts.get("/api/bookings"),
        Caller(app, Accept=accept, Cookie="jada=x").get("/dispatch"),
        Caller(app, Accept=accept).get("/events/EV_x?token=y"),
    ]

    for answer in answers:
        assert answer.status_code == status
        assert "inside" not in answer.text
        assert "Traceback" not in answer.text
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
        assert ("Retry-After" in answer.headers) == (status == 503)


def broken(parts: Parts, error: Exception) -> Parts:
    store = BrokenStore(parts.ports.store, error)
    return replace(
        parts,
        ports=replace(parts.ports, store=store, public_store=store),
        office=replace(parts.office, store=store),
        public=replace(parts.public, store=store),
    )


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "a b", "é"]
)
@pytest.mark.parametrize("url", ["/healthz", "/dispatch", "/admin/login", "/g/x"])
def test_another_host_is_400(house: House, url: str, host: str) -> None:
    answer = house.nobody.get(url, headers={"Host": host})

    assert answer.status_code == 400
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "evil" not in answer.text
