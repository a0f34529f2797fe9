"""The frame of the office's pages."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from jada_flask.domain.staff import Right, Session
from jada_flask.web.access import member
from jada_flask.web.context import now

_NAV = (
    ("Charters", "/dispatch", Right.LOOK),
    ("New booking", "/dispatch/bookings/new", Right.WORK),
    ("Calendar", "/dispatch/calendar", Right.LOOK),
    ("Outbox", "/dispatch/outbox", Right.LOOK),
    ("Money", "/dispatch/money", Right.LOOK),
    ("Reports", "/dispatch/reports", Right.LOOK),
)
# What a page says once after it was sent on, by the word in its address: no sentence
# of somebody else's making ever stands there.
_SAID = {
    "replayed": ("success", "It is on its way again."),
    "taken": ("success", "The booking is taken. Crew, guest page and operator follow."),
    "amended": ("success", "The change is saved; whom it concerns is told."),
    "unchanged": ("success", "This booking was here already; nothing was sent again."),
    "logged": ("success", "The payment is logged."),
    "voided": ("success", "The entry is taken back."),
    "refunded": ("success", "The money that was given back is logged."),
    "receipt": ("success", "The receipt is on its way to the patron."),
    "added": ("success", "The roster has a new name."),
    "changed": ("success", "The change is saved."),
    "removed": ("success", "The name is off the roster."),
    "edited": ("success", "The change is saved; the crew whom it concerns is told."),
    "kept": ("success", "The booking is kept; its work starts once it is approved."),
    "cancelled": ("success", "The booking is cancelled; crew and guests are told."),
    "mail_again": ("success", "Mails go to this address again."),
    "settled": ("success", "That is done; it is off the list."),
    "money_taken": ("success", "The file is taken."),
    "money_again": ("success", "This file was taken before; nothing counts twice."),
    "money_booked": ("success", "The money is booked where it belongs."),
    "money_dismissed": ("success", "It is noted why."),
}


def page(template: str, **context: Any) -> str:
    """A page of the office with its frame."""
    here = "/dispatch" if request.path.startswith("/dispatch/events/") else request.path
    signed_in = member()
    said = _SAID.get(request.args.get("said", ""))
    return render_template(
        template,
        staff=signed_in,
        may=_rights(signed_in),
        nav=[
            (text, url, url == here)
            for text, url, right in _NAV
            if signed_in and signed_in.role.may(right)
        ],
        messages=[said] if said else [],
        now=now(),
        **context,
    )


def _rights(signed_in: Session | None) -> set[str]:
    """What whoever is signed in may do, by name: a page offers nothing else."""
    return {right.value for right in Right if signed_in and signed_in.role.may(right)}


def public_page(template: str, **context: Any) -> str:
    """A page that crew or guests see."""
    return render_template(template, now=now(), **context)
