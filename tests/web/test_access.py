"""Who may call what: every address, every caller."""

from __future__ import annotations

import pytest
from werkzeug.routing import Rule

from jada_flask.tables import JOBS
from tests.builders import NOBODY_KNOWS
from tests.callers import Answer, Caller, form_token, link_for, path_of, stored
from tests.conftest import Keys
from tests.web.conftest import House

ANYBODY = {"nobody", "dashboard", "service", "staff", "crew"}
# A crew's page looks at its own cookie alone; without one it is closed for all alike.
ONE_PAYMENT = "/api/events/<event_id>/<patron_id>/payment/<payment_id>"
CHARTER = "/dispatch/events/<event_id>"
ENTRY = f"{CHARTER}/patrons/<patron_id>/payments/<payment_id>"
MATRIX: dict[str, set[str]] = {
    "GET /api/openapi.json": {"dashboard", "service", "staff"},
    "POST /api/bookings": {"dashboard", "staff"},
    "GET /api/bookings": {"dashboard", "staff"},
    "GET /api/bookings/<booking_id>": {"dashboard", "staff"},
    "POST /api/bookings/<booking_id>/steps/<step>/retry": {"dashboard", "staff"},
    "POST /api/bookings/<booking_id>/cancel": {"dashboard", "staff"},
    "POST /api/margin": {"dashboard", "staff"},
    "POST /api/calendar": {"dashboard"},
    "GET /api/calendar": {"dashboard", "staff"},
    "GET /api/calendar/<entry_id>": {"dashboard", "staff"},
    "GET /api/events": {"staff"},
    "GET /api/events/<event_id>": {"staff"},
    "POST /api/events/<event_id>/patrons": {"staff"},
    "PATCH /api/events/<event_id>/patrons/<patron_id>": {"staff"},
    "DELETE /api/events/<event_id>/patrons/<patron_id>": {"staff"},
    "POST /api/events/<event_id>/<patron_id>/payment": {"staff"},
    "GET /api/events/<event_id>/<patron_id>/payment": {"staff"},
    "GET /api/events/<event_id>/payments": {"staff"},
    "POST /api/events/<event_id>/payments/batch": {"staff"},
    f"POST {ONE_PAYMENT}/void": {"staff"},
    f"POST {ONE_PAYMENT}/refund": {"staff"},
    f"GET {ONE_PAYMENT}/receipt.pdf": {"staff"},
    f"POST {ONE_PAYMENT}/receipt": {"staff"},
    "GET /api/patrons/<email>/payments": {"staff"},
    "GET /api/patrons/<email>/statement.pdf": {"staff"},
    "GET /api/reports/payments": {"staff"},
    "GET /api/reports/tips": {"staff"},
    "POST /api/stripe/webhook": ANYBODY,  # the signature is the key
    "POST /api/receipts": {"staff"},
    "GET /api/receipts": {"staff"},
    "GET /dispatch/money": {"staff"},
    "POST /dispatch/money": {"staff"},
    "GET /dispatch/money/files/<file_id>": {"staff"},
    "POST /dispatch/money/receipts/<path:receipt_id>/accept": {"staff"},
    "POST /dispatch/money/receipts/<path:receipt_id>/dismiss": {"staff"},
    "GET /admin/login": ANYBODY,
    "POST /admin/login": ANYBODY,
    "POST /admin/logout": {"staff"},
    "GET /dispatch": {"staff"},
    "GET /dispatch/events/<event_id>": {"staff"},
    "GET /dispatch/events/<event_id>/history": {"staff"},
    f"GET {CHARTER}/edit": {"staff"},
    f"POST {CHARTER}/edit": {"staff"},
    f"GET {CHARTER}/patrons/new": {"staff"},
    f"POST {CHARTER}/patrons/new": {"staff"},
    f"GET {CHARTER}/patrons/<patron_id>": {"staff"},
    f"POST {CHARTER}/patrons/<patron_id>": {"staff"},
    f"POST {CHARTER}/patrons/<patron_id>/remove": {"staff"},
    f"POST {CHARTER}/mail": {"staff"},
    f"GET {CHARTER}/payments/new": {"staff"},
    f"POST {CHARTER}/payments/new": {"staff"},
    f"GET {CHARTER}/payments/batch": {"staff"},
    f"POST {CHARTER}/payments/batch": {"staff"},
    f"GET {ENTRY}": {"staff"},
    f"POST {ENTRY}/void": {"staff"},
    f"POST {ENTRY}/refund": {"staff"},
    f"POST {ENTRY}/receipt": {"staff"},
    "GET /dispatch/bookings/new": {"staff"},
    "POST /dispatch/bookings/new": {"staff"},
    "GET /dispatch/calendar": {"staff"},
    "GET /dispatch/reports": {"staff"},
    "GET /dispatch/reports/payments": {"staff"},
    "GET /dispatch/bookings/<booking_id>/change": {"staff"},
    "POST /dispatch/bookings/<booking_id>/steps/<step>/retry": {"staff"},
    "POST /dispatch/bookings/<booking_id>/cancel": {"staff"},
    "GET /dispatch/outbox": {"staff"},
    "GET /dispatch/quarantine": {"staff"},
    "POST /dispatch/quarantine/<arrival_id>/settle": {"staff"},
    "POST /dispatch/outbox/<subject>/<message_id>/replay": {"staff"},
    "POST /events/": {"service"},
    "PATCH /events/<event_id>": {"service", "staff"},
    "GET /events/<event_id>": ANYBODY,
    "POST /events/<event_id>": {"crew"},
    "POST /events/<event_id>/tasks": {"crew"},
    "GET /events/<event_id>/calendar.ics": ANYBODY,
    "GET /g/<name>/": ANYBODY,
    "GET /g/<name>": ANYBODY,
    "GET /g/<path:name>": ANYBODY,
    "GET /dev/mailbox": ANYBODY,
    "GET /dev/mailbox/<name>": ANYBODY,
    "GET /dev/mailbox/<name>/html": ANYBODY,
    "POST /dev/storage": ANYBODY,  # by the signature in the form
    "GET /dev/storage/<path:key>": ANYBODY,
    "GET /healthz": ANYBODY,
    "GET /static/<version>/<path:name>": ANYBODY,
}
CREWS_OWN = {name for name in MATRIX if " /events/<event_id>" in name} - {
    "PATCH /events/<event_id>",
}
EXAMPLES = {
    "arrival_id": "QT_none",
    "booking_id": "BK_none",
    "entry_id": "CAL_none",
    "email": "nobody@example.com",
    "event_id": "EV_none",
    "file_id": "none",
    "message_id": "guest_page:EV_none:1",
    "name": NOBODY_KNOWS,
    "path:key": "g/none/photos/none",
    "path:name": "app.css",
    "path:receipt_id": "stripe/ch_none/ch_none",
    "patron_id": "PT_none",
    "payment_id": "PM_none",
    "step": "guest_page",
    "subject": "EV_none",
    "version": "0",
}


