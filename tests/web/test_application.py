"""What is remembered from one request to the next serves none that it should not."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.routing import Map, Rule

from jada_flask.app import create_app
from jada_flask.web.application import Address
from tests.web.conftest import House


def test_a_foreign_host_is_refused_after_our_own_was_served(house: House) -> None:
    assert house.nobody.get("/healthz").status_code == 200

    for host in ("evil.example", "localhost.evil.example"):
        assert house.nobody.get("/healthz", headers={"Host": host}).status_code == 400


def test_the_hosts_of_one_application_are_not_those_of_another(house: House) -> None:
    origin = "http://office.example"
    config = replace(house.parts.config, base_url=origin, guest_url=origin)
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


def test_a_link_is_the_same_from_a_rule_that_waits_until_one_is_wanted() -> None:
    for kind in (Rule, Address):
        rules = [
            kind("/days/<int:day>", endpoint="day"),
            kind("/rules/<rule>", endpoint="rule", defaults={"page": 1}),
        ]
        links = Map(rules).bind("example.com")
        for _ in range(2):
            assert links.build("day", {"day": 3}) == "/days/3"
            assert links.build("day", {"day": 3, "q": "a b"}) == "/days/3?q=a+b"
            assert links.build("rule", {"rule": "a/b", "page": 1}) == "/rules/a/b"


def test_nothing_is_compiled_for_a_link_that_nobody_wants() -> None:
    rule = Address("/days/<int:day>", endpoint="day")
    links = Map([rule]).bind("example.com")
    waiting = rule._build

    links.build("day", {"day": 3}, append_unknown=False)

    assert waiting.__code__.co_name == "build"
    assert rule._build.__code__.co_name == "<builder:'/days/<int:day>'>"
