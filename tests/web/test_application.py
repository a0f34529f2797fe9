"""What is remembered from one request to the next serves none that it should not."""

from __future__ import annotations

from dataclasses import replace

from jada_flask.app import create_app
from tests.web.conftest import House


def test_a_foreign_host_is_refused_after_our_own_was_served(house: House) -> None:
    assert house.nobody.get("/healthz").status_code == 200

    for host in ("evil.example", "localhost.evil.example"):
        assert house.nobody.get("/healthz", headers={"Host": host}).status_code == 400


def test_the_hosts_of_one_application_are_not_those_of_another(house: House) -> None:
    served = {"base_url": "http://office.example", "guest_url": "http://office.example"}
    config = replace(house.parts.config, **served)
    other = create_app(replace(house.parts, config=config)).test_client()
    headers = {"Host": "office.example"}

    assert other.get("/healthz", headers=headers).status_code == 200
    assert house.nobody.get("/healthz", headers=headers).status_code == 400


def test_an_answer_to_head_has_its_length_and_no_body(house: House) -> None:
    whole = house.nobody.get("/healthz")
    head = create_app(house.parts).test_client().head("/healthz")

    assert head.data == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]
    assert head.headers["Cache-Control"] == "no-store"


def test_what_an_answer_says_itself_stands_once(house: House) -> None:
    answer = create_app(house.parts).test_client().get("/healthz")

    names = [name.lower() for name, _ in answer.headers]
    assert len(names) == len(set(names))