def rules(house: House) -> dict[str, Rule]:
    return {
        f"{method} {rule.rule}": rule
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(rule: str, /, **known: str) -> str:
    url = rule.partition(" ")[2]
    for argument, example in (EXAMPLES | known).items():
        url = url.replace(f"<{argument}>", example)
    return url


def call(caller: Caller, rule: str, /, **known: str) -> Answer:
    method = rule.partition(" ")[0]
    sent: dict[str, object] = {} if method == "GET" else {"json": {}}
    return caller.call(method, address(rule, **known), **sent)


def refused(answer: Answer) -> int | None:
    """The status of a refusal that has to do with who calls."""
    if answer.status_code in (401, 403):
        return answer.status_code
    if answer.status_code == 400 and "token is missing" in answer.text:
        return 400
    return None


def expected(name: str, caller: str) -> int | None:
    if caller in MATRIX[name]:
        return None
    if name in CREWS_OWN:
        return 400  # whoever has no cookie of this event has no token for its forms
    return 401 if caller in ("nobody", "crew") else 403


def test_every_address_is_in_the_matrix(house: House) -> None:
    assert set(rules(house)) == set(MATRIX)


@pytest.mark.parametrize("name", MATRIX)
def test_an_address_lets_in_just_those_of_the_matrix(house: House, name: str) -> None:
    callers = {
        "nobody": house.nobody,
        "dashboard": house.scripts,
        "service": house.service,
        "staff": house.office,
        "crew": house.crew,
    }
    known = {}
    if name in CREWS_OWN:
        page = callers["crew"].get(f"/events/{house.event_id}")
        callers["crew"].headers["X-CSRFToken"] = form_token(page)
        known = {"event_id": house.event_id}

    outcomes = {
        caller: refused(call(one, name, **known)) for caller, one in callers.items()
    }

    assert outcomes == {caller: expected(name, caller) for caller in callers}


@pytest.mark.parametrize("name", [name for name in MATRIX if "staff" in MATRIX[name]])
def test_staff_write_only_with_their_token(house: House, name: str) -> None:
    office = house.office
    token = office.headers.pop("X-CSRFToken")

    outcomes = [refused(call(office, name))]
    for wrong in ("", "x", "é", token[:-1], f"{token}x"):
        office.headers["X-CSRFToken"] = wrong
        outcomes.append(refused(call(office, name)))

    writes = not name.startswith("GET") and MATRIX[name] != ANYBODY
    assert set(outcomes) == {400 if writes else None}


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Dashboard-Token": ""},
        {"X-Dashboard-Token": "x" * 32},
        {"X-Dashboard-Token": "é"},
        {"X-Dashboard-Token": "\xff\x80"},
        {"X-Dashboard-Token": "a" * 8000},
        {"x-service-key": ""},
        {"x-service-key": "x" * 32},
        {"x-service-key": "é"},
        {"Cookie": "jada=x"},
        {"Cookie": "jada=é"},
        {"Cookie": "jada="},
        {"Cookie": f"jada={'x' * 5000}"},
        {"Authorization": "Bearer x"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "name", [name for name in MATRIX if "nobody" not in MATRIX[name]]
)
def test_a_wrong_secret_is_nobody(
    house: House, name: str, headers: dict[str, str]
) -> None:
    answer = call(Caller(house.app, **headers), name)

    assert refused(answer) == (400 if name in CREWS_OWN else 401)
    if name not in CREWS_OWN:
        assert answer.headers["WWW-Authenticate"]


def test_the_tokens_are_no_good_for_each_other(house: House, keys: Keys) -> None:
    swapped = Caller(house.app, X_Dashboard_Token=keys.service)
    too = Caller(house.app, x_service_key=keys.dashboard)

    assert swapped.get("/api/bookings").status_code == 401
    assert too.post("/events/", {}).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Dashboard-Token": "wrong"}, 401),
        ({"x-service-key": "wrong"}, 401),
        ({"X-Dashboard-Token": ""}, 401),
        ({"x-service-key": "service"}, 403),
    ],
    ids=str,
)
def test_a_header_counts_before_a_cookie(
    house: House, keys: Keys, headers: dict[str, str], status: int
) -> None:
    """A script that runs in a signed-in browser is what its header says."""
    sent = {name: keys.service if v == "service" else v for name, v in headers.items()}

    answer = house.office.get("/api/bookings", headers=sent)

    assert answer.status_code == status


