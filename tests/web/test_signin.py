"""Signing in and out, and what a session is worth."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from jada_flask.app import create_app
from jada_flask.tables import JOBS
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests.callers import Answer, Caller, form_token, stored
from tests.conftest import Keys
from tests.fakes import SetClock


def sessions(parts: Parts) -> list[str]:
    return [
        item["pk"]
        for item in stored(parts)[JOBS.name]
        if item["pk"].startswith("SESSION#")
    ]


def cookie_of(answer: Answer) -> str:
    (cookie,) = answer.headers.getlist("Set-Cookie")
    return cookie


def with_cookie(app: Flask, answer: Answer) -> Caller:
    return Caller(app, Cookie=cookie_of(answer).partition(";")[0])


def test_a_script_signs_in_with_json(client: Caller, keys: Keys) -> None:
    answer = client.sign_in(keys.password)

    assert answer.status_code == 200
    assert answer.json.keys() == {"user", "role", "csrf_token"}
    assert (answer.json["user"], answer.json["role"]) == ("admin", "admin")
    assert client.get("/dispatch").status_code == 200


def test_a_person_signs_in_with_the_form(client: Caller, keys: Keys) -> None:
    page = client.get("/admin/login")
    form = {
        "user": "admin",
        "password": keys.password,
        "csrf_token": form_token(page),
    }

    answer = client.call("POST", "/admin/login", data=form)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/dispatch")
    assert client.get("/dispatch").status_code == 200


def test_the_form_does_not_forget_the_name(client: Caller) -> None:
    form = {"user": "adm<i>n", "password": "wrong"}

    answer = client.call("POST", "/admin/login", data=form)

    assert answer.status_code == 401
    assert 'value="adm&lt;i&gt;n"' in answer.text
    assert "wrong" not in answer.text.replace("flash-wrong", "")


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("admin", ""),
        ("admin", "wrong"),
        ("Admin", "a-quiet-night-at-anchor"),
        ("", "a-quiet-night-at-anchor"),
        ("nobody", "a-quiet-night-at-anchor"),
        ("admin\x00", "a-quiet-night-at-anchor"),
        ("x" * 3000, "wrong"),
        ("é" * 500, "ü"),
        ("#", "\x00"),
    ],
)
def test_who_may_not_sign_in_is_told_the_same(
    client: Caller, user: str, password: str
) -> None:
    """Whether it is the name or the password that is wrong is not said."""
    answer = client.sign_in(password, user)
    form = client.call(
        "POST", "/admin/login", data={"user": user, "password": password}
    )

    assert (answer.status_code, form.status_code) == (401, 401)
    assert answer.json["detail"] == "This name and password do not belong together."
    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" not in form.headers


@pytest.mark.parametrize(
    "body", [{}, {"user": "admin"}, {"user": 1, "password": 2}, {"user": None}, []]
)
def test_a_body_that_is_none_is_422(client: Caller, body: object) -> None:
    answer = client.call("POST", "/admin/login", json=body)

    assert answer.status_code == 422
    assert answer.json["errors"]


def test_the_eleventh_try_in_five_minutes_waits(client: Caller, keys: Keys) -> None:
    tries = [client.sign_in("wrong").status_code for _ in range(10)]

    right = client.sign_in(keys.password)
    form = client.call(
        "POST", "/admin/login", data={"user": "admin", "password": keys.password}
    )

    assert tries == [401] * 10
    assert (right.status_code, form.status_code) == (429, 429)
    assert 0 < int(right.headers["Retry-After"]) <= 300
    assert right.content_type == "application/problem+json"


def test_after_five_minutes_one_may_try_again(
    client: Caller, keys: Keys, clock: SetClock
) -> None:
    tries = [client.sign_in("wrong") for _ in range(11)]

    clock.forward(seconds=int(tries[-1].headers["Retry-After"]))

    assert client.sign_in(keys.password).status_code == 200


def test_tries_are_counted_in_the_store(
    client: Caller, keys: Keys, clock: SetClock, parts: Parts
) -> None:
    """Another process, or the same one later, knows of them."""
    for _ in range(10):
        client.sign_in("wrong")
    other = build(parts.config, clock=clock)

    answer = Caller(create_app(other)).sign_in(keys.password)
    other.ports.store.close()
    other.ports.public_store.close()

    assert answer.status_code == 429


def test_tries_at_once_are_all_counted(app: Flask) -> None:
    def one(_: int) -> int:
        return Caller(app).sign_in("wrong").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(one, range(24)))

    assert sorted(statuses) == [401] * 10 + [429] * 14


def test_somebody_elsewhere_is_not_held_up(client: Caller, keys: Keys) -> None:
    for _ in range(11):
        client.sign_in("wrong")

    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.7"}}
    answer = client.post(
        "/admin/login", {"user": "admin", "password": keys.password}, **elsewhere
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["admin", "nobody"])
def test_a_name_that_is_tried_from_everywhere_waits_as_well(
    client: Caller, name: str
) -> None:
    statuses = [
        client.post(
            "/admin/login",
            {"user": name, "password": "wrong"},
            environ_overrides={"REMOTE_ADDR": f"203.0.113.{place}"},
        ).status_code
        for place in range(60)
    ]

    assert statuses[:10] == [401] * 10
    assert statuses[-1] == 429


def test_a_whole_network_of_version_6_is_one_place(client: Caller) -> None:
    """Whoever has one such address has 2 to the 64 of them."""
    statuses = [
        client.post(
            "/admin/login",
            {"user": "admin", "password": "wrong"},
            environ_overrides={"REMOTE_ADDR": f"2001:db8:0:1::{place:x}"},
        ).status_code
        for place in range(11)
    ]

    assert statuses == [401] * 10 + [429]


def test_signing_in_makes_a_new_session(
    app: Flask, client: Caller, keys: Keys, parts: Parts
) -> None:
    """A cookie that somebody else planted is worth nothing afterwards."""
    client.client.set_cookie("jada", "planted")

    client.sign_in(keys.password)

    assert Caller(app, Cookie="jada=planted").get("/dispatch").status_code == 401
    assert len(sessions(parts)) == 1
    assert "planted" not in str(stored(parts))


def test_the_secret_of_a_session_is_not_in_the_store(
    client: Caller, keys: Keys, parts: Parts
) -> None:
    answer = client.sign_in(keys.password)

    secret = cookie_of(answer).partition(";")[0].partition("=")[2]
    assert len(secret) >= 43  # 256 bits
    assert secret not in str(stored(parts))
    assert keys.password not in str(stored(parts))


def test_signing_out_ends_the_session_on_the_server(
    app: Flask, client: Caller, keys: Keys, parts: Parts
) -> None:
    signed_in = client.sign_in(keys.password)
    copied = with_cookie(app, signed_in)
    assert copied.get("/dispatch").status_code == 200

    answer = client.post("/admin/logout")

    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert copied.get("/dispatch").status_code == 401
    assert client.get("/dispatch").status_code == 401
    assert sessions(parts) == []


def test_signing_out_needs_the_token(client: Caller, keys: Keys) -> None:
    client.sign_in(keys.password)
    del client.headers["X-CSRFToken"]

    answer = client.post("/admin/logout")

    assert answer.status_code == 400
    assert client.get("/dispatch").status_code == 200


def test_eight_hours_without_a_request_end_a_session(
    office: Caller, clock: SetClock
) -> None:
    clock.forward(hours=7, minutes=59)
    assert office.get("/dispatch").status_code == 200
    clock.forward(hours=3)
    assert office.get("/dispatch").status_code == 200

    clock.forward(hours=8)

    assert office.get("/dispatch").status_code == 401


def test_twelve_hours_end_a_session_always(office: Caller, clock: SetClock) -> None:
    statuses = []
    for _ in range(12):
        clock.forward(hours=1)
        statuses.append(office.get("/dispatch").status_code)

    assert statuses == [200] * 11 + [401]


def test_a_token_of_another_session_is_no_good(
    app: Flask, keys: Keys, office: Caller
) -> None:
    other = Caller(app)
    other.sign_in(keys.password)
    office.headers["X-CSRFToken"] = other.headers["X-CSRFToken"]

    assert office.post("/api/margin", {}).status_code == 400


def test_a_page_has_a_token_that_works(office: Caller) -> None:
    token = form_token(office.get("/dispatch"))
    office.headers = {"X-CSRFToken": token}

    assert office.post("/api/margin", {}).status_code == 422


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://127.0.0.1:8000"}, 422),
        ({"Sec-Fetch-Site": "same-origin"}, 422),
        ({"Sec-Fetch-Site": "none"}, 422),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:8000.evil.example"}, 403),
        ({"Origin": "http://127.0.0.1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"}, 403),
    ],
    ids=str,
)
def test_what_another_site_makes_the_browser_send_is_refused(
    office: Caller, headers: dict[str, str], status: int
) -> None:
    answer = office.post("/api/margin", {}, headers=headers)

    assert answer.status_code == status


def test_another_site_cannot_sign_somebody_in(client: Caller, keys: Keys) -> None:
    answer = client.post(
        "/admin/login",
        {"user": "admin", "password": keys.password},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_no_address_sends_anybody_elsewhere(client: Caller, keys: Keys) -> None:
    form = {"user": "admin", "password": keys.password, "next": "//evil.example"}

    answer = client.call("POST", "/admin/login?next=//evil.example", data=form)

    assert answer.headers["Location"] == "/dispatch"


def test_the_cookie_of_an_office_without_https(client: Caller, keys: Keys) -> None:
    cookie = cookie_of(client.sign_in(keys.password))

    name, *flags = cookie.split("; ")
    assert name.startswith("jada=")
    assert sorted(flags[1:] if flags[0].startswith("Expires") else flags) == sorted(
        ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Lax"]
    )


@pytest.fixture
def secure(keys: Keys, clock: SetClock, tmp_path: Path) -> Iterator[Flask]:
    """The same behind https, as its address says."""
    settings = {"JADA_BASE_URL": "https://jada.example.com"}
    parts = build(keys.config(tmp_path / "var", **settings), clock=clock)
    yield create_app(parts)
    parts.ports.store.close()
    parts.ports.public_store.close()


def test_the_cookie_of_an_office_with_https(secure: Flask, keys: Keys) -> None:
    client = Caller(secure, Host="jada.example.com")

    cookie = cookie_of(client.sign_in(keys.password))

    name, *flags = cookie.split("; ")
    assert name.startswith("__Host-jada=")
    assert set(flags) >= {
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
        "Max-Age=43200",
    }
    assert not any(flag.startswith("Domain") for flag in flags)


def test_the_cookie_that_is_taken_away_is_the_one_that_was_given(
    secure: Flask, keys: Keys
) -> None:
    client = Caller(secure, Host="jada.example.com")
    given = cookie_of(client.sign_in(keys.password))
    client.headers["Cookie"] = given.partition(";")[0]
    again = Caller(secure, **client.headers)

    answer = again.post("/admin/logout")

    gone = cookie_of(answer)
    assert answer.status_code == 303
    assert gone.startswith("__Host-jada=;")
    assert {"Secure", "Path=/", "Max-Age=0"} <= set(gone.split("; "))


def test_behind_https_another_name_of_this_machine_is_refused(secure: Flask) -> None:
    office = Caller(secure, Host="jada.example.com")

    assert office.get("/healthz").status_code == 200
    assert Caller(secure, Host="localhost").get("/healthz").status_code in (200, 400)
    assert Caller(secure, Host="evil.example").get("/healthz").status_code == 400


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://jada.example.com", 401), ("http://jada.example.com", 403)],
)
def test_behind_https_only_https_is_our_own_site(
    secure: Flask, origin: str, status: int
) -> None:
    client = Caller(secure, Host="jada.example.com", Origin=origin)

    assert client.sign_in("wrong").status_code == status
