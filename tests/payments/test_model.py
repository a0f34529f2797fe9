"""The log against a model of it, and against mutants that the model must tell apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jada_flask.adapters.local.sqlite import SqliteStore
from jada_flask.domain.errors import ConflictError, InvalidError
from jada_flask.domain.money import Money
from jada_flask.domain.payment import Entry, epoch_ms
from jada_flask.ports import Store
from jada_flask.services.payment_pen import Logged
from jada_flask.tables import JOBS
from tests.payments.desk import Desk
from tests.payments.model import Alike, Line, Model
from tests.payments.mutants import MUTANTS, QuickStore

# Few values, so that they meet: repeats are what it is about.
PATRONS = st.sampled_from(["ana", "ben"])
CENTS = st.sampled_from([1000, 1000, 2000])
PURPOSES = st.sampled_from(["fare", "fare", "tip"])
STEPS = st.sampled_from(
    [0, 0, 1, 500, 29_999, 30_000, 59_999, 60_000, 60_001]
    + [-1, -59_999, -60_000, -60_001, -3_600_000]
)
NAMES = ("ana", "ben")


class Log(RuleBasedStateMachine):
    """Two patrons, who share an address at times, and clocks that step back."""

    def __init__(self, store: Store, seen: Counter[str]) -> None:
        super().__init__()
        self.desk = Desk(store).open()
        self.store = store
        self.seen = seen
        self.model = Model()
        self.written: dict[int, Entry] = {}  # by the model's line

    @initialize(shared=st.booleans())
    def board(self, shared: bool) -> None:
        self.emails = {
            name: "both@example.com" if shared else f"{name}@example.com"
            for name in NAMES
        }
        self.ids = {
            name: self.desk.board(name, "30.00", email=self.emails[name])
            for name in NAMES
        }

    @rule(step=STEPS)
    def wait(self, step: int) -> None:
        self.desk.later(step)
        self.seen["stepped back" if step < 0 else "waited"] += 1

    @rule(who=PATRONS, cents=CENTS, purpose=PURPOSES, again=st.booleans())
    def log(self, who: str, cents: int, purpose: str, again: bool) -> None:
        logged = self._log(who, cents, purpose, again)
        self._expect(logged, *self._expected(who, cents, purpose, again))

    @rule(who=PATRONS, cents=CENTS, step=STEPS)
    def log_twice(self, who: str, cents: int, step: int) -> None:
        self.log(who, cents, "fare", False)
        self.wait(step)
        self.log(who, cents, "fare", False)

    @precondition(lambda self: isinstance(self.store, QuickStore))
    @rule(who=PATRONS, other=PATRONS, cents=CENTS, others=CENTS)
    def log_at_once(self, who: str, other: str, cents: int, others: int) -> None:
        """Somebody else is faster by as much as it takes to read."""
        faster: list[Logged] = []
        step = partial(self._log, other, others, "fare", False)
        assert isinstance(self.store, QuickStore)
        self.store.meanwhile = lambda: faster.append(step())

        slower = self._log(who, cents, "fare", False)

        self._expect(faster[0], *self._expected(other, others, "fare", False))
        self._expect(slower, *self._expected(who, cents, "fare", False))
        self.seen["at once"] += 1

    @rule(whos=st.lists(PATRONS, min_size=1, max_size=3), cents=CENTS)
    def log_batch(self, whos: list[str], cents: int) -> None:
        amount = Money(cents).plain
        made = self.desk.batch(*((self.ids[who], amount) for who in whos))
        for who, logged in zip(whos, made, strict=True):
            self._expect(logged, *self._expected(who, cents, "fare", False))
        self.seen["batch"] += 1

    @precondition(lambda self: self.model.lines)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        line = self._draw(data)
        expected = self.model.void(line, self.now, self.emails[line.alike.patron])
        self._reverse("void", expected, lambda: self.desk.void(self._entry(line)))

    @precondition(lambda self: self.model.lines)
    @rule(data=st.data(), cents=st.sampled_from([500, 1000]))
    def refund(self, data: st.DataObject, cents: int) -> None:
        line = self._draw(data)
        email = self.emails[line.alike.patron]
        expected = self.model.refund(line, cents, self.now, email)
        amount = Money(cents).plain
        self._reverse(
            "refund", expected, lambda: self.desk.refund(self._entry(line), amount)
        )

    @rule(who=PATRONS, number=st.integers(1, 2))
    def move(self, who: str, number: int) -> None:
        self.emails[who] = f"{who}{number}@example.com"
        self.desk.change(self.ids[who], email=self.emails[who])

    @invariant()
    def the_log_is_what_it_should_be(self) -> None:
        written = [
            (one.patron_id, one.amount.cents, one.timestamp, one.kind.value)
            for one in self.desk.entries()
        ]
        wanted = [
            (self.ids[one.alike.patron], one.alike.cents, one.moment, one.kind)
            for one in self.model.lines
        ]
        assert written == wanted
        assert self.desk.verify().breaks == []

    @invariant()
    def accounts_are_the_sum_of_the_log(self) -> None:
        for name in NAMES if self.model.lines else ():
            account = self.desk.account(self.ids[name])
            last = self.model.last_fare(name)
            assert account.fares.cents == self.model.paid(name, "fare")
            assert account.total.cents == sum(
                self.model.paid(name, purpose) for purpose in ("fare", "tip")
            )
            assert account.paid_at == (last.moment if last else None)

    @invariant()
    def every_entry_has_its_two_mails(self) -> None:
        messages = [
            item["sk"]
            for item in self.store.everything(JOBS)
            if item["pk"].startswith("MSG#")
        ]
        assert len(messages) == 2 * len(self.model.lines)

    @property
    def now(self) -> int:
        return epoch_ms(self.desk.clock.at)

    def _log(self, who: str, cents: int, purpose: str, again: bool) -> Logged:
        reason = "Another cabin." if again else ""
        return self.desk.log(
            self.ids[who],
            Money(cents).plain,
            purpose=purpose,
            second_entry_reason=reason,
        )

    def _expected(
        self, who: str, cents: int, purpose: str, again: bool
    ) -> tuple[Line, bool]:
        alike = Alike(who, cents, "cash", purpose)
        return self.model.log(alike, self.now, self.emails[who], again=again)

    def _expect(self, logged: Logged, line: Line, duplicate: bool) -> None:
        assert logged.duplicate is duplicate
        assert logged.entry.timestamp == line.moment
        known = self.written.setdefault(id(line), logged.entry)
        assert logged.entry == known
        self.seen["repeated" if duplicate else "written"] += 1

    def _reverse(
        self,
        kind: str,
        expected: tuple[Line, bool] | None,
        act: Callable[[], Logged],
    ) -> None:
        if expected:
            self._expect(act(), *expected)
            self.seen[kind] += 1
            return
        with pytest.raises((ConflictError, InvalidError)):
            act()
        self.seen["refused"] += 1

    def _draw(self, data: st.DataObject) -> Line:
        recent = self.model.lines[-4:]
        line: Line = data.draw(st.sampled_from(recent))
        return line

    def _entry(self, line: Line) -> Entry:
        return self.written[id(line)]


def play(make: Callable[[], Log], how: settings) -> None:
    """Run the machines that are made, always the same ones."""
    machine: Any = seed(7)(make)
    run_state_machine_as_test(machine, settings=how)


def runs(examples: int, steps: int = 25, **more: Any) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        report_multiple_bugs=False,
        **more,
    )


def test_the_log_does_what_the_model_says() -> None:
    seen: Counter[str] = Counter()

    play(lambda: Log(QuickStore(), seen), runs(100))

    wanted = Counter(
        {"written": 400, "repeated": 400, "void": 80, "refund": 25, "refused": 40}
        | {"at once": 50, "batch": 80, "stepped back": 60, "waited": 150}
    )
    assert seen >= wanted, seen


def test_the_log_does_so_on_a_real_store(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    made: list[SqliteStore] = []

    def log() -> Log:
        made.append(SqliteStore(tmp_path / f"{len(made)}.sqlite3"))
        return Log(made[-1], seen)

    play(log, runs(8, 15))

    for store in made:
        store.close()
    assert seen >= Counter({"written": 15, "repeated": 8}), seen


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_the_model_kills(mutant: type[QuickStore]) -> None:
    seen: Counter[str] = Counter()

    with pytest.raises(BaseException) as killed:  # noqa: PT011
        play(lambda: Log(mutant(), seen), runs(100))

    assert not isinstance(killed.value, KeyboardInterrupt)
