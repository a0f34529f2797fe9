"""The rates and fees of the house: money, so staff only and in a table of money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jada_flask.domain.house import Operations
from jada_flask.domain.money import Money


@dataclass(frozen=True, slots=True)
class PortFee:
    """What a dock asks for: so many percent of gross, from a day on."""

    dock: str
    percent: Decimal
    since: date = date.min


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """What a source keeps, and how it treats the captain's fee, from a day on."""

    source: str
    name: str
    percent: Decimal  # of the list price
    tolerance: Decimal = Decimal("2")  # percentage points before we call it odd
    marketplace: bool = True  # money off its platform is against its rules
    captain_on_top: bool = False  # a captain's fee comes on top of the price
    captain_paid_through: bool = False  # and it is paid through to the operator
    since: date = date.min


@dataclass(frozen=True, slots=True)
class Rates:
    """Every rate of the house. Money: staff only."""

    crew_hourly: Money
    captain_hourly: Money
    port_fee_percent: Decimal  # where a dock has no fee of its own
    port_fees: tuple[PortFee, ...] = ()
    schedules: tuple[FeeSchedule, ...] = ()
    personal_hourly: dict[str, Money] | None = None  # by crew_id, in place of the above
    payment_methods: tuple[str, ...] = ("zelle", "paypal")  # beside the usual ones

    def port_percent(self, dock: str, day: date) -> Decimal:
        """The percent that is in force at a dock on a day."""
        fees = [fee for fee in self.port_fees if fee.dock == dock and fee.since <= day]
        if not fees:
            return self.port_fee_percent
        return max(fees, key=lambda fee: fee.since).percent

    def schedule(self, source: str, day: date) -> FeeSchedule | None:
        """The schedule that is in force on a day; None for an unknown source."""
        known = [s for s in self.schedules if s.source == source and s.since <= day]
        return max(known, key=lambda s: s.since) if known else None

    def captain_we_pay(
        self, source: str, day: date, captain_id: str | None
    ) -> str | None:
        """The captain, where their fee is a cost of ours.

        Where it comes on top of the price and is not paid through to us, the
        marketplace pays the captain.
        """
        schedule = self.schedule(source, day)
        if schedule and schedule.captain_on_top and not schedule.captain_paid_through:
            return None
        return captain_id

    def hourly(self, crew_id: str, otherwise: Money) -> Money:
        return (self.personal_hourly or {}).get(crew_id, otherwise)


@dataclass(frozen=True, slots=True)
class House:
    """Both halves together, for the office."""

    operations: Operations
    rates: Rates
