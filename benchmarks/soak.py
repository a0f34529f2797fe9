"""`make soak`: kill the server again and again while bookings come in (SECONDS=120)."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from random import uniform
from threading import Event, Lock, Thread

from benchmarks.samples import body
from benchmarks.server import Server
from benchmarks.soak_check import Findings, findings

_CLIENTS = 3
_PAUSE = (0.05, 0.2)  # seconds between two bookings of a client
_LIFE = (0.1, 2.0)  # seconds that a server gets
_UNHEARD = (OSError, HTTPException)


class Office:
    """Clients that send each booking until the server says that it has it."""

    def __init__(self, server: Server) -> None:
        self.taken: list[str] = []
        self.repeats = 0  # of bookings to which no answer came
        self._server = server
        self._numbers = count()
        self._counting = Lock()
        self._over = Event()
        self._threads = [Thread(target=self._work) for _ in range(_CLIENTS)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Wait until every booking that was sent has its answer."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while not self._over.wait(uniform(*_PAUSE)):
            with self._counting:
                number = next(self._numbers)
            taken = self._take(json.dumps(body(number)))
            with self._counting:
                self.taken.append(taken)

    def _take(self, sent: str) -> str:
        while True:
            try:
                return self._answer(sent)
            except _UNHEARD:
                # Whether it was taken nobody knows, so it is sent again, as it was.
                self.repeats += 1
                time.sleep(0.05)

    def _answer(self, sent: str) -> str:
        connection = HTTPConnection("127.0.0.1", self._server.port, timeout=30)
        head = {
            "Content-Type": "application/json",
            "X-Dashboard-Token": self._server.token,
        }
        try:
            connection.request("POST", "/api/bookings", sent, head)
            answer = connection.getresponse()
            said = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status == 503:
            raise ConnectionError(said["detail"])
        if answer.status not in (200, 201):
            raise RuntimeError(f"{answer.status}: {said}")
        return str(said["booking_id"])


def main() -> int:
    seconds = float(os.environ.get("SECONDS") or 120)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.start()
        office = Office(server)
        kills = _kill_for(seconds, server)
        office.close()
        server.stop()
        found = findings(Path(folder), office.taken)
    return _report(office, kills, found)


def _kill_for(seconds: float, server: Server) -> int:
    """End the server at any moment, start it again; how often."""
    ends = time.monotonic() + seconds
    kills = 0
    while time.monotonic() < ends:
        time.sleep(uniform(*_LIFE))
        server.kill()
        server.start()
        kills += 1
    return kills


def _report(office: Office, kills: int, found: Findings) -> int:
    print(
        f"{kills} kills; {len(office.taken)} bookings answered, {office.repeats} sent "
        f"again for want of an answer\n{found}"
    )
    for wrong in found.wrong[:20]:
        print(f"WRONG  {wrong}")
    print("FAIL" if found.wrong else "pass")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
