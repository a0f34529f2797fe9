"""Our Apps Script, run for real on node behind two loopback ports (script_host.js)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from jada_flask.adapters.google.script_summary import ScriptSummary
from tests import machine

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "gas_bridge" / "src"
SECRET = "a secret that is long enough for it"
OLD_SECRET = "the secret that we had before this"
OPERATOR = "operator@example.com"
PROPERTIES = {
    "BRIDGE_SECRET": SECRET,
    "SHEET_ID": "sheet-1",
    "OPERATOR_EMAIL": OPERATOR,
    "STAGE": "dev",
}


class ShiftedClock:
    """The time as a machine sees it whose clock is wrong by so much."""

    def __init__(self, shift: timedelta = timedelta()) -> None:
        self._shift = shift

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift


class ScriptHost:
    """Google, with our script deployed and an empty Sheet."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [machine.program("Node.js", "node"), str(HERE / "script_host.js")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started = self._answer()
        self.endpoint: str = started["endpoint"]
        self.echo_origin: str = started["echo"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=10)

    def deploy(
        self, sources: Path = SOURCES, *, grid: int = 1000, **changed: str
    ) -> Self:
        """Begin anew with these sources; a property that is left empty is not set."""
        properties = {
            name: text for name, text in (PROPERTIES | changed).items() if text
        }
        self.order("reset", sources=str(sources), properties=properties, grid=grid)
        return self

    def order(self, order: str, **arguments: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"order": order, **arguments}) + "\n")
        self._process.stdin.flush()
        return self._answer()["answer"]

    def fails_with(self, *faults: Mapping[str, Any]) -> None:
        """The next requests meet these faults, one each."""
        self.order("faults", faults=faults)

    def summary(
        self, secret: str = SECRET, stage: str = "dev", **options: Any
    ) -> ScriptSummary:
        options = {"clock": ShiftedClock(), "timeouts": (3, 20), **options}
        return ScriptSummary(
            self.endpoint, secret, stage, echo_origin=self.echo_origin, **options
        )

    @property
    def tab(self) -> dict[str, Any]:
        sheet_id = self.state["properties"]["SHEET_ID"]
        tab: dict[str, Any] = self.state["spreadsheets"][sheet_id]["tabs"].get(
            "Bookings", {"rows": []}
        )
        return tab

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The bookings in the Sheet, by heading."""
        headings, *lines = [
            [cell["value"] if cell else "" for cell in line]
            for line in self.tab["rows"]
        ] or [[]]
        return [dict(zip(headings, line, strict=False)) for line in lines]

    @property
    def kinds(self) -> set[str]:
        """What Sheets took the cells for."""
        return {cell["kind"] for line in self.tab["rows"] for cell in line if cell}

    @property
    def mails(self) -> list[dict[str, Any]]:
        mails: list[dict[str, Any]] = self.state["mails"]
        return mails

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.order("state")
        return state

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def booking(
    booking_id: str = "bk-1", revision: Any = 1, **changes: Any
) -> dict[str, Any]:
    """A booking's summary as the outbox hands it over."""
    return {
        "kind": "booking_summary",
        "booking_id": booking_id,
        "revision": revision,
        "event_id": f"ev-{booking_id}",
        "source": "boatsetter",
        "source_ref": "BS-1048213",
        "boat": "jada",
        "dock": "sheraton",
        "charter_date": "2026-05-30",
        "start_time": "16:30",
        "duration_hours": 3,
        "guest_name": "Zoë Peña",
        "party_size": 4,
        "margin": {
            "gross": "840.75",
            "crew_cost": "250.00",
            "captain_cost": "150.00",
            "port_fee": "151.34",
            "net": "289.41",
        },
        "crew": [
            {"crew_id": "CREW_001", "role": "deckhand"},
            {"crew_id": "CREW_002", "role": "deckhand"},
        ],
        "guest_page_url": "https://guests.example.com/g/7kq2m4",
        "dispatch_url": "https://office.example.com/dispatch/events/ev-1",
        **changes,
    }
