"""The quick reading of a body takes and refuses what marshmallow's own walk does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from jada_flask.intake.body import BOOKING, CALENDAR, CANCEL, MARGIN
from jada_flask.intake.crew_body import CREW_EVENT, CREW_PATCH
from jada_flask.intake.payment_body import (
    BatchBody,
    PatronBody,
    PatronPatch,
    PaymentBody,
    RefundBody,
)
from jada_flask.intake.schema import Body
from jada_flask.intake.strict_json import Scientific

BODIES = (
    BOOKING,
    MARGIN,
    CALENDAR,
    CANCEL,
    CREW_EVENT,
    CREW_PATCH,
    PaymentBody(),
    BatchBody(),
    RefundBody(),
    PatronBody(),
    PatronPatch(),
)
_SIMPLE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-5, 500)
    | st.decimals(allow_nan=True)
    | st.sampled_from([Decimal("3.5"), Decimal("840.75"), Scientific("1e2")])
    | st.text(max_size=12)
    | st.sampled_from(
        ["cash", "fare", "tip", "approved", "booking", "jada", "840.75", "ana@x.org"]
        + ["2026-05-30", "16:30", "2026-05-30T16:30:00-07:00", "+1 619 555 0100", ""]
    )
)
_PEOPLE = st.fixed_dictionaries(
    {"name": st.just("Ana"), "email": st.just("ana@example.com")},
    optional={"phone": _SIMPLE, "fax": _SIMPLE},
)
_PLACES = st.fixed_dictionaries(
    {"crew_id": st.just("tom")},
    optional={"role": st.just("captain"), "amount": _SIMPLE, "patron_id": _SIMPLE},
)
_VALUES = _SIMPLE | _PEOPLE | _PLACES | st.lists(_PLACES | _SIMPLE, max_size=25)
_SENT: dict[str, Any] = {
    "source": "boatsetter",
    "source_ref": "BS-1",
    "event_type": "booking",
    "boat": "jada",
    "dock": "sheraton",
    "charter_date": "2026-05-30",
    "start_time": "16:30",
    "event_name": "Sunset sail",
    "event_date": "2026-05-30T16:30:00-07:00",
    "duration_minutes": 180,
    "duration_hours": 3,
    "guest": {"name": "Ana", "email": "ana@example.com"},
    "party_size": 4,
    "gross_revenue": Decimal("840.75"),
    "crew_cost": 100,
    "captain_cost": 100,
    "port_fee_percent": 5,
    "net_revenue": 500,
    "amount": "25.00",
    "method": "cash",
    "reason": "A slip",
    "name": "Ana",
    "email": "ana@example.com",
    "payments": [{"patron_id": "PT_1", "amount": 3, "method": "cash"}],
}


@given(data=st.data(), schema=st.sampled_from(BODIES))
def test_both_ways_of_reading_agree(data: st.DataObject, schema: Body) -> None:
    sent = {name: _SENT[name] for name in schema.fields if name in _SENT}
    names = st.sampled_from([*schema.fields, "colour"])
    body = sent | data.draw(st.dictionaries(names, _VALUES, max_size=3))
    for name in data.draw(st.sets(names, max_size=1)):
        body.pop(name, None)

    assert _plainly(schema, body) == _walked(schema, body)


@pytest.mark.parametrize("schema", BODIES, ids=lambda schema: type(schema).__name__)
def test_what_is_well_is_read_without_the_walk(schema: Body) -> None:
    sent = {name: _SENT[name] for name in schema.fields if name in _SENT}

    assert _plainly(schema, sent) is not None


@pytest.mark.parametrize("schema", BODIES, ids=lambda schema: type(schema).__name__)
def test_no_field_asks_for_more_than_is_read_of_it(schema: Body) -> None:
    for name, field in schema.fields.items():
        asked = field.data_key, field.attribute, field.load_only, field.dump_only
        assert asked == (None, None, False, False), name
        assert not field.validators, name


def _plainly(schema: Body, body: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return schema.plainly(body)
    except ValidationError:
        return None


def _walked(schema: Body, body: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return schema.load(body)  # type: ignore[no-any-return]
    except ValidationError:
        return None
