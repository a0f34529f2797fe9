"""What a charter earns, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from jada_flask.domain.house import CrewRole
from jada_flask.domain.money import Money
from jada_flask.domain.rates import Rates


@dataclass(frozen=True, slots=True)
class Margin:
    """Gross, what goes off it, and what is left. Tips never enter it."""

    gross: Money
    crew_cost: Money
    captain_cost: Money
    port_fee: Money
    port_fee_percent: Decimal = Decimal(18)

    @property
    def net(self) -> Money:
        return self.gross - self.crew_cost - self.captain_cost - self.port_fee


def margin_of(
    gross: Money,
    *,
    duration_minutes: int,
    onsite_minutes: int,
    crew: Sequence[CrewRole],
    captain_id: str | None,
    rates: Rates,
    port_percent: Decimal,
) -> Margin:
    """Each line rounded half up to the cent, then net of the rounded lines.

    Crew are paid for `onsite_minutes` (set-up and clean-up included), the captain for
    the charter alone; without a captain of ours there is no captain cost.
    """
    crew_cost = sum(
        (
            rates.hourly(place.crew_id, rates.crew_hourly).dollars * onsite_minutes
            for place in crew
        ),
        Decimal(0),
    )
    captain_cost = Decimal(0)
    if captain_id:
        hourly = rates.hourly(captain_id, rates.captain_hourly)
        captain_cost = hourly.dollars * duration_minutes
    return Margin(
        gross=gross,
        crew_cost=Money.round(crew_cost / 60),
        captain_cost=Money.round(captain_cost / 60),
        port_fee=gross.percent(port_percent),
        port_fee_percent=port_percent,
    )
