"""The webhook of Stripe over HTTP: signed, repeated, in any order, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from jada_flask.app import create_app
from jada_flask.domain.errors import ConfigError
from jada_flask.records.payments import ENTRY
from jada_flask.services import reconciling
from jada_flask.tables import PAYMENTS
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts
from jada_flask.wiring import build
from tests.builders import booking
from tests.callers import Answer, Caller, stored
from tests.conftest import Keys
from tests.fakes import SetClock
from tests.matching.stripe_events import (
    OLDER,
    SECRET,
    charge,
    event,
    header,
    refunded,
    signature,
    written,
)

URL = "/api/stripe/webhook"


@dataclass(slots=True)
class Stripe:
    """The other side: signs and sends, like the real one."""

    parts: Parts
    clock: SetClock
    app: Flask
    event_id: str = ""
    said: dict[str, str] = field(default_factory=dict)

    def send(
        self,
        told: Any,
        *,
        secret: str = SECRET,
        signed: str | None = None,
        **late: float,
    ) -> Answer:
        """Send an event, signed so long ago or, below zero, so far ahead."""
        body = told if isinstance(told, bytes) else written(told)
        made = header(body, self.clock.at - timedelta(**late), secret)
        headers = {"Stripe-Signature": made if signed is None else signed}
        if signed == "":
            headers = {}
        return Caller(self.app).call(
            "POST", URL, data=body, content_type="application/json", headers=headers
        )

    def charge(self, **changes: Any) -> dict[str, Any]:
        """A charge of the one who booked."""
        return charge(metadata=self.said, **changes)

    def log(self) -> list[tuple[str, str]]:
        entries = map(ENTRY.value, self.parts.ports.store.everything(PAYMENTS))
        return sorted((one.kind.value, one.amount.plain) for one in entries)

    def open(self) -> int:
        return len(reconciling.proposals(UnitOfWork(self.parts.office))[0])


@pytest.fixture
def parts(keys: Keys, clock: SetClock, tmp_path: Path) -> Iterator[Parts]:
    secrets = f"{SECRET}, {OLDER}"
    settings = keys.config(tmp_path / "var", STRIPE_WEBHOOK_SECRET=secrets)
    made = build(settings, clock=clock)
    yield made
    made.ports.store.close()
    made.ports.public_store.close()


@pytest.fixture
def stripe(parts: Parts, clock: SetClock, app: Flask, scripts: Caller) -> Stripe:
    taken = scripts.post("/api/bookings", booking()).json
    return Stripe(
        parts, clock, app, taken["event_id"], {"booking_id": taken["booking_id"]}
    )


def test_a_charge_that_stripe_signed_is_logged(stripe: Stripe) -> None:
    answer = stripe.send(event(stripe.charge()))

    work = UnitOfWork(stripe.parts.office)
    assert (answer.status_code, answer.json["state"]) == (200, "settled")
    assert stripe.log() == [("payment", "500.00")]
    assert reconciling.one(work, "stripe/ch_1/ch_1").told_by == ("evt_1",)


@pytest.mark.parametrize("secret", [SECRET, OLDER])
def test_both_secrets_count_while_they_are_exchanged(
    stripe: Stripe, secret: str
) -> None:
    assert stripe.send(event(stripe.charge()), secret=secret).status_code == 200


def test_two_signatures_as_stripe_sends_them_during_an_exchange(stripe: Stripe) -> None:
    body = written(event(stripe.charge()))
    both = f"{header(body, stripe.clock.at, 'whsec_unknown_to_us')}"
    both += f",v1={signature(body, stripe.clock.at)}"

    assert stripe.send(body, signed=both).status_code == 200


@pytest.mark.parametrize(
    ("late", "status"), [(300, 200), (301, 400), (-300, 200), (-301, 400)]
)
def test_an_event_may_be_five_minutes_old_or_ahead(
    stripe: Stripe, late: float, status: int
) -> None:
    answer = stripe.send(event(stripe.charge()), seconds=late)

    assert answer.status_code == status
    assert len(stripe.log()) == (status == 200)


@pytest.mark.parametrize("signed", ["", "t=1", "nonsense", "t=1,v1=é", "v1=\xff"])
def test_what_is_not_signed_is_refused_and_writes_nothing(
    stripe: Stripe, signed: str
) -> None:
    before = stored(stripe.parts)

    answer = stripe.send(event(stripe.charge()), signed=signed)

    assert answer.status_code == 400
    assert stored(stripe.parts) == before


def test_nobody_learns_what_was_wrong_with_a_signature(stripe: Stripe) -> None:
    told = event(stripe.charge())
    refusals = [
        stripe.send(told, secret="whsec_of_somebody_else"),
        stripe.send(told, seconds=301),
        stripe.send(told, seconds=-301),
        stripe.send(told, signed=""),
        stripe.send(b"not even JSON", signed="t=1,v1=0"),
    ]

    assert {answer.status_code for answer in refusals} == {400}
    assert len({answer.text for answer in refusals}) == 1


def test_a_body_that_was_touched_is_refused(stripe: Stripe) -> None:
    body = written(event(stripe.charge()))
    signed = header(body, stripe.clock.at)

    answer = stripe.send(body.replace(b"50000", b"90000"), signed=signed)

    assert answer.status_code == 400
    assert stripe.log() == []


def test_the_bytes_are_signed_and_not_what_they_mean(stripe: Stripe) -> None:
    """White space counts, so nobody may read and write it anew on the way."""
    body = written(event(stripe.charge()))

    answer = stripe.send(body + b" ", signed=header(body, stripe.clock.at))

    assert answer.status_code == 400


def test_an_event_that_is_too_large_is_refused_before_it_is_read(
    stripe: Stripe,
) -> None:
    large = event(stripe.charge(description="x" * 300_000))

    assert stripe.send(large).status_code == 413


def test_without_a_secret_there_is_no_such_address(
    keys: Keys, clock: SetClock, tmp_path: Path, stripe: Stripe
) -> None:
    settings = keys.config(tmp_path / "other")
    other = build(settings, clock=clock)
    body = written(event(stripe.charge()))

    answer = Caller(create_app(other)).call(
        "POST", URL, data=body, headers={"Stripe-Signature": header(body, clock.at, "")}
    )

    assert answer.status_code == 404
    other.ports.store.close()
    other.ports.public_store.close()


@pytest.mark.parametrize(
    "told",
    [
        event({"id": "cus_1"}, "customer.created"),
        event({}, "charge.dispute.created"),
        event(charge(captured=False)),
        {"id": "evt_1", "object": "event", "type": "v9.of.the.future"},
    ],
)
def test_what_is_none_of_our_business_is_taken_politely(
    stripe: Stripe, told: dict[str, Any]
) -> None:
    before = stored(stripe.parts)

    answer = stripe.send(told)

    assert (answer.status_code, answer.json["state"]) == (200, "ignored")
    assert stored(stripe.parts) == before


def test_an_event_that_we_know_and_cannot_read_is_told_so(stripe: Stripe) -> None:
    """Stripe shows it as failed and sends it again, once we can read it."""
    answer = stripe.send(event(stripe.charge(amount_captured="500")))

    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "amount_captured"


def test_a_repeated_event_changes_nothing(stripe: Stripe) -> None:
    told = event(stripe.charge())
    stripe.send(told)
    before = stored(stripe.parts)

    for hours in (1, 24, 72):
        stripe.clock.forward(hours=hours)
        assert stripe.send(told).json["state"] == "settled"

    assert stored(stripe.parts) == before


def test_a_refund_that_overtakes_its_charge_waits_for_it(stripe: Stripe) -> None:
    first = stripe.send(refunded(5_000))
    assert first.json["state"] == "waiting"
    assert stripe.log() == []

    stripe.send(event(stripe.charge()))

    assert stripe.log() == [("payment", "500.00"), ("refund", "-50.00")]
    assert stripe.open() == 0


def test_a_charge_that_names_nobody_is_proposed_and_not_logged(stripe: Stripe) -> None:
    answer = stripe.send(event(charge()))

    assert answer.json["state"] == "open"
    assert (stripe.log(), stripe.open()) == ([], 1)


def test_the_same_event_sixteen_times_at_once_is_one_payment(stripe: Stripe) -> None:
    told, barrier = event(stripe.charge()), Barrier(16)

    def send(number: int) -> int:
        barrier.wait()
        return stripe.send(told).status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = set(pool.map(send, range(16)))

    assert statuses == {200}
    assert stripe.log() == [("payment", "500.00")]


def test_the_sandbox_does_not_reach_the_real_books(
    stripe: Stripe, parts: Parts
) -> None:
    settings = replace(parts.config, stage="production", base_url="http://localhost")
    real = replace(parts, config=settings)
    sandbox = Stripe(real, stripe.clock, create_app(real), said=stripe.said)

    ignored = sandbox.send(event(stripe.charge()))
    booked = sandbox.send(event(stripe.charge(id="ch_live"), livemode=True))

    assert (ignored.status_code, ignored.json["state"]) == (200, "ignored")
    assert booked.json["state"] == "settled"


def test_a_cookie_or_another_site_makes_no_difference(
    stripe: Stripe, office: Caller
) -> None:
    body = written(event(stripe.charge()))
    office.headers.pop("X-CSRFToken")

    answer = office.call(
        "POST",
        URL,
        data=body,
        headers={"Stripe-Signature": header(body, stripe.clock.at)},
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        "short",
        f"{SECRET},",
        f"{SECRET},{SECRET},{OLDER}",
        "whsec with spaces in it",
        "whsec_é_and_more_of_it",
    ],
)
def test_a_setting_that_signs_nothing_stops_the_start(
    keys: Keys, tmp_path: Path, given: str
) -> None:
    with pytest.raises(ConfigError, match="STRIPE_WEBHOOK_SECRET") as caught:
        keys.config(tmp_path, STRIPE_WEBHOOK_SECRET=given)

    assert given not in str(caught.value)