def test_a_script_with_its_token_needs_no_other(house: House, keys: Keys) -> None:
    office = house.office
    del office.headers["X-CSRFToken"]

    answer = office.post(
        "/api/margin", {}, headers={"X-Dashboard-Token": keys.dashboard}
    )

    assert answer.status_code == 422


def test_staff_may_change_what_the_crew_sees(house: House) -> None:
    answer = house.office.patch("/events/EV_none", {"notes": "Bring oilskins."})

    assert answer.status_code == 404


@pytest.mark.parametrize("name", [name for name in MATRIX if name.startswith("GET")])
def test_looking_changes_nothing(house: House, name: str) -> None:
    """Nor does a HEAD or an OPTIONS, whoever sends it; but for who was seen when."""
    link = path_of(link_for(house.parts, "nia.okafor"))
    letter = house.nobody.get("/dev/mailbox").text.partition("/dev/mailbox/")[2][:57]
    known = {
        "booking_id": str(house.booking["booking_id"]),
        "entry_id": str(house.booking["booking_id"]),
        "event_id": house.event_id,
        "name": house.slug if "/g/" in name else letter,
    }
    urls = [address(name, **known)]
    if name == "GET /events/<event_id>":
        urls += [link, f"{link}x"]
    callers = [house.nobody, house.scripts, house.service, house.office, house.crew]
    before = written(house)

    statuses = {
        caller.call(method, url).status_code
        for caller in callers
        for url in urls
        for method in ("GET", "HEAD", "OPTIONS")
    }

    assert 200 in statuses
    assert max(statuses) < 500
    assert written(house) == before


def written(house: House) -> object:
    """All that is stored or published, but for sessions and counters."""
    tables = stored(house.parts)
    tables[JOBS.name] = [
        item
        for item in tables[JOBS.name]
        if not item["pk"].startswith(("SESSION#", "COUNT#", "AUDIT#staff:"))
    ]
    files = {
        str(path): path.read_bytes()
        for path in house.parts.config.data_dir.rglob("*")
        if path.is_file() and "sqlite3" not in path.name
    }
    return tables, files


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
@pytest.mark.parametrize(
    "url", ["/api/bookings", "/dispatch", "/g/x", "/events/EV_x/y"]
)
def test_another_method_is_not_allowed(house: House, url: str, method: str) -> None:
    answer = house.office.call(method, url)

    assert answer.status_code in (404, 405)
    if answer.status_code == 405:
        assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "url",
    ["/dispatch/x.css", "/dispatch/", "/api", "/admin", "/.env", "/static/x", "//"],
)
def test_an_unknown_address_is_404_for_all(house: House, url: str) -> None:
    for caller in (house.nobody, house.scripts, house.office):
        answer = caller.get(url)

        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"
