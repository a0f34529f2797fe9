"""What several charters earn together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from jada_flask.domain.margin import Margin
from jada_flask.domain.money import Money


@dataclass(frozen=True, slots=True)
class Earnings:
    """The sums of some margins, each line for itself, so that they add up as well."""

    charters: int
    gross: Money
    crew_cost: Money
    captain_cost: Money
    port_fee: Money

    @classmethod
    def of(cls, margins: Iterable[Margin]) -> Earnings:
        """The sums of these margins."""
        earned = list(margins)
        return cls(
            len(earned),
            _sum(one.gross for one in earned),
            _sum(one.crew_cost for one in earned),
            _sum(one.captain_cost for one in earned),
            _sum(one.port_fee for one in earned),
        )

    @property
    def net(self) -> Money:
        return self.gross - self.crew_cost - self.captain_cost - self.port_fee

    @property
    def share(self) -> Decimal | None:
        """How much of gross is left, in percent to one place; None of nothing."""
        if not self.gross:
            return None
        exact = Decimal(self.net.cents) * 100 / self.gross.cents
        return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _sum(amounts: Iterable[Money]) -> Money:
    return Money(sum(amount.cents for amount in amounts))
