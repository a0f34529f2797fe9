"""What has to be true of a stage that serves: asked of it before it is live, and after.

The same questions go to a function that nobody reaches yet, as API Gateway would ask,
and over HTTPS to the whole stage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_ASSET = re.compile(r"/static/[0-9a-f]{12}/[a-z0-9_.-]+")
NOWHERE = "/no-such-page-anywhere"
NO_GUEST_PAGE = "/g/no-such-charter-anywhere"
SIGN_IN = "/admin/login"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, as far as a check looks at it."""

    status: int
    headers: Mapping[str, str]  # names in small letters
    body: str = ""


Ask = Callable[[str], Answer]  # GET of a path
Fault = str


def of_office(ask: Ask, stage: str) -> Iterator[Fault]:
    """The office's function by itself."""
    yield from _health(ask("/healthz"), stage)
    yield from _status("/api/bookings", ask("/api/bookings"), 401)
    yield from _closed("/dispatch", ask("/dispatch"))
    yield from _status(NOWHERE, ask(NOWHERE), 404)
    page = ask(SIGN_IN)
    yield from _status(SIGN_IN, page, 200)
    yield from _not_kept(SIGN_IN, page)


def of_public(ask: Ask, stage: str) -> Iterator[Fault]:
    """The function of crew and guests by itself."""
    del stage
    yield from _status(NOWHERE, ask(NOWHERE), 404)
    crew = ask("/events/none")
    yield from _client_error("/events/none", crew)
    yield from _not_kept("/events/none", crew)


def of_stage(ask: Ask, stage: str) -> Iterator[Fault]:
    """The whole of it, through CloudFront."""
    yield from of_office(ask, stage)
    yield from _status(NO_GUEST_PAGE, ask(NO_GUEST_PAGE), 404)
    crew = ask("/events/none")
    yield from _client_error("/events/none", crew)
    yield from _not_kept("/events/none", crew)
    page = ask(SIGN_IN)
    yield from _not_kept(SIGN_IN, page)
    for asset in sorted(set(_ASSET.findall(page.body))) or ["/static/"]:
        yield from _for_ever(asset, ask(asset))


def past_the_edge(ask: Ask) -> Iterator[Fault]:
    """An API by its own name, without the secret that CloudFront adds."""
    yield from _status("/healthz past CloudFront", ask("/healthz"), 403)


def _health(answer: Answer, stage: str) -> Iterator[Fault]:
    yield from _status("/healthz", answer, 200)
    try:
        said = json.loads(answer.body).get("stage")
    except (ValueError, AttributeError):
        said = None
    if said != stage:
        yield f"/healthz: says stage {said!r}, not {stage!r}"


def _status(path: str, answer: Answer, wanted: int) -> Iterator[Fault]:
    if answer.status != wanted:
        yield f"{path}: {answer.status}, not {wanted}"


def _client_error(path: str, answer: Answer) -> Iterator[Fault]:
    if not 400 <= answer.status < 500:
        yield f"{path}: {answer.status}, where it should refuse"


def _closed(path: str, answer: Answer) -> Iterator[Fault]:
    """Whoever is not signed in is refused, or sent to where one signs in."""
    away = answer.status in (302, 303) and SIGN_IN in answer.headers.get("location", "")
    if answer.status != 401 and not away:
        yield f"{path}: {answer.status}, where it should ask to sign in"


def _not_kept(path: str, answer: Answer) -> Iterator[Fault]:
    if "no-store" not in answer.headers.get("cache-control", ""):
        yield f"{path}: may be kept, and must not"
    if "age" in answer.headers or "hit" in answer.headers.get("x-cache", "").lower():
        yield f"{path}: comes from a cache"


def _for_ever(path: str, answer: Answer) -> Iterator[Fault]:
    yield from _status(path, answer, 200)
    if answer.status == 200 and "immutable" not in answer.headers.get(
        "cache-control", ""
    ):
        yield f"{path}: is not kept, and could be for ever"
