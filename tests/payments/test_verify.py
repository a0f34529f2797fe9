"""The chain of the log: what was touched is found, with the file changed behind us."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from jada_flask.domain.payment import KEPT
from jada_flask.tables import PAYMENTS
from jada_flask.web.context import Parts
from tests.payments.desk import Desk

Row = tuple[Any, ...]


@contextmanager
def behind_our_back(path: Path) -> Iterator[sqlite3.Connection]:
    """The file itself, without the rules that keep the log as it is."""
    with closing(sqlite3.connect(path)) as raw, raw:
        for action in ("insert", "update", "delete"):
            raw.execute(f"DROP TRIGGER IF EXISTS payments_{action}")
        yield raw


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jada.sqlite3"


@pytest.fixture
def six(desk: Desk, ana: str) -> Desk:
    """A log of six entries."""
    for cents in range(6):
        desk.later(1_000)
        desk.log(ana, f"10.0{cents}")
    return desk


def change(path: Path, position: int, how: Callable[[dict[str, Any]], None]) -> None:
    """Change the entry of that position, in the document that it is."""
    with behind_our_back(path) as raw:
        p, s, body = nth(raw, position)
        item = json.loads(body)
        doc = json.loads(item["doc"])
        how(doc)
        item["doc"] = json.dumps(doc, separators=(",", ":"))
        raw.execute(
            'UPDATE "Payments" SET body = ? WHERE p = ? AND s = ?',
            (json.dumps(item), p, s),
        )


def nth(raw: sqlite3.Connection, position: int) -> Row:
    rows = raw.execute('SELECT p, s, body FROM "Payments" ORDER BY s').fetchall()
    found: Row = rows[position - 1]
    return found


def remove(path: Path, *positions: int) -> None:
    with behind_our_back(path) as raw:
        rows = [nth(raw, position) for position in positions]
        for p, s, _ in rows:
            raw.execute('DELETE FROM "Payments" WHERE p = ? AND s = ?', (p, s))


def test_an_untouched_log_holds(six: Desk) -> None:
    checked = six.verify()

    assert (checked.events, checked.entries, checked.breaks) == (1, 6, [])


def test_the_log_cannot_be_changed_by_the_usual_way(six: Desk, path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        for statement in (
            'UPDATE "Payments" SET body = body',
            'DELETE FROM "Payments"',
            'INSERT OR REPLACE INTO "Payments" SELECT * FROM "Payments"',
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(statement)


@pytest.mark.parametrize(
    "how",
    [
        lambda doc: doc["amount"].update(cents=9999),
        lambda doc: doc.update(patron_id="PT_other"),
        lambda doc: doc.update(logged_by="ben"),
        lambda doc: doc.update(method="card"),
        lambda doc: doc.update(note="Paid."),
        lambda doc: doc.update(timestamp=doc["timestamp"] + 1),
        lambda doc: doc.update(prev_hash="f" * 64),
        lambda doc: doc.update(hash="f" * 64),
        lambda doc: doc.update(position=9),
    ],
)
def test_a_changed_entry_is_found(
    six: Desk, path: Path, how: Callable[[dict[str, Any]], None]
) -> None:
    change(path, 3, how)

    assert len(six.verify().breaks) == 1


@pytest.mark.parametrize("position", range(1, 7))
def test_the_changed_entry_is_named(six: Desk, path: Path, position: int) -> None:
    change(path, position, lambda doc: doc["amount"].update(cents=9999))

    broken = six.verify().breaks[0]

    assert broken.position == position
    assert broken.payment_id == six.entries()[position - 1].payment_id


def test_an_entry_that_was_changed_and_hashed_anew_is_found(
    six: Desk, path: Path
) -> None:
    """The one after it names the hash that it had."""
    entry = six.entries()[2]
    forged = replace(entry, note="Paid in full.").digest()

    change(path, 3, lambda doc: doc.update(note="Paid in full.", hash=forged))

    assert six.verify().breaks[0].position == 4
    assert "does not name the hash" in six.verify().breaks[0].why


def test_any_flipped_byte_is_found(six: Desk, path: Path) -> None:
    """Even one that leaves no entry, or no JSON, at all."""
    with behind_our_back(path) as raw:
        p, s, body = nth(raw, 4)
    quiet = []
    for place in range(0, len(body), 7):
        changed = body.encode()
        changed = changed[:place] + bytes([changed[place] ^ 1]) + changed[place + 1 :]
        with behind_our_back(path) as raw:
            raw.execute(
                'UPDATE "Payments" SET body = CAST(? AS TEXT) WHERE p = ? AND s = ?',
                (changed, p, s),
            )
        if not six.verify().breaks:
            quiet.append(changed)

    assert quiet == []


@pytest.mark.parametrize("position", range(1, 7))
def test_a_removed_entry_is_found(six: Desk, path: Path, position: int) -> None:
    remove(path, position)

    broken = six.verify().breaks[0]

    assert broken.position in (position, position + 1)
    assert "missing" in broken.why or "cut off" in broken.why


def test_a_cut_tail_is_found(six: Desk, path: Path) -> None:
    remove(path, 5, 6)

    assert "cut off; entry 6 should be the last" in six.verify().breaks[0].why


def test_an_empty_log_is_found(six: Desk, path: Path) -> None:
    remove(path, 1, 2, 3, 4, 5, 6)

    assert six.verify().breaks[0].why == "all entries are missing."


def test_reordered_entries_are_found(six: Desk, path: Path) -> None:
    """Two entries that change places, with nothing in them changed."""
    with behind_our_back(path) as raw:
        (p, s, one), (q, t, two) = nth(raw, 2), nth(raw, 5)
        swap = 'UPDATE "Payments" SET body = ? WHERE p = ? AND s = ?'
        raw.execute(swap, (two, p, s))
        raw.execute(swap, (one, q, t))

    assert "another order" in six.verify().breaks[0].why


def test_an_entry_that_was_slipped_in_is_found(six: Desk, path: Path) -> None:
    with behind_our_back(path) as raw:
        raw.execute(
            'INSERT INTO "Payments" SELECT p, s + 5, body, expires, GSI1_p, GSI1_s, '
            'GSI2_p, GSI2_s FROM "Payments" WHERE s = ?',
            (nth(raw, 3)[1],),
        )

    assert six.verify().breaks != []


def test_a_head_that_was_moved_back_is_found(six: Desk, path: Path) -> None:
    entries = six.entries()
    with behind_our_back(path) as raw:
        body = raw.execute('SELECT body FROM "Finance" WHERE s = "#"').fetchone()[0]
        changed = body.replace(entries[-1].hash, entries[-2].hash)
        raw.execute('UPDATE "Finance" SET body = ? WHERE s = "#"', (changed,))

    assert "names another last entry" in six.verify().breaks[0].why


def test_a_log_without_its_head_is_found(six: Desk, path: Path) -> None:
    with behind_our_back(path) as raw:
        raw.execute('DELETE FROM "Finance"')

    assert "head of this log is missing" in six.verify().breaks[0].why


def test_a_head_that_is_no_head_is_found(six: Desk, path: Path) -> None:
    with behind_our_back(path) as raw:
        raw.execute("""UPDATE "Finance" SET body = '{' WHERE s = '#'""")

    assert "head of this log cannot be read" in six.verify().breaks[0].why


def test_an_entry_of_an_event_that_never_was_is_found(six: Desk, path: Path) -> None:
    with behind_our_back(path) as raw:
        p, s, body = nth(raw, 6)
        moved = body.replace("EV_sail#", "EV_none#")
        update = 'UPDATE "Payments" SET body = ? WHERE p = ? AND s = ?'
        raw.execute(update, (moved, p, s))

    found = {broken.event_id: broken.why for broken in six.verify().breaks}
    assert "head of this log is missing" in found["EV_none"]
    assert "not its own" in found["EV_sail"]


def test_an_entry_that_leads_back_ends_the_check(
    desk: Desk, ana: str, path: Path
) -> None:
    """A moment changed on the edge of a page, so that the next page is the same one."""
    for number in range(14):
        desk.later(1_000)
        desk.batch(*((ana, f"{number + 1}.{cents:02}") for cents in range(15)))
    with behind_our_back(path) as raw:
        p, s, body = nth(raw, 200)
        first = nth(raw, 1)[1]
        update = 'UPDATE "Payments" SET body = ? WHERE p = ? AND s = ?'
        raw.execute(update, (body.replace(str(s), str(first - 1)), p, s))

    assert len(desk.verify().breaks) == 1


def test_a_chain_whose_beginning_has_expired_holds(
    six: Desk, ana: str, path: Path
) -> None:
    six.clock.at += KEPT / 2
    six.log(ana, "77.00")
    six.clock.at += KEPT / 2
    remove(path, 1, 2, 3)
    assert six.verify().breaks == []

    remove(path, 1, 2, 3)

    assert six.verify().breaks == []


def test_a_gap_in_it_does_not(six: Desk, ana: str, path: Path) -> None:
    six.clock.at += KEPT
    six.log(ana, "77.00")
    remove(path, 1, 2, 4)

    assert six.verify().breaks[0].position == 5


def test_a_beginning_that_has_not_expired_is_missed(six: Desk, path: Path) -> None:
    six.clock.at += KEPT / 2
    remove(path, 1, 2)

    assert "entry 2 before it is missing" in six.verify().breaks[0].why


def test_a_log_that_has_expired_as_a_whole_holds(six: Desk, path: Path) -> None:
    six.clock.at += KEPT
    remove(path, 1, 2, 3, 4, 5, 6)

    assert six.verify().breaks == []


def test_entries_are_kept_for_2555_days(six: Desk) -> None:
    entry = six.entries()[0]
    items = six.store.everything(PAYMENTS)

    assert {item["expiration_timestamp"] - item["SK"] // 1000 for item in items} == {
        2555 * 86_400
    }
    assert entry.expires == entry.timestamp // 1000 + 220_752_000


def test_the_command_names_the_first_broken_entry(app: Flask, parts: Parts) -> None:
    desk = Desk(parts.ports.store).open()
    ana = desk.board("Ana")
    desk.log(ana, "10.00")
    entry = desk.log(ana, "20.00").entry
    assert verify(app).exit_code == 0

    path = parts.config.data_dir / "jada.sqlite3"
    change(path, 2, lambda doc: doc["amount"].update(cents=1))

    found = verify(app)
    assert found.exit_code == 1
    assert f"event EV_sail, entry 2 ({entry.payment_id})" in found.output


def verify(app: Flask) -> Result:
    return app.test_cli_runner().invoke(args=["ledger", "verify"])
