"""Bookings from files: JSON, or a mail of a marketplace."""

from __future__ import annotations

import json
from typing import Any

import click
from flask.cli import with_appcontext

from jada_flask.arrivals import Arrival, Desk, Verdict
from jada_flask.cli.shell import SHELL
from jada_flask.domain.booking import Booking, local_start
from jada_flask.domain.steps import StepView
from jada_flask.services import automation
from jada_flask.services.worker import drain_of
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts, parts

_BAD = (Verdict.QUARANTINED, Verdict.REFUSED)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per booking.")
@with_appcontext
def book(files: tuple[Any, ...], as_json: bool) -> None:
    """Take bookings from FILES: JSON, JSON lines or a marketplace mail; `-` is stdin.

    Prints what became of each. Exits with 1 if any was refused or quarantined.
    """
    kept = parts()
    desk = Desk(lambda: UnitOfWork(kept.office), SHELL, kept.ports.clock.now())
    named = [(getattr(file, "name", "<stdin>"), file) for file in files]
    arrivals = [
        (name, arrival)
        for name, file in named
        for arrival in desk.receive(name, file.read())
    ]
    drain_of(kept.office, kept.ports).run()
    for name, arrival in arrivals:
        click.echo(_as_json(kept, name, arrival) if as_json else _told(kept, arrival))
    if any(arrival.verdict in _BAD for _, arrival in arrivals):
        raise SystemExit(1)


def _told(kept: Parts, arrival: Arrival) -> str:
    """One line on the booking, then its steps, its addresses and what to look at."""
    booking = arrival.booking
    if booking is None:
        return f"{arrival.verdict}: {arrival.reason}"
    terms = booking.terms
    start = local_start(terms)
    lines = [
        f"{arrival.verdict}: {booking.booking_id} ({terms.source} {terms.source_ref}), "
        f"{terms.guest.name}, {start:%Y-%m-%d %H:%M}, net {booking.margin.net}"
        + (f" ({arrival.reason})" if arrival.reason else "")
    ]
    lines += [
        f"  {step.name:17} {step.state}{_why(step)}" for step in _steps(kept, booking)
    ]
    lines += [f"  {name:17} {address}" for name, address in _addresses(kept, booking)]
    lines += [f"  warning: {caution.message}" for caution in booking.warnings]
    return "\n".join(lines)


def _why(step: StepView) -> str:
    return f"  {step.last_error}" if step.last_error else ""


def _as_json(kept: Parts, name: str, arrival: Arrival) -> str:
    booking = arrival.booking
    told: dict[str, Any] = {
        "file": name,
        "outcome": arrival.verdict.value,
        "reason": arrival.reason,
    }
    if booking:
        told |= {
            "booking_id": booking.booking_id,
            "event_id": booking.event_id,
            "status": booking.terms.status.value,
            "net": booking.margin.net.plain,
            "currency": "USD",
            "steps": {step.name: step.state.value for step in _steps(kept, booking)},
            "warnings": [caution.message for caution in booking.warnings],
            **dict(_addresses(kept, booking)),
        }
    return json.dumps(told, ensure_ascii=False)


def _steps(kept: Parts, booking: Booking) -> tuple[StepView, ...]:
    work = UnitOfWork(kept.office)
    return automation.steps(booking, automation.messages(work, booking))


def _addresses(kept: Parts, booking: Booking) -> list[tuple[str, str]]:
    if not (booking.slug and booking.event_id):
        return []
    links = kept.office.links
    return [
        ("guest_page_url", links.guest_page(booking.slug)),
        ("dispatch_url", links.dispatch(booking.event_id)),
    ]
