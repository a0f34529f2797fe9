"""What the API answers with, as JSON Schema; a test holds real answers to it."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer"}
_YES: Schema = {"type": "boolean"}
_MONEY: Schema = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_DAY: Schema = {"type": "string", "format": "date"}
_USD: Schema = {"const": "USD"}


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _record(**properties: Schema) -> Schema:
    """An object that always has all of these."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


def _page(name: str) -> Schema:
    return _record(items=_list(_ref(name)), next=_maybe(_TEXT))


_MARGIN = _record(
    gross=_MONEY,
    crew_cost=_MONEY,
    captain_cost=_MONEY,
    port_fee=_MONEY,
    net=_MONEY,
    currency=_USD,
)
# The same lines twice: as a booking has them, and plain for a spreadsheet.
_WHAT_IF = _record(margin=_ref("Margin"), **_MARGIN["properties"])
_STEP = _record(
    name=_TEXT,
    state={"enum": ["pending", "running", "done", "failed", "dead", "skipped"]},
    attempts=_COUNT,
    last_error=_maybe(_TEXT),
    next_try=_maybe(_MOMENT),
)
_PLACE = _record(crew_id=_TEXT, role=_TEXT)
_BOOKING = _record(
    booking_id=_TEXT,
    event_id=_maybe(_TEXT),
    status={"enum": ["inquiry", "pending", "approved", "cancelled"]},
    revision=_COUNT,
    source=_TEXT,
    source_ref=_TEXT,
    charter_type={"enum": ["time_charter", "bareboat", "inspected"]},
    boat=_TEXT,
    dock=_TEXT,
    charter_date=_DAY,
    start_time=_TEXT,
    start=_MOMENT,
    duration_hours={"type": "number"},
    guest=_record(name=_TEXT, email=_TEXT, phone=_TEXT),
    party_size=_COUNT,
    gross_revenue=_MONEY,
    list_price=_maybe(_MONEY),
    platform_fee=_maybe(_MONEY),
    currency=_USD,
    captain_id=_maybe(_TEXT),
    crew=_list(_PLACE),
    special_requests=_TEXT,
    margin=_ref("Margin"),
    guest_page_url=_maybe(_TEXT),
    dispatch_url=_maybe(_TEXT),
    steps=_list(_ref("Step")),
    warnings=_list(_TEXT),
    cautions=_list(_record(code=_TEXT, message=_TEXT)),
    deadlines=_list(_record(key=_TEXT, title=_TEXT, at=_MOMENT)),
    taken_at=_MOMENT,
    amended_at=_maybe(_MOMENT),
)
_ENTRY = _record(
    entry_id=_TEXT,
    event_type=_TEXT,
    source=_TEXT,
    charter_date=_DAY,
    duration_hours={"type": "number"},
    gross_revenue=_MONEY,
    crew_cost=_MONEY,
    captain_cost=_MONEY,
    port_fee_percent=_TEXT,
    port_fee=_MONEY,
    net_revenue=_MONEY,
    currency=_USD,
    booking_id=_maybe(_TEXT),
    title=_TEXT,
    cancelled=_YES,
)
_EVENT = _record(
    event_id=_TEXT,
    event_name=_TEXT,
    status={"enum": ["scheduled", "cancelled"]},
    event_date=_MOMENT,
    duration_minutes=_COUNT,
    time_zone=_TEXT,
    location=_TEXT,
    boat=_maybe(_TEXT),
    dock=_maybe(_TEXT),
    host=_TEXT,
    party_size=_COUNT,
    notes=_TEXT,
    booking_id=_maybe(_TEXT),
    guest_page_url=_maybe(_TEXT),
    revision=_COUNT,
    roster=_list(_ref("Patron")),
)
_CREW_EVENT = _record(
    event_id=_TEXT,
    event_name=_TEXT,
    status={"enum": ["scheduled", "cancelled"]},
    event_date=_MOMENT,
    duration_minutes=_COUNT,
    location=_TEXT,
    notes=_TEXT,
    captain_id=_maybe(_TEXT),
    crew_assignments=_list(
        _record(
            crew_id=_TEXT,
            role=_TEXT,
            name=_TEXT,
            call_time=_MOMENT,
            duration_hours={"type": "number"},
            answer={"enum": ["pending", "accepted", "declined"]},
        )
    ),
    revision=_COUNT,
)
_ACCOUNT = _record(
    payment_cleared=_YES,
    payment_timestamp=_maybe(_MOMENT),
    payment_method=_maybe(_TEXT),
    amount_due=_maybe(_MONEY),
    amount_paid=_MONEY,
    balance=_maybe(_MONEY),
    tips_paid=_MONEY,
    addons_paid=_MONEY,
    damage_paid=_MONEY,
    currency=_USD,
)
_PATRON = _record(
    patron_id=_TEXT,
    name=_TEXT,
    email=_TEXT,
    phone=_TEXT,
    minor=_YES,
    host=_YES,
    **_ACCOUNT["properties"],
)
_HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_PAYMENT_ENTRY = _record(
    payment_id=_TEXT,
    event_id=_TEXT,
    patron_id=_TEXT,
    patron_name=_TEXT,
    patron_email=_TEXT,
    kind={"enum": ["payment", "refund", "void"]},
    amount=_MONEY,
    currency=_USD,
    method=_TEXT,
    purpose={"enum": ["fare", "tip", "addon", "damage"]},
    reference=_TEXT,
    note=_TEXT,
    second_entry_reason=_TEXT,
    reverses=_maybe(_TEXT),
    reason=_TEXT,
    timestamp=_COUNT,
    payment_timestamp=_MOMENT,
    logged_by=_TEXT,
    position=_COUNT,
    prev_hash=_HASH,
    hash=_HASH,
    voided=_YES,
    refunded=_MONEY,
)
_PAYMENT = _record(
    **_PAYMENT_ENTRY["properties"],
    duplicate=_YES,
    warnings=_list(_TEXT),
    account=_ref("Account"),
)
_STATEMENT = _record(
    event_id=_TEXT,
    **_PATRON["properties"],
    entries=_list(_ref("PaymentEntry")),
)
_TIP = _record(
    event_id=_TEXT,
    name=_TEXT,
    day=_DAY,
    amount=_MONEY,
    shares=_list(_record(crew_id=_TEXT, name=_TEXT, amount=_MONEY)),
)
_TAKING = _record(day=_DAY, method=_TEXT, purpose=_TEXT, entries=_COUNT, amount=_MONEY)
_TAKINGS: Schema = {
    "type": "object",
    "properties": {
        "from": _DAY,
        "to": _DAY,
        "items": _list(_TAKING),
        "total": _MONEY,
        "currency": _USD,
        "tips": _list(_TIP),
    },
}
_FAULT = _record(field=_TEXT, message=_TEXT)
_PROBLEM = _record(type=_TEXT, title=_TEXT, status=_COUNT, detail=_TEXT)
_PROBLEM["properties"]["errors"] = _list(_FAULT)

ANSWERS: dict[str, Schema] = {
    "Problem": _PROBLEM,
    "Margin": _MARGIN,
    "WhatIf": _WHAT_IF,
    "Step": _STEP,
    "Booking": _BOOKING,
    "Bookings": _page("Booking"),
    "Entry": _ENTRY,
    "Entries": _page("Entry"),
    "Event": _EVENT,
    "Events": _page("Event"),
    "CrewEvent": _CREW_EVENT,
    "Takings": _TAKINGS,
    "Tips": _record(items=_list(_TIP), currency=_USD),
    "Account": _ACCOUNT,
    "Patron": _PATRON,
    "PaymentEntry": _PAYMENT_ENTRY,
    "PaymentEntries": _page("PaymentEntry"),
    "Payment": _PAYMENT,
    "Payments": _page("Payment"),
    "Statement": _STATEMENT,
    "ReceiptSent": _record(payment_id=_TEXT, sent_to=_TEXT),
}
