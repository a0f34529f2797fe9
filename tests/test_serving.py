"""The application as its server serves it: over a socket, and killed in the middle."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.builders import booking

ROOT = Path(__file__).parent.parent
PATIENCE = 30  # seconds
PROCESSORS = [[number] for number in sorted(os.sched_getaffinity(0))]
JSON, CHUNKED = b"Content-Type: application/json", b"Transfer-Encoding: chunked"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """A running server: its process, its port, and what it said at first."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "jada_flask.serve"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "JADA_DATA_DIR": str(folder), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    assert process.stdout
    said = ""
    try:
        while "Stop it with" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        wait_for(port)
        yield process, port, said
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail("the server did not start")


def ask(port: int, raw: bytes) -> tuple[int, bytes]:
    """Send these bytes; the status and all that came back."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(raw)
        came = b""
        while part := connection.recv(65536):
            came += part
    return int(came.split(b" ", 2)[1]), came


def sent(line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    """A request as it goes over the wire; a body ends with an empty chunk."""
    head = (line + b" HTTP/1.1", b"Host: 127.0.0.1", b"Connection: close", *headers)
    return b"\r\n".join(head) + b"\r\n\r\n" + (body and body + b"0\r\n\r\n")


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]


def states(port: int, token: str, booking_id: str) -> set[str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/bookings/{booking_id}",
        headers={"X-Dashboard-Token": token},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return {step["state"] for step in json.load(answer)["steps"]}


def settle(port: int, token: str, booking_id: str) -> set[str]:
    """Wait until nothing of the booking waits; say how its steps stand.

    What the killed process had taken still counts as under way for two minutes.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = states(port, token, booking_id)
        if found <= {"done", "running"}:
            return found
        time.sleep(0.05)
    pytest.fail("the messages still wait")


def processors_of_servers(parent: int) -> list[set[int]]:
    """Where any thread may run of each process that serves for this one."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    servers = [
        Path(f"/proc/{child}/task").iterdir()
        for child in children
        if "sender" not in Path(f"/proc/{child}/cmdline").read_text()
    ]
    return [
        set().union(*(os.sched_getaffinity(int(task.name)) for task in tasks))
        for tasks in servers
    ]


@pytest.mark.slow
@pytest.mark.skipif(len(PROCESSORS) != 2, reason="only with two processors")
def test_each_process_that_serves_keeps_to_a_processor(tmp_path: Path) -> None:
    with serving(tmp_path / "var") as (process, _, _):
        deadline = time.monotonic() + PATIENCE
        found: list[set[int]] = []
        while sorted(map(list, found)) != PROCESSORS and time.monotonic() < deadline:
            time.sleep(0.05)
            found = processors_of_servers(process.pid)
        assert sorted(map(list, found)) == PROCESSORS


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.0, 0.1, 1.0])
def test_ctrl_c_ends_it_soon_and_without_a_word(tmp_path: Path, after: float) -> None:
    with serving(tmp_path / "var") as (process, _, _):
        time.sleep(after)
        os.killpg(process.pid, signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE)

        assert (process.returncode, rest.strip()) == (0, "")
        with pytest.raises(ProcessLookupError):  # none of them is left
            os.killpg(process.pid, 0)


LOADS = """
import os, signal
from jada_flask.serve import _be_the_one_to_stop
_be_the_one_to_stop()
signal.signal(signal.SIGTERM, lambda number, frame: None)  # as Granian does
if not (child := os.fork()):
    signal.raise_signal(signal.SIGTERM)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_worker_that_still_loads_ends_when_it_is_told() -> None:
    said = subprocess.check_output([sys.executable, "-c", LOADS], cwd=ROOT, text=True)
    assert int(said) == -signal.SIGTERM


@pytest.mark.slow
def test_a_server_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    with serving(folder) as (process, port, said):
        token = found(r"X-Dashboard-Token: (\S+)", said)
        body = json.dumps(booking()).encode()
        headers = (f"X-Dashboard-Token: {token}".encode(), JSON, CHUNKED)
        chunk = b"%x\r\n%s\r\n" % (len(body), body)
        status, came = ask(port, sent(b"POST /api/bookings", *headers, body=chunk))
        taken = json.loads(came.partition(b"\r\n\r\n")[2])

        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert status == 201

    with serving(folder) as (_, port, again):
        assert found(r"password: (\S+)", again) == found(r"password: (\S+)", said)
        stand = settle(port, token, taken["booking_id"])
        told = [
            path
            for path in (folder / "mailbox").glob("*.eml")
            if taken["event_id"] in path.read_text()
        ]
        assert len(told) == 3 or "running" in stand
        assert len(told) <= 3


@pytest.mark.slow
def test_a_server_says_no_more_than_it_must_to_whatever_arrives(tmp_path: Path) -> None:
    with serving(tmp_path / "var") as (_, port, said):
        token = f"X-Dashboard-Token: {found(r'Token: (.+)', said)}".encode()
        post = partial(sent, b"POST /api/bookings", token, JSON, CHUNKED)
        arrives = {
            "a question": (200, sent(b"GET /healthz")),
            "no host": (400, b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"),
            "chunks": (413, post(body=b"10000\r\n%s\r\n" % (b"x" * 65536) * 3)),
            "a small chunk": (422, post(body=b"2\r\n{}\r\n")),
            "a header": (401, sent(b"GET /dispatch", b"X-Dashboard-Token: \xff\xfe")),
            "a cookie": (401, sent(b"GET /dispatch", b"Cookie: jada=\xff\xfe")),
            "an address": (404, sent(b"GET /g/%ff%fe")),
        }
        answers = {name: ask(port, raw) for name, (_, raw) in arrives.items()}

    assert {name: status for name, (status, _) in answers.items()} == {
        name: status for name, (status, _) in arrives.items()
    }
    for _, came in answers.values():
        head = came.partition(b"\r\n\r\n")[0].lower()
        assert b"server: \r\n" in head + b"\r\n"
        assert b"granian" not in head
        assert b"strict-transport-security" in head
