"""What the payment log should do, in as few words as can say it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

WINDOW = 60_000


@dataclass(frozen=True)
class Alike:
    """What makes two payments the same."""

    patron: str
    cents: int
    method: str
    purpose: str


@dataclass
class Line:
    """One entry that should be in the log."""

    alike: Alike
    moment: int
    email: str
    kind: str = "payment"
    reverses: Line | None = None
    voided: bool = False
    given_back: int = 0

    @property
    def left(self) -> int:
        return 0 if self.voided else self.alike.cents - self.given_back


@dataclass
class Model:
    """The log as a list."""

    lines: list[Line] = field(default_factory=list)

    def log(
        self, alike: Alike, now: int, email: str, *, again: bool
    ) -> tuple[Line, bool]:
        """The line of a payment, and whether it was there before."""
        standing = [
            line
            for line in self.lines
            if line.alike == alike and line.kind == "payment" and not line.voided
        ]
        moment = self.free(now, email)
        if standing and not again and abs(standing[-1].moment - moment) < WINDOW:
            return standing[-1], True
        return self.add(Line(alike, moment, email)), False

    def void(self, line: Line, now: int, email: str) -> tuple[Line, bool] | None:
        """The line that takes another back; None where that is refused."""
        for other in self.lines:
            near = abs(other.moment - now) < WINDOW
            if other.kind == "void" and other.reverses is line and near:
                return other, True
        if line.kind == "void" or line.voided or line.given_back:
            return None
        line.voided = True
        if line.reverses:
            line.reverses.given_back += line.alike.cents
        back = replace(line.alike, cents=-line.alike.cents)
        moment = self.free(now, email)
        return self.add(Line(back, moment, email, "void", line)), False

    def refund(
        self, line: Line, cents: int, now: int, email: str
    ) -> tuple[Line, bool] | None:
        """The line that gives something back; None where that is refused."""
        back = replace(line.alike, cents=-cents)
        for other in self.lines:
            same = other.alike == back and other.reverses is line
            near = abs(other.moment - now) < WINDOW
            if other.kind == "refund" and same and near and not other.voided:
                return other, True
        if line.kind != "payment" or line.left < cents:
            return None
        line.given_back += cents
        moment = self.free(now, email)
        return self.add(Line(back, moment, email, "refund", line)), False

    def paid(self, patron: str, purpose: str) -> int:
        return sum(
            line.alike.cents
            for line in self.lines
            if (line.alike.patron, line.alike.purpose) == (patron, purpose)
        )

    def last_fare(self, patron: str) -> Line | None:
        fares = [
            line
            for line in self.lines
            if line.kind == "payment"
            and (line.alike.patron, line.alike.purpose) == (patron, "fare")
            and line.left > 0
        ]
        return fares[-1] if fares else None

    def free(self, now: int, email: str) -> int:
        taken = {line.moment for line in self.lines if line.email == email}
        while now in taken:
            now += 1
        return now

    def add(self, line: Line) -> Line:
        self.lines.append(line)
        return line
